"""The pictures of a run: for TensorBoard, and as PNG previews to flip through."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgen.analysis import drawings
from tfgen.analysis.image_grid import write_png
from tfgen.analysis.polar_map import polar_map


class Pictures:
    """Draws what a generator has learned so far.

    Args:
      writer: tf.summary writer.
      directory: of the previews: <picture>/step_000500.png, and the latest as <picture>.png.
      style_names: names of all styles.
      azimuth, elevation: degrees, the view of morphs and transformations.
    """

    def __init__(self, writer, directory, style_names, azimuth=30.0, elevation=20.0):
        self._writer = writer
        self._directory = Path(directory)
        self._names = style_names
        self._azimuth = azimuth
        self._elevation = elevation

    def write(self, step, draw, examples, split, by_view):
        """Draws and writes all pictures of a step.

        Args:
          step: int.
          draw: see `analysis.drawings`.
          examples: dict of images and masks (uint8, over white), styles [n], azimuths and
            elevations [n] in degrees, transforms [n, 8].
          split: what the examples are ("held-out views").
          by_view: (errors [elevations, azimuths], azimuths, elevations, azimuths held out).
        """
        view = self._azimuth, self._elevation
        count = len(self._names)
        some = np.linspace(0, count - 1, min(4, count)).round().astype(int)
        pairs = list(zip(some, np.roll(some, -1), strict=True))[:4]
        around = np.arange(12) * 30.0
        errors, azimuths, elevations, held_out = by_view
        pictures = {
            "comparison": self._comparison(draw, examples, split),
            "turn": drawings.turn_picture(draw, some, self._names, around, self._elevation),
            "morph": drawings.morph_picture(draw, pairs, self._names, 9, *view),
            "transformations": drawings.sweep_picture(draw, some[0], self._names, 9, *view),
            "error_by_view": polar_map(
                1e3 * errors, azimuths, elevations, held_out, "error by view", "MSE x 1000"
            ),
        }
        with self._writer.as_default(step):
            for name, picture in pictures.items():
                tf.summary.image(name, picture[None])
        for name, picture in pictures.items():
            write_png(self._directory / name / f"step_{step:06d}.png", picture)
            write_png(self._directory / f"{name}.png", picture)

    def _comparison(self, draw, examples, split):
        weights = drawings.one_hot(examples["styles"], len(self._names))
        views = examples["azimuths"], examples["elevations"], examples["transforms"]
        images, masks = draw(weights, *views)
        labels = [f"{a:.0f} / {e:.0f}" for a, e in zip(*views[:2], strict=True)]
        return drawings.comparison_picture(
            examples["images"],
            examples["masks"],
            images,
            masks,
            labels,
            f"{split}: azimuth / elevation",
        )
