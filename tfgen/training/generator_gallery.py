"""The pictures of a generator's run: views, turns, morphs, errors by view, the style embedding."""

import numpy as np
import tensorflow as tf

from tfgen.analysis import drawings
from tfgen.analysis.polar_map import polar_map
from tfgen.data.examples import concatenate
from tfgen.models.drawing import generator_drawing
from tfgen.training import projector
from tfgen.training.evaluation import errors_by_view

_SPLITS = {"held_out": "held-out views", "training": "training views"}


class GeneratorGallery:
    """Draws what a generator has learned so far.

    Args:
      generator: `models.generator.UpConvGenerator`.
      labels: `export.labels.Labels`-like: style_names, categories.
      scored: "training" and perhaps "held_out" -> `data.examples.Examples` that are scored.
      held_out_azimuths: degrees, marked in the polar map.
      azimuth, elevation: degrees, the view of morphs and transformations.
    """

    def __init__(self, generator, labels, scored, held_out_azimuths, azimuth=30.0, elevation=20.0):
        self._generator = generator
        self._labels = labels
        self._scored = scored
        self._held_out_azimuths = held_out_azimuths
        self._azimuth = azimuth
        self._elevation = elevation
        self._draw = generator_drawing(generator)

    def pictures(self, step):
        """Name -> [h, w, 3] uint8."""
        del step
        names, view = self._labels.style_names, (self._azimuth, self._elevation)
        count = len(names)
        some = np.linspace(0, count - 1, min(4, count)).round().astype(int)
        pairs = list(zip(some, np.roll(some, -1), strict=True))[:4]
        around = np.arange(12) * 30.0
        errors, azimuths, elevations = errors_by_view(
            self._draw, concatenate(list(self._scored.values())), count
        )
        held_out = self._held_out_azimuths
        return {
            "comparison": self._comparison(),
            "turn": drawings.turn_picture(self._draw, some, names, around, self._elevation),
            "morph": drawings.morph_picture(self._draw, pairs, names, 9, *view),
            "transformations": drawings.sweep_picture(self._draw, some[0], names, 9, *view),
            "error_by_view": polar_map(
                1e3 * errors, azimuths, elevations, held_out, "error by view", "MSE x 1000"
            ),
        }

    def _comparison(self):
        split = "held_out" if "held_out" in self._scored else "training"
        chosen = self._scored[split].spread(8)
        weights = drawings.one_hot(chosen.styles, len(self._labels.style_names))
        angles = chosen.azimuths, chosen.elevations
        images, masks = self._draw(weights, *angles, np.zeros((len(chosen), 8), np.float32))
        labels = [f"{a:.0f} / {e:.0f}" for a, e in zip(*angles, strict=True)]
        title = f"{_SPLITS[split]}: azimuth / elevation"
        return drawings.comparison_picture(
            chosen.over_white(), chosen.masks, images, masks, labels, title
        )

    def finish(self, directory):
        """Writes the style embedding for TensorBoard's projector, with thumbnails."""
        generator = self._generator
        count = generator.num_styles
        inputs = {name: tf.zeros((count, size)) for name, size in generator.input_sizes.items()}
        inputs["style"] = tf.eye(count)
        embed = tf.function(lambda x: generator.activations(x)[1]["style_fc2"], autograph=False)
        azimuth, elevation = np.full(count, 30.0), np.full(count, 20.0)
        thumbnails, _ = self._draw(np.eye(count), azimuth, elevation, np.zeros((count, 8)))
        projector.write_projector(
            directory.logs,
            tf.cast(embed(inputs), tf.float32).numpy(),
            self._labels.style_names,
            self._labels.categories,
            thumbnails,
        )
