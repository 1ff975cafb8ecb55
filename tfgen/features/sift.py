"""Sparse SIFT laid on a grid (Dosovitskiy and Brox, "Inverting Visual Representations with
Convolutional Networks", section 3.2), its keypoints those of VLFeat.
"""

import numpy as np

from tfgen.features.cells import check_gray
from tfgen.features.descriptors import LENGTH, descriptors, orientations
from tfgen.features.scale_space import extrema, octaves

CHANNELS = 133
CELL = 4
# What is worked on at once, so that it fits in a processor's cache: pixels, keypoints.
_PIXELS, _KEYPOINTS = 256 * 256, 24


def sift(images, cell=CELL):
    """SIFT on a grid: a zero vector in a cell without a keypoint, one of them where several are.

    Args:
      images: [b, h, w] numbers in [0, 255], gray; an array, not a tensor.
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
    for grid, rows in zip(grids, keypoints(images), strict=True):
        # In an order that is random, and the same each time: the last one of a cell stays.
        rows = rows[np.random.default_rng(0).permutation(len(rows))]
        x, y, scale, angle = rows[:, :4].T
        column, row = x.astype(int) // cell, y.astype(int) // cell
        place = x - cell * column, y - cell * row, np.sin(angle), np.cos(angle), np.log(scale)
        grid[row, column] = np.concatenate([rows[:, 4:], np.stack(place, axis=1)], axis=1)
    return grids


def from_grid(grid, cell=CELL):
    """The keypoints that a grid holds.

    Args:
      grid: [h, w, 133] float32, of `sift`.
      cell: height and width of a cell in pixels.

    Returns:
      [n, 132] float32, as `keypoints` lists them.
    """
    row, column = np.nonzero(grid[..., :LENGTH].any(axis=-1))
    found = grid[row, column]
    x, y, sine, cosine, log_scale = found[:, LENGTH:].T
    angle = np.arctan2(sine, cosine) % (2 * np.pi)
    place = cell * column + x, cell * row + y, np.exp(log_scale), angle
    return np.concatenate([np.stack(place, axis=1), found[:, :LENGTH]], axis=1, dtype=np.float32)


def keypoints(images):
    """SIFT of images, as VLFeat lists it from octave 0 on: by octave, level, row, column, angle.

    Args:
      images: [b, h, w] numbers in [0, 255].

    Returns:
      A list of b arrays [n, 132] float32: x, y, scale in pixels, orientation in radians,
      descriptor of length one.
    """
    images = np.asarray(images, np.float32)
    together = max(1, _PIXELS // images[0].size)
    return [
        rows
        for first in range(0, len(images), together)
        for rows in _keypoints(images[first : first + together])
    ]


def _keypoints(images):
    numbers, rows = [np.zeros(0, int)], [np.zeros((0, 4 + LENGTH), np.float32)]
    for octave in octaves(images):
        everywhere = extrema(octave)
        for first in range(0, len(everywhere.x), _KEYPOINTS):
            found = everywhere.at(slice(first, first + _KEYPOINTS))
            owner, angle = orientations(octave, found)
            found = found.at(owner)
            place = octave.pixel * np.stack([found.x, found.y, found.sigma], axis=1)
            described = descriptors(octave, found, angle)
            numbers.append(found.image)
            rows.append(
                np.concatenate([place, np.float32(angle)[:, np.newaxis], described], axis=1)
            )
    number, rows = np.concatenate(numbers), np.concatenate(rows)
    return [rows[number == image] for image in range(len(images))]
