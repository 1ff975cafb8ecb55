"""Sparse SIFT laid on a grid (Dosovitskiy and Brox, "Inverting Visual Representations with
Convolutional Networks", section 3.2).
"""

import numpy as np

from tfgen.features.cells import check_gray
from tfgen.features.descriptors import Gradients, descriptors, orientations
from tfgen.features.scale_space import extrema, octaves

CHANNELS = 133
# Least contrast 0 and no first octave below 0: VLFeat's defaults, which the paper takes.
_LEVELS, _CONTRAST, _EDGE, _SIGMA = 3, 0.0, 10.0, 1.6
# OpenCV counts a descriptor's eight orientations the other way round than VLFeat.
_ORDER = np.arange(128).reshape(16, 8)[:, [0, 7, 6, 5, 4, 3, 2, 1]].reshape(-1)


def sift(images, cell=4):
    """SIFT on a grid: a zero vector in a cell without a keypoint, one of them where several are.

    Args:
      images: [b, h, w] uint8 or float of [0, 255], gray; an array, not a tensor.
      cell: height and width of a cell in pixels.

    Returns:
      [b, ceil(h / cell), ceil(w / cell), 133] float32: the descriptor, of length one, in VLFeat's
      order; x and y in pixels from the cell's corner; sine and cosine of the orientation; the
      logarithm of the scale, in pixels.

    Raises:
      ValueError: the images are not gray, or smaller than a cell.
    """
    images = np.asarray(images)
    check_gray(images, "SIFT", cell)
    height, width = images.shape[1:]
    grids = np.zeros((len(images), -(-height // cell), -(-width // cell), CHANNELS), np.float32)
    for grid, image in zip(grids, images, strict=True):
        x, y, rest = _keypoints(np.round(image).astype(np.uint8))
        column, row = x.astype(int) // cell, y.astype(int) // cell
        place = np.stack([x - cell * column, y - cell * row], axis=1)
        grid[row, column] = np.concatenate([rest[:, :128], place, rest[:, 128:]], axis=1)
    return grids


def keypoints(images):
    """SIFT of images, as VLFeat lists them: by octave, level, row, column, orientation.

    Args:
      images: [b, h, w] float32 in [0, 255].

    Returns:
      ([n] number of the image, [n, 132] float32: x, y, scale in pixels, orientation in radians,
      descriptor of length one).
    """
    number, rows = [], []
    for octave in octaves(images):
        found = extrema(octave)
        gradients = Gradients(octave)
        owner, angle = orientations(gradients, found)
        found = found.at(owner)
        number.append(found.image)
        place = octave.pixel * np.stack([found.x, found.y, found.sigma], axis=1)
        columns = place, angle[:, np.newaxis], descriptors(gradients, found, angle)
        rows.append(np.concatenate(columns, axis=1, dtype=np.float32))
    return np.concatenate(number), np.concatenate(rows)


def _keypoints(image):
    """(x [n], y [n], [n, 131] the rest) in an order that is random, and the same each time."""
    rows = keypoints(image)
    rows = rows[np.random.default_rng(0).permutation(len(rows))]
    x, y, scale, angle = rows[:, :4].T
    height, width = image.shape
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    rest = np.stack([np.sin(angle), np.cos(angle), np.log(scale)], axis=1)
    return x, y, np.concatenate([rows[:, 4:], rest], axis=1)
