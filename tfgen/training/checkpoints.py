"""Checkpoints that bring a run back exactly: weights, the optimizer's moments and step count."""

import contextlib
import tempfile
from pathlib import Path

import tensorflow as tf

from tfgen import stack
from tfgen.errors import InputError, one_line
from tfgen.files import unwritable, writing
from tfgen.training import checkpoint_files


@contextlib.contextmanager
def _told_as_misfit(path):
    try:
        yield
    except (AssertionError, ValueError, tf.errors.OpError) as error:
        reason = one_line(error)
        raise InputError(
            f"checkpoint {path} does not fit this network ({reason}): give the settings it "
            "was trained with, or another `run_dir`."
        ) from None


def restore_networks(directory, networks, path=None):
    """Restores networks alone, without an optimizer, from a run's checkpoint.

    Networks that have a moving average get the averaged weights.

    Args:
      directory: of the checkpoints.
      networks: name -> built network, as the trainer's `networks()` names them.
      path: of a checkpoint; None for the newest that is whole.

    Raises:
      InputError: there is no checkpoint, it is damaged, or it belongs to other networks.
    """
    if path is None:
        path = checkpoint_files.newest(directory)
    elif checkpoint_files.exists(path) and (reason := checkpoint_files.damage(path)):
        raise InputError(f"checkpoint {path} is not whole ({reason}): give another one.")
    if path is None or not checkpoint_files.exists(path):
        raise InputError(f"there is no checkpoint {path or f'in {directory}'}: train first.")
    with _told_as_misfit(path):
        status = tf.train.Checkpoint(**networks).restore(str(path))
        # Everything of the networks must be found; the optimizer's part is left where it is.
        status.assert_existing_objects_matched().expect_partial()
        saved = tf.train.load_checkpoint(str(path)).get_variable_to_shape_map()
        averages = {
            f"average_{name}": _Values(network)
            for name, network in networks.items()
            if any(key.startswith(f"average_{name}/") for key in saved)
        }
        if averages:
            status = tf.train.Checkpoint(**averages).restore(str(path))
            status.assert_existing_objects_matched().expect_partial()


class _Values(tf.Module):
    """A network's variables in the place of the values of its `moving_average.MovingAverage`."""

    def __init__(self, network):
        super().__init__()
        self.values = [stack.raw_variable(variable) for variable in network.variables]


class Checkpoints:
    """The checkpoints of a run.

    The step count is the optimizer's own, so weights, moments, step, learning rate and, since all
    randomness is a function of seed and step, the input's position come back together.

    What is damaged, and what kills left, is cleared up before anything is read.

    Args:
      directory: where the chief writes.
      trainer: compiled, its networks and its optimizer's variables built.
      keep: number of checkpoints to keep.
      chief: whether this process writes for good. On several hosts all take part in saving, the
        others into a folder that they throw away.
      saved: function of a step, called by the chief when its checkpoint is written.

    Attributes:
      lines: what was cleared up, for the user.

    Raises:
      InputError: there are checkpoints, and none of them is whole.
    """

    def __init__(self, directory, trainer, keep, chief=True, saved=None):
        self.trainer = trainer
        self._when_saved = saved if chief else None
        self.lines = []
        self._checkpoint = tf.train.Checkpoint(
            **trainer.optimizers(), **trainer.networks(), **trainer.averages()
        )
        if chief:
            with writing(directory):
                self.lines = checkpoint_files.tidy(directory, keep)
        self._discarded = None if chief else tempfile.TemporaryDirectory()
        target = directory if chief else self._discarded.name
        self._manager = tf.train.CheckpointManager(self._checkpoint, str(target), max_to_keep=keep)
        self._source = Path(directory)

    @property
    def step(self):
        """Number of steps trained so far."""
        return int(stack.raw_variable(self.trainer.optimizer.iterations).numpy())

    @property
    def saved(self):
        """The steps that there are checkpoints of, ascending."""
        return checkpoint_files.steps(self._source)

    def path_of(self, step):
        """The path of the checkpoint of a step, without an ending."""
        return checkpoint_files.path_of(self._source, step)

    def restore(self):
        """Restores the newest checkpoint, if there is one; returns its path or None.

        Raises:
          InputError: it belongs to another network.
        """
        path = checkpoint_files.newest(self._source)
        if path:
            with _told_as_misfit(path):
                self._checkpoint.restore(path).assert_consumed()
        return path

    def save(self):
        """Writes a checkpoint of the present step, unless there is one.

        Raises:
          InputError: it cannot be written; what was written of it is removed again.
        """
        step = self.step
        latest = self._manager.latest_checkpoint
        if latest and latest.endswith(f"-{step}"):
            return
        try:
            self._manager.save(checkpoint_number=step)
        except (tf.errors.OpError, OSError) as error:
            checkpoint_files.remove(self._manager.directory, step)
            told = unwritable(f"a checkpoint in {self._manager.directory}", error)
            going_on = latest.rsplit("-")[-1] if latest else 0
            raise InputError(f"{told.text[:-1]}; the run resumes from step {going_on}.") from None
        if self._when_saved:
            self._when_saved(step)
