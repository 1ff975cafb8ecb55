"""Histograms of oriented gradients (Felzenszwalb et al., "Object Detection with Discriminatively
Trained Part Based Models"), number for number as VLFeat's UoCTTI variant computes them.
"""

import math

import tensorflow as tf

from tfgen.features.cells import cell_histograms, check_gray

CHANNELS = 31
_ORIENTATIONS = 9
_LARGEST = 0.2
_EPSILON = 1e-4
_TIE = 1e-6
_TINY = 1e-30


def hog(images, cell=8):
    """HOG: per cell 9 directed and 9 opposite ones, 9 undirected, 4 of texture.

    Differentiable where gradients do not vanish, each pixel's orientation taken as fixed, as
    Mahendran and Vedaldi do it ("Understanding Deep Image Representations by Inverting Them").

    Args:
      images: [b, h, w] float32, gray, of any scale.
      cell: height and width of a cell in pixels.

    Returns:
      [b, round(h / cell), round(w / cell), 31] float32, none negative.

    Raises:
      ValueError: the images are not gray, or smaller than a cell.
    """
    check_gray(images, "HOG", cell)
    magnitude, direction = _gradients(images)
    grid = [(n + cell // 2) // cell for n in images.shape[1:]]
    directed = cell_histograms(magnitude, direction, 2 * _ORIENTATIONS, cell, grid, border=1)
    there, back = tf.split(directed, 2, axis=-1)
    undirected = there + back
    norms = _block_norms(tf.reduce_sum(tf.square(undirected), axis=-1))
    # Each channel by the four blocks that its cell is part of.
    clipped = [
        tf.minimum(_LARGEST, h[..., tf.newaxis] * norms[..., tf.newaxis, :])
        for h in (there, back, undirected)
    ]
    channels = [0.5 * tf.reduce_sum(x, axis=-1) for x in clipped]
    texture = tf.reduce_sum(clipped[-1], axis=-2) / math.sqrt(2 * _ORIENTATIONS)
    return tf.concat([*channels, texture], axis=-1)


def _gradients(images):
    """(magnitude, direction 0 to 17) of each pixel but the outermost ones."""
    x = images[:, 1:-1, 2:] - images[:, 1:-1, :-2]
    y = images[:, 2:, 1:-1] - images[:, :-2, 1:-1]
    # Vertical gradients lie between two directions, and get the first of VLFeat's nine, or its
    # opposite; all others are nearest to one.
    nearest = tf.math.ceil(tf.atan2(y, x) * (_ORIENTATIONS / math.pi) - (0.5 + _TIE))
    direction = tf.cast(nearest, tf.int32)
    direction = tf.where(direction < 0, direction + 2 * _ORIENTATIONS, direction)
    # The root's gradient is infinite at 0.
    square = tf.maximum(tf.square(x) + tf.square(y), _TINY)
    return tf.sqrt(square), tf.stop_gradient(direction)


def _block_norms(energy):
    """One over the norm of four blocks of 2 x 2 cells: upper left, right, lower left, right."""
    padded = tf.pad(energy, ((0, 0), (1, 1), (1, 1)), "SYMMETRIC")
    blocks = padded[:, :-1, :-1] + padded[:, :-1, 1:] + padded[:, 1:, :-1] + padded[:, 1:, 1:]
    norms = tf.math.rsqrt(blocks + _EPSILON)
    return tf.stack(
        [norms[:, :-1, :-1], norms[:, :-1, 1:], norms[:, 1:, :-1], norms[:, 1:, 1:]], axis=-1
    )
