"""After each epoch: scores, numbers as CSV and in TensorBoard, pictures, histograms, projector."""

import csv
import time

import keras
import numpy as np
import tensorflow as tf

from tfgen import stack
from tfgen.analysis.curves import line_chart
from tfgen.analysis.image_grid import write_png
from tfgen.data.examples import concatenate
from tfgen.models.drawing import generator_drawing
from tfgen.training import projector
from tfgen.training.evaluation import errors_by_view
from tfgen.training.run_directory import write_text
from tfgen.training.tensorboard_pictures import Pictures


class Report(keras.callbacks.Callback):
    """Scores a generator's trainer and shows what it learned.

    Args:
      directory: RunDirectory.
      scorers: name ("training", "held_out") -> `evaluation.Scorer`.
      labels: `export.labels.Labels`-like: style_names, categories.
      held_out_azimuths: degrees, marked in the polar map.
      step: function that returns the number of steps trained.
      settings: flat dict of settings for TensorBoard's hparams.
      chief: whether this process writes; the others only take part in the scoring.
    """

    def __init__(self, directory, scorers, labels, held_out_azimuths, step, settings, chief=True):
        super().__init__()
        self._directory = directory
        self._scorers = scorers
        self._labels = labels
        self._held_out_azimuths = held_out_azimuths
        self._step = step
        self._settings = settings
        self._chief = chief
        self._epoch_start = None
        self._draw = None
        self.scores = {}

    def __enter__(self):
        if self._chief:
            self._writer = tf.summary.create_file_writer(str(self._directory.logs))
            self._pictures = Pictures(
                self._writer, self._directory.previews, self._labels.style_names
            )
            self._rows = _read_rows(self._directory.metrics, self._step())
        return self

    def set_model(self, model):
        """Keras' hook at the start of each fit: the drawing is traced for the first alone."""
        super().set_model(model)
        self._draw = self._draw or generator_drawing(model.generator)

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
        for split, scorer in self._scorers.items():
            row |= {f"{split}/{name}": value for name, value in scorer.scores().items()}
        self.scores = row
        if not self._chief:
            return
        self._rows.append(row)
        _write_rows(self._directory.metrics, self._rows)
        with self._writer.as_default(step):
            for name, value in row.items():
                if name not in ("step", "epoch"):
                    tf.summary.scalar(name, value)
            for weight in self.model.trained_variables():
                values = tf.convert_to_tensor(stack.raw_variable(weight))
                tf.summary.histogram(f"weights/{stack.variable_path(weight)}", values)
        self._show(step)
        self._writer.flush()

    def _show(self, step):
        split = "held_out" if "held_out" in self._scorers else "training"
        scored = concatenate([scorer.examples for scorer in self._scorers.values()])
        by_view = errors_by_view(self._draw, scored, len(self._labels.style_names))
        chosen = self._scorers[split].examples.spread(8)
        name = {"held_out": "held-out views", "training": "training views"}[split]
        views = *by_view, self._held_out_azimuths
        self._pictures.write(step, self._draw, _targets(chosen), name, views)
        write_png(self._directory.previews / "curves.png", _curves(self._rows))

    def __exit__(self, error, *rest):
        if not self._chief:
            return
        if error is None and self.scores:
            self._write_hparams()
            self._write_projector()
        self._writer.close()

    def _write_hparams(self):
        from tensorboard.plugins.hparams import api

        with self._writer.as_default(self.scores["step"]):
            api.hparams(self._settings)
            for name, value in self.scores.items():
                if "/" in name and not name.startswith("train/"):
                    tf.summary.scalar(f"hparams/{name}", value)

    def _write_projector(self):
        generator = self.model.generator
        count = generator.num_styles
        inputs = {name: tf.zeros((count, size)) for name, size in generator.input_sizes.items()}
        inputs["style"] = tf.eye(count)
        embed = tf.function(lambda x: generator.activations(x)[1]["style_fc2"])
        azimuth, elevation = np.full(count, 30.0), np.full(count, 20.0)
        thumbnails, _ = self._draw(np.eye(count), azimuth, elevation, np.zeros((count, 8)))
        projector.write_projector(
            self._directory.logs,
            tf.cast(embed(inputs), tf.float32).numpy(),
            self._labels.style_names,
            self._labels.categories,
            thumbnails,
        )


def _targets(examples):
    """Examples as `tensorboard_pictures` takes them: uint8, the images over white."""
    return {
        "images": examples.over_white(),
        "masks": examples.masks,
        "styles": examples.styles,
        "azimuths": examples.azimuths,
        "elevations": examples.elevations,
        "transforms": np.zeros((len(examples), 8), np.float32),
    }


def _curves(rows):
    """Charts of the losses and of each score, training beside held-out."""

    def series(*names):
        found = {name: [row.get(name, "nan") or "nan" for row in rows] for name in names}
        steps = [float(row["step"]) for row in rows]
        return {name: (steps, [float(v) for v in values]) for name, values in found.items()}

    charts = [line_chart(series("train/loss"), "loss")]
    for score in ("mse", "psnr", "mask_iou"):
        charts.append(line_chart(series(f"training/{score}", f"held_out/{score}"), score))
    return np.vstack([np.hstack(charts[:2]), np.hstack(charts[2:])])


def _read_rows(path, step):
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if int(row["step"]) <= step]


def _write_rows(path, rows):
    """Writes all rows anew: columns may have come since, and a resumed run drops later rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names)]
    lines += [",".join(_text(row.get(name, "")) for name in names) for row in rows]
    write_text(path, "\n".join(lines) + "\n")


def _text(value):
    return f"{value:.6g}" if isinstance(value, float) else str(value)
