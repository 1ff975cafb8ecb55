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


def cell_histograms(weights, bins, num_bins, cell, size, border=0):
    """Adds each pixel's weight to its bin in the four cells around it, bilinearly.

    What would go to cells outside the grid is lost. Differentiable by the weights.

    Args:
      weights: [b, h, w] float32.
      bins: [b, h, w] int32 in [0, num_bins).
      num_bins: int.
      cell: height and width of a cell in pixels.
      size: (rows, columns) of the grid of cells.
      border: pixels around these that the image has besides.

    Returns:
      [b, rows, columns, num_bins] float32.
    """
    (height, width), (rows, columns) = weights.shape[1:], size
    line = columns * num_bins
    first = bins + line * np.arange(height, dtype=np.int32)[:, np.newaxis]
    # Along lines by sums of what has the same bin: products with one-hot bins would be mostly
    # zeros. Then, as all bins of a line go to the same cells, across lines by one product.
    lines = tf.add_n(
        [
            _binned(weights * share, first + num_bins * column, height * line)
            for column, share in _two_cells(width, cell, columns, border)
        ]
    )
    across = np.zeros((rows, height), np.float32)
    for row, share in _two_cells(height, cell, rows, border):
        across[row, np.arange(height)] += share
    found = tf.matmul(across, tf.reshape(lines, (-1, height, line)))
    return tf.reshape(found, (-1, rows, columns, num_bins))


def _binned(weights, bins, num_bins):
    """Sums [b, num_bins] of weights [b, h, w] by their bins."""
    pixels = weights.shape[1] * weights.shape[2]
    bins = tf.reshape(bins, (-1, pixels))

    @tf.custom_gradient
    def binned(weights):
        found = tf.raw_ops.DenseBincount(input=bins, size=num_bins, weights=weights)
        return found, lambda gradient: tf.gather(gradient, bins, batch_dims=1)

    return binned(tf.reshape(weights, (-1, pixels)))


def _two_cells(pixels, cell, cells, border):
    """The two cells around each pixel along one axis: ([pixels] number, [pixels] share) of each."""
    place = (np.arange(pixels) + border + 0.5) / cell - 0.5
    before = np.floor(place).astype(np.int32)
    after = np.float32(place - before)
    for number, share in ((before, 1 - after), (before + 1, after)):
        inside = (number >= 0) & (number < cells)
        yield np.where(inside, number, 0), np.where(inside, share, np.float32(0))
