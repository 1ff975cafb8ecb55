"""What a run trains, behind one interface; `tasks.train` is the loop around it."""

import keras

from tfgen.training.schedules import HoldThenHalve


class Task:
    """One kind of run: its data, its trainer, what it shows and what it leaves behind.

    Subclasses raise InputError for whatever the user gave wrong, as early as they can know.

    Args:
      settings: `config.RunConfig`.
    """

    def __init__(self, settings):
        self.settings = settings

    def open_data(self, prepare=True):
        """Finds the data; with `prepare`, makes what is missing of it."""
        raise NotImplementedError

    def feed(self):
        """An object with batches(first step), trained_examples and in_memory (bytes)."""
        raise NotImplementedError

    def trainer(self):
        """The trainer, compiled, its weights those of the seed; called in the strategy's scope."""
        raise NotImplementedError

    def describe_data(self):
        """Lines on the data."""
        raise NotImplementedError

    def describe_network(self, trainer):
        """Lines on the network."""
        raise NotImplementedError

    def begin(self, directory):
        """Writes what a later export needs to know."""

    def scorers(self, trainer):
        """Name ("training", "held_out") -> object with scores(), name -> float."""
        raise NotImplementedError

    def gallery(self, trainer):
        """What `training.report.Report` shows pictures of."""
        raise NotImplementedError

    @staticmethod
    def export(run_dir, export_dir, name, checkpoint=None):
        """Exports a checkpoint of a finished run, the newest by default; returns the path."""
        raise NotImplementedError

    def adam(self):
        """The optimizer that the settings describe."""
        settings = self.settings.optimizer
        rate = HoldThenHalve(settings.learning_rate, settings.hold_steps, settings.halve_every)
        return keras.optimizers.Adam(
            rate, beta_1=settings.beta_1, beta_2=settings.beta_2, epsilon=settings.epsilon
        )
