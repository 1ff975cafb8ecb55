"""LPIPS, a distance of pictures that was fitted to what people find alike (Zhang et al., "The
Unreasonable Effectiveness of Deep Features as a Perceptual Metric"), by its authors' weights.
"""

import dataclasses

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.papers.comparators.comparator import Comparator
from tfgen.papers.comparators.tables import COMPARATORS
from tfgen.weights.files import read_arrays
from tfgen.weights.networks import load_network

# Version 0.1 looks at these, before they are pooled.
_LAYERS = ("conv1", "conv2", "conv3", "conv4", "conv5")
_BATCH = 16
_EPSILON = 1e-10


class Lpips:
    """LPIPS by AlexNet.

    Args:
      trunk: file of PyTorch's weights of its AlexNet.
      heads: file of the authors' weights of its channels, "v0.1/alex.pth".
      image_size: height and width of the pictures.

    Raises:
      InputError: a file is missing, or of another network.
    """

    def __init__(self, trunk, heads, image_size):
        spec = _unpooled(COMPARATORS["alexnet_owt"])
        self._trunk = Comparator(spec, _LAYERS[-1], image_size)
        load_network(trunk, spec, self._trunk.network)
        sizes = self._trunk.network.output_sizes
        self._heads = _heads(heads, [sizes[name][-1] for name in _LAYERS])

    def __call__(self, a, b):
        """The distance of each pair: [n] float32, 0 for equal pictures.

        Args:
          a, b: [n, s, s, 3] uint8.
        """
        parts = [
            self._distances(a[i : i + _BATCH], b[i : i + _BATCH]).numpy()
            for i in range(0, len(a), _BATCH)
        ]
        return np.concatenate(parts)

    def _distances(self, a, b):
        first, second = self._normed(a), self._normed(b)
        return tf.add_n(
            [
                tf.reduce_mean(tf.linalg.matvec(tf.square(x - y), head), axis=(1, 2))
                for x, y, head in zip(first, second, self._heads, strict=True)
            ]
        )

    def _normed(self, images):
        """Maps of the layers, of unit length at each place."""
        maps = self._trunk.layers(tf.constant(images, tf.float32) / 255.0, _LAYERS)
        maps = [maps[name] for name in _LAYERS]
        return [x / (tf.norm(x, axis=-1, keepdims=True) + _EPSILON) for x in maps]


def _unpooled(spec):
    """The same network, its pooling in rows of its own."""
    rows = {}
    for name, row in spec.network.rows.items():
        first, *rest = row if isinstance(row, tuple) else (row,)
        rows |= {name: first} | {f"{name}_{i}": step for i, step in enumerate(rest)}
    return dataclasses.replace(spec, network=dataclasses.replace(spec.network, rows=rows))


def _heads(path, channels):
    """[1, channels] of each layer."""
    arrays = read_arrays(path)
    heads = [arrays[name].reshape(1, -1).astype(np.float32) for name in sorted(arrays)]
    if [head.shape[1] for head in heads] != list(channels):
        found = ", ".join(str(head.shape[1]) for head in heads)
        raise InputError(
            f"`path`={path} weighs {found} channels, and AlexNet has "
            f"{', '.join(map(str, channels))}: give LPIPS' alex.pth, of version 0.1."
        )
    return heads
