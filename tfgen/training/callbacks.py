"""What happens around the steps of a run: progress, guards, checkpoints, interruption."""

import math
import signal
import threading

import keras
import tensorflow as tf
import tqdm

from tfgen.errors import InputError


class Progress(keras.callbacks.Callback):
    """A bar over the whole run, with rate and time left. A context manager.

    Args:
      first_step, last_step: of this start of the run.
      shown: False where another process of the run shows it.
    """

    def __init__(self, first_step, last_step, shown=True):
        super().__init__()
        self._bar = tqdm.tqdm(
            total=last_step, initial=first_step, unit="step", disable=not shown, smoothing=0.05
        )

    def on_train_batch_end(self, batch, logs=None):
        """Moves the bar on."""
        self._bar.set_postfix_str(f"loss {float(logs['loss']):.4g}", refresh=False)
        self._bar.update(self.model.executed_steps)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._bar.close()


class StopOnNonFinite(keras.callbacks.Callback):
    """Ends training at once when a loss or a gradient is no finite number.

    The means over an epoch carry a non-finite value on, so none is missed between two calls, and no
    checkpoint is written after it.

    Args:
      checkpoints: `checkpoints.Checkpoints` of the run.
    """

    def __init__(self, checkpoints):
        super().__init__()
        self._checkpoints = checkpoints

    def on_train_batch_end(self, batch, logs=None):
        """Raises InputError at the first non-finite value."""
        for name in self.model.objective_names:
            value = float(logs[name])
            if not math.isfinite(value):
                raise InputError(self._told(name, value))

    def _told(self, name, value):
        step = self._checkpoints.step
        first = step - self.model.executed_steps + 1
        steps = f"step {step}" if first >= step else f"steps {first} to {step}"
        told = f"{name} became {value} at {steps}: give a lower `learning_rate`"
        *earlier, last = (0, *self._checkpoints.saved)
        if not last:
            return f"{told}; there is no checkpoint yet, so the run begins anew."
        told += f"; the run resumes from its last good checkpoint, of step {last}"
        if len(earlier) > 1:
            path = self._checkpoints.path_of(last)
            told += (
                f", and if it happens again at once, remove {path}.* to resume from {earlier[-1]}"
            )
        return f"{told}."


class KeepAlone(keras.callbacks.Callback):
    """Ends training when another process has taken the run's folder over.

    Args:
      lock: `locks.Lock` of the folder.
    """

    def __init__(self, lock):
        super().__init__()
        self._lock = lock

    def on_epoch_end(self, epoch, logs=None):
        """Before anything of the epoch is written."""
        self._lock.check()


class SaveOnInterrupt(keras.callbacks.Callback):
    """On SIGINT or SIGTERM, finishes the step, saves, and stops; a second signal stops at once.

    A context manager: the signals are its own between entering and leaving.

    Attributes:
      interrupted: whether a signal came.
    """

    def __init__(self, checkpoints):
        super().__init__()
        self._checkpoints = checkpoints
        self._before = {}
        self.interrupted = False

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)
        return self

    def _note(self, number, frame):
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def on_train_batch_end(self, batch, logs=None):
        """Stops after a signal."""
        if self.interrupted:
            self.model.stop_training = True

    def __exit__(self, error, *rest):
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self.interrupted and error is None:
            self._checkpoints.save()


class SaveEachEpoch(keras.callbacks.Callback):
    """Writes a checkpoint at the end of each epoch."""

    def __init__(self, checkpoints):
        super().__init__()
        self._checkpoints = checkpoints

    def on_epoch_end(self, epoch, logs=None):
        """Saves, unless a signal cut the epoch short: then its end is not here."""
        if not self.model.stop_training:
            self._checkpoints.save()


class Profile(keras.callbacks.Callback):
    """Profiles some steps for TensorBoard, once the first ones have warmed up.

    Args:
      directory: of TensorBoard's logs.
      steps: number of steps to profile.
    """

    def __init__(self, directory, steps):
        super().__init__()
        self._directory = str(directory)
        self._left = steps
        self._seen = 0

    def on_train_batch_begin(self, batch, logs=None):
        """Starts before the third call."""
        self._seen += 1
        if self._seen == 3:
            tf.profiler.experimental.start(self._directory)

    def on_train_batch_end(self, batch, logs=None):
        """Stops after enough steps."""
        if self._seen >= 3 and self._left > 0:
            self._left -= self.model.executed_steps
            if self._left <= 0:
                tf.profiler.experimental.stop()

    def on_train_end(self, logs=None):
        """Stops, if the run was shorter."""
        if self._seen >= 3 and self._left > 0:
            tf.profiler.experimental.stop()
