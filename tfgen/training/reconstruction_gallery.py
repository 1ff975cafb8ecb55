"""Pictures of what models make of photographs."""

import numpy as np
import tensorflow as tf

from tfgen.pictures.image_grid import image_grid
from tfgen.pixels import as_uint8, from_uint8
from tfgen.training.gallery import Gallery


class ReconstructionGallery(Gallery):
    """Photographs beside what a model draws of them; of a variational one, samples too.

    Args:
      model: `papers.deepsim.autoencoder.Autoencoder` or `Inverter`.
      scored: "training" and "held_out" -> `data.source.Columns` with image, and perhaps features.
    """

    _SHOWN = 8
    _SAMPLES = 32

    def __init__(self, model, scored):
        self._model = model
        self._scored = scored

    def pictures(self, step):
        """Name -> [h, w, 3] uint8."""
        del step
        rows, names = [], []
        for split, examples in self._scored.items():
            places = np.linspace(0, len(examples) - 1, self._SHOWN).round().astype(int)
            shown = examples[places].columns
            images = from_uint8(shown["image"])
            drawn = self._model(images, features=shown.get("features"))["image"]
            rows += [list(shown["image"]), list(as_uint8(drawn))]
            names += [split.replace("_", "-"), "drawn"]
        result = {"reconstructions": image_grid(rows, names)}
        if self._model.variational:
            noise = np.random.default_rng(0).normal(size=(self._SAMPLES, *self._model.code_shape))
            samples = as_uint8(self._model.decode(tf.constant(noise, tf.float32)))
            result["samples"] = image_grid(
                [list(samples[i : i + 8]) for i in range(0, len(samples), 8)]
            )
        return result
