"""What a run trains, behind one interface; `tasks.train` is the loop around it."""

import abc

from tfgen.training.adam import FusedAdam
from tfgen.training.schedules import HoldThenHalve


class Task(abc.ABC):
    """One kind of run: its data, its trainer, what it shows and what it leaves behind.

    Subclasses raise InputError for whatever the user gave wrong, as early as they can know.

    Args:
      settings: `config.Settings`, those of the task.
    """

    def __init__(self, settings):
        self.settings = settings

    @abc.abstractmethod
    def open_data(self, prepare=True):
        """Finds the data; with `prepare`, makes what is missing of it."""

    @abc.abstractmethod
    def feed(self):
        """An object with batches(first step), trained_examples and in_memory (bytes)."""

    @abc.abstractmethod
    def trainer(self):
        """The trainer, compiled, its weights those of the seed; called in the strategy's scope."""

    @abc.abstractmethod
    def describe_data(self):
        """Lines on the data."""

    @abc.abstractmethod
    def describe_network(self, trainer):
        """Lines on the network."""

    def begin(self, directory):
        """Writes what a later export needs to know beside the flags; here, nothing."""
        del directory

    @abc.abstractmethod
    def scorers(self, trainer):
        """Name ("training", "held_out") -> object with scores(), name -> float."""

    @abc.abstractmethod
    def gallery(self, trainer):
        """What `training.report.Report` shows pictures of."""

    @staticmethod
    @abc.abstractmethod
    def export(run_dir, export_dir, name, checkpoint=None):
        """Exports a checkpoint of a finished run, the newest by default; returns the path."""

    def adam(self, learning_rate=None):
        """The optimizer that the settings describe, or that with another rate at the start."""
        settings = self.settings.optimizer
        rate = HoldThenHalve(
            learning_rate or settings.learning_rate, settings.hold_steps, settings.halve_every
        )
        return FusedAdam(
            rate, beta_1=settings.beta_1, beta_2=settings.beta_2, epsilon=settings.epsilon
        )
