"""Local binary patterns (Ojala et al.), quantised to 58, number for number as VLFeat does it."""

import numpy as np
import tensorflow as tf

from tfgen.features.cells import cell_histograms, check_gray

CHANNELS = 58
_CONSTANT, _OTHER = 56, 57
# (down, right) of the neighbours, from the lowest bit on: east, then clockwise on the screen.
_NEIGHBOURS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


def _quantised():
    """Pattern of 8 bits -> its number: one run of ones, none or all, or anything else."""
    table = [_OTHER] * 256
    table[0x00] = table[0xFF] = _CONSTANT
    for start in range(8):
        for length in range(1, 8):
            run = ((1 << length) - 1) << start
            table[(run | run >> 8) & 0xFF] = 7 * start + length - 1
    return table


_QUANTISED = _quantised()


def lbp(images, cell=16):
    """Histograms of local binary patterns: square roots of shares, so that they have length one.

    Args:
      images: [b, h, w] float32, gray, of any scale.
      cell: height and width of a cell in pixels.

    Returns:
      [b, h // cell, w // cell, 58] float32.

    Raises:
      ValueError: the images are not gray, or smaller than a cell.
    """
    check_gray(images, "LBP", cell)
    height, width = images.shape[1:]
    center = images[:, 1:-1, 1:-1]
    pattern = tf.zeros_like(center, tf.uint8)
    for bit, (down, right) in enumerate(_NEIGHBOURS):
        neighbour = images[:, 1 + down : height - 1 + down, 1 + right : width - 1 + right]
        pattern += tf.cast(neighbour > center, tf.uint8) * np.uint8(1 << bit)
    number = tf.gather(tf.constant(_QUANTISED), tf.cast(pattern, tf.int32))
    grid = height // cell, width // cell
    histograms = cell_histograms(tf.ones_like(center), number, CHANNELS, cell, grid, border=1)
    total = tf.reduce_sum(histograms, axis=-1, keepdims=True)
    return tf.sqrt(histograms) / (tf.sqrt(total) + 1e-10)
