"""What a run trains, behind one interface; `runs.train` is the loop around it."""

import abc
import dataclasses
from collections.abc import Callable

from tfgen.training.adam import FusedAdam
from tfgen.training.schedules import HoldThenFall, HoldThenHalve


@dataclasses.dataclass(frozen=True)
class Prepared:
    """All that a run needs to start.

    Attributes:
      feed: `data.feed.Feed`.
      trainer: `training.trainer.Trainer`, compiled.
      scorers: split ("training", "held_out") -> object with scores(), name -> float: of images, of
        sets of images, or of both (`training.evaluation.JointScorer`).
      gallery: `training.gallery.Gallery`.
      facts: what networks and exports need to know beside the settings, as JSON can hold it; kept
        in the run's folder.
      lines: what there is to say before training.
      closing: function without arguments to the lines to say after it: what was left out.
    """

    feed: object
    trainer: object
    scorers: dict
    gallery: object
    facts: dict
    lines: list
    closing: Callable = list


class Task(abc.ABC):
    """One kind of run.

    Subclasses raise InputError for whatever the user gave wrong, as early as they can know.

    Args:
      settings: the `config.run.Settings` of the task.

    Attributes:
      kind: of model, as manifests tell it.
    """

    kind = "model"

    def __init__(self, settings):
        self.settings = settings

    @abc.abstractmethod
    def prepare(self, devices, dry=False):
        """Finds, or makes, the data, and builds the trainer.

        Args:
          devices: `training.distribution.Devices`.
          dry: whether only to see what a run would be: nothing is rendered or written, and what is
            not there yet is stood in for.

        Returns:
          Prepared.
        """

    @abc.abstractmethod
    def networks(self, facts, dtype="float32"):
        """The networks that draw, built; the same in training, restoring and exporting.

        Args:
          facts: as `prepare` gives them.
          dtype: precision, "float32" or "mixed_bfloat16".

        Returns:
          dict: name, as the trainer's players and so the checkpoints have it -> network.
        """

    @abc.abstractmethod
    def signatures(self, networks, facts):
        """What an export answers: name -> `export.servable.Signature`."""

    def manifest(self, networks, facts):
        """What an export says of itself: attributes of `export.manifest.Manifest` by name."""
        del networks, facts
        return {}

    def variables(self, networks):
        """All variables that the signatures read."""
        return [variable for network in networks.values() for variable in network.variables]

    def earlier_facts(self, directory):
        """The facts of a run from before facts were kept; None if it has not started to train.

        Args:
          directory: `training.run_directory.RunDirectory`.
        """
        del directory
        return {}

    def adopted(self, name, earlier, value, earlier_facts, facts):
        """What to start a weight from; None: another run's value, if it has the same shape.

        Args:
          name: of the weight, as checkpoints have it.
          earlier, value: arrays, the other run's and this one's.
          earlier_facts, facts: of both runs.
        """
        del name, earlier, value, earlier_facts, facts
        return None

    def adam(self, learning_rate=None, constant=False):
        """The optimizer that the settings describe, or with another rate, which may be constant."""
        settings = self.settings.optimizer
        start = learning_rate or settings.learning_rate
        if constant:
            rate = start
        elif settings.decay == "linear":
            rate = HoldThenFall(start, settings.hold_steps, self.settings.schedule.steps)
        else:
            rate = HoldThenHalve(start, settings.hold_steps, settings.halve_every)
        return FusedAdam(
            rate,
            beta_1=settings.beta_1,
            beta_2=settings.beta_2,
            epsilon=settings.epsilon,
            weight_decay=settings.weight_decay or None,
        )

    def compile(self, trainer, **optimizers):
        """Compiles a trainer as the settings say, its first player's network averaged perhaps.

        Args:
          trainer: `training.trainer.Trainer`.
          **optimizers: of players by name; all others get `adam()`.
        """
        settings, (first, *_) = self.settings, trainer.players
        named = {name: optimizers.get(name) or self.adam() for name in trainer.players}
        decay = settings.optimizer.average
        averages = {first: decay} if decay else None
        trainer.compile(named, settings.schedule.steps_per_execution, averages)
        return trainer
