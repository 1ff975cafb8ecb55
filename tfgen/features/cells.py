"""Histograms over square cells of an image, as VLFeat builds them for HOG and for LBP."""

import numpy as np
import tensorflow as tf


def check_gray(images, name, cell):
    """Raises ValueError unless images are gray, [b, h, w], and no smaller than a cell."""
    if len(images.shape) != 3:
        raise ValueError(
            f"{name} takes gray images [b, h, w], not {tuple(images.shape)}: convert them with "
            "tfgen.features.cells.gray."
        )
    if min(images.shape[1:]) < cell:
        raise ValueError(
            f"{name} has cells of {cell} pixels, and the images are {images.shape[1]} x "
            f"{images.shape[2]}: give larger ones."
        )


def gray(images):
    """Luma of Rec. 601: [b, h, w, 3] in [0, 1] to [b, h, w] in [0, 255], as files hold it."""
    return tf.linalg.matvec(255.0 * images, tf.constant((0.299, 0.587, 0.114)))


def cell_histograms(weights, bins, num_bins, cell, size):
    """Adds each pixel's weight to its bin in the four cells around it, bilinearly.

    What would go to cells outside the grid is lost. Differentiable by the weights.

    Args:
      weights: [b, h, w] float32.
      bins: [b, h, w] int32 in [0, num_bins).
      num_bins: int.
      cell: height and width of a cell in pixels.
      size: (rows, columns) of the grid of cells.

    Returns:
      [b, rows, columns, num_bins] float32.
    """
    count = tf.shape(weights)[0]
    (height, width), (rows, columns) = weights.shape[1:], size
    segments = count * (rows * columns * num_bins)
    # Sums by segment, not products with one-hot bins: those would be mostly zeros.
    first = tf.range(count)[:, tf.newaxis, tf.newaxis] * (rows * columns * num_bins) + bins
    total = 0.0
    for row, down in _two_cells(height, cell, rows):
        for column, right in _two_cells(width, cell, columns):
            segment = first + num_bins * (columns * row[:, np.newaxis] + column)
            shares = weights * (down[:, np.newaxis] * right)
            total += tf.math.unsorted_segment_sum(shares, segment, segments)
    return tf.reshape(total, (-1, rows, columns, num_bins))


def _two_cells(pixels, cell, cells):
    """The two cells around each pixel along one axis: ([pixels] number, [pixels] share) of each."""
    place = (np.arange(pixels) + 0.5) / cell - 0.5
    before = np.floor(place).astype(np.int32)
    after = np.float32(place - before)
    for number, share in ((before, 1 - after), (before + 1, after)):
        inside = (number >= 0) & (number < cells)
        yield np.where(inside, number, 0), np.where(inside, share, np.float32(0))
