"""After each epoch: scores, numbers as CSV and in TensorBoard, pictures and histograms."""

import contextlib
import math
import time

import keras
import numpy as np
import tensorflow as tf

from tfgen import stack
from tfgen.files import unwritable, write_bytes, write_text
from tfgen.pictures.curves import line_chart
from tfgen.pictures.image_grid import encode_png, write_png
from tfgen.training.variable_names import named_variables

_HISTOGRAM_VALUES = 65_536


class Report(keras.callbacks.Callback):
    """Scores a trainer and shows what it learned.

    Args:
      directory: RunDirectory.
      scorers: name ("training", "held_out") -> object with `scores()`, name -> float.
      gallery: `training.gallery.Gallery`.
      step: function that returns the number of steps trained.
      settings: flat dict of settings for TensorBoard's hparams.
      chief: whether this process writes; the others only take part in the scoring.
    """

    def __init__(self, directory, scorers, gallery, step, settings, chief=True):
        super().__init__()
        self._directory = directory
        self._scorers = scorers
        self._gallery = gallery
        self._step = step
        self._settings = settings
        self._chief = chief
        self._epoch_start = None
        self.scores = {}

    def __enter__(self):
        if self._chief:
            with self._logging():
                self._writer = tf.summary.create_file_writer(str(self._directory.logs))
            step = self._step()
            self._rows = [r for r in self._directory.read_metrics() if int(r["step"]) <= step]
        return self

    def on_epoch_begin(self, epoch, logs=None):
        """Notes the time."""
        self._epoch_start = time.perf_counter(), self._step()

    def on_epoch_end(self, epoch, logs=None):
        """Writes everything, unless the epoch was cut short by a signal."""
        if self.model.stop_training:
            return
        step = self._step()
        start, first = self._epoch_start
        row = {"step": step, "epoch": epoch + 1}
        row["images_per_second"] = (
            (step - first) * self._settings["batch_size"] / (time.perf_counter() - start)
        )
        rate = self.model.optimizer.learning_rate
        row["learning_rate"] = float(tf.convert_to_tensor(rate))
        row |= {f"train/{name}": float(logs[name]) for name in self.model.objective_names}
        with self.model.averaged():
            for split, scorer in self._scorers.items():
                row |= {f"{split}/{name}": value for name, value in scorer.scores().items()}
            self.scores = row
            if self._chief:
                self._write(step, row)

    def _write(self, step, row):
        self._rows.append(row)
        _write_rows(self._directory.metrics, self._rows)
        with self._logging(), self._writer.as_default(step):
            for name, value in row.items():
                if name not in ("step", "epoch"):
                    tf.summary.scalar(name, value)
            first, *_ = self.model.networks().values()
            for name, weight in named_variables(first).items():
                values = _some(tf.convert_to_tensor(stack.raw_variable(weight)))
                tf.summary.histogram(f"weights/{name}", values)
        with self._logging():
            self._show(step)
            self._writer.flush()

    @contextlib.contextmanager
    def _logging(self):
        """Around writing for TensorBoard: raises InputError where that does not work."""
        try:
            yield
        except (OSError, tf.errors.OpError) as error:
            raise unwritable(self._directory.logs, error) from None

    def _show(self, step):
        previews = self._directory.previews
        with self._writer.as_default(step):
            for name, picture in self._gallery.pictures(step).items():
                data = encode_png(picture)
                _summarise_image(name, picture.shape, data)
                write_bytes(previews / name / f"step_{step:06d}.png", data)
                write_bytes(previews / f"{name}.png", data)
        write_png(previews / "curves.png", _curves(self._rows))

    def __exit__(self, error, *rest):
        if not self._chief:
            return
        if error is not None:  # which is to be told, and not what comes of it here
            with contextlib.suppress(OSError, tf.errors.OpError):
                self._writer.close()
            return
        if self.scores:
            self._gallery.finish(self._directory)
        with self._logging():
            if self.scores:
                self._write_hparams()
            self._writer.close()

    def _write_hparams(self):
        from tensorboard.plugins.hparams import api

        with self._writer.as_default(self.scores["step"]):
            api.hparams(self._settings)
            for name, value in self.scores.items():
                if "/" in name and not name.startswith("train/"):
                    tf.summary.scalar(f"hparams/{name}", value)


def _summarise_image(name, shape, data):
    """What `tf.summary.image` does with pixels, of a PNG file: encoding takes the most time."""
    from tensorboard.plugins.image.metadata import create_summary_metadata

    height, width = shape[:2]
    metadata = create_summary_metadata(display_name=None, description=None)
    tf.summary.write(name, tf.constant([str(width), str(height), data]), metadata=metadata)


def _curves(rows):
    """Charts of the loss and of each score, training beside held-out, two a row."""
    scored = [name.partition("/") for row in rows for name in row if "/" in name]
    scores = dict.fromkeys(score for split, _, score in scored if split != "train")

    def series(names):
        steps = [float(row["step"]) for row in rows]
        values = {name: [_number(row.get(name, "")) for row in rows] for name in names}
        return {name: (steps, values[name]) for name in names}

    charts = [line_chart(series(["train/loss"]), "loss")]
    for score in scores:
        splits = dict.fromkeys(split for split, _, name in scored if name == score)
        names = [f"{split}/{score}" for split in splits if split != "train"]
        charts.append(line_chart(series(names), score))
    if len(charts) % 2:
        charts.append(np.full_like(charts[0], 255))
    pairs = zip(charts[::2], charts[1::2], strict=True)
    return np.vstack([np.hstack(pair) for pair in pairs])


def _number(value):
    """A value of metrics.csv: text, empty where the row lacks it, or the number itself."""
    return math.nan if value == "" else float(value)


def _write_rows(path, rows):
    """Writes all rows anew: columns may have come since, and a resumed run drops later rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names)]
    lines += [",".join(_text(row.get(name, "")) for name in names) for row in rows]
    write_text(path, "\n".join(lines) + "\n")


def _text(value):
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _some(values):
    """At most so many of a weight's values: a histogram takes 240 bytes of memory for each."""
    values = tf.reshape(values, (-1,))
    return values[:: -(-values.shape[0] // _HISTOGRAM_VALUES)]
