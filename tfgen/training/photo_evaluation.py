"""Pictures of trainers that work on photographs."""

import numpy as np
import tensorflow as tf

from tfgen.analysis.image_grid import image_grid
from tfgen.training.gallery import Gallery


class ReconstructionGallery(Gallery):
    """Photographs beside what a model draws of them; of a variational one, samples too.

    Args:
      model: `models.autoencoder.Autoencoder` or `Inverter`.
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
            images = tf.cast(shown["image"], tf.float32) / 255.0
            drawn = self._model(images, features=shown.get("features"))["image"]
            rows += [list(shown["image"]), list(as_uint8(drawn))]
            names += [split.replace("_", "-"), "drawn"]
        found = {"reconstructions": image_grid(rows, names)}
        if self._model.variational:
            noise = np.random.default_rng(0).normal(size=(self._SAMPLES, *self._model.code_shape))
            samples = as_uint8(self._model.decode(tf.constant(noise, tf.float32)))
            found["samples"] = image_grid(
                [list(samples[i : i + 8]) for i in range(0, len(samples), 8)]
            )
        return found


class FilterGallery(Gallery):
    """The filters of a network's first convolution.

    Args:
      network: `models.layered.LayeredNetwork`.
    """

    def __init__(self, network):
        self._network = network

    def pictures(self, step):
        """Name -> [h, w, 3] uint8."""
        del step
        kernels = np.moveaxis(np.asarray(self._network.body[0].kernel, np.float32), -1, 0)
        low, high = (f(kernels, axis=(1, 2, 3), keepdims=True) for f in (np.min, np.max))
        kernels = (255 * (kernels - low) / np.maximum(high - low, 1e-9)).round().astype(np.uint8)
        kernels = kernels.repeat(4, axis=1).repeat(4, axis=2)[:96]
        return {
            "filters": image_grid([list(kernels[i : i + 12]) for i in range(0, len(kernels), 12)])
        }


def as_uint8(images):
    """[n, h, w, 3] uint8 of images that are about in [0, 1]."""
    return tf.cast(tf.round(255.0 * tf.clip_by_value(images, 0.0, 1.0)), tf.uint8).numpy()
