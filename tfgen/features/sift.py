"""Sparse SIFT laid on a grid (Dosovitskiy and Brox, "Inverting Visual Representations with
Convolutional Networks", section 3.2).
"""

import cv2
import numpy as np

from tfgen.features.cells import check_gray

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


def keypoints(image):
    """SIFT of one image, as VLFeat would list them.

    Args:
      image: [h, w] uint8.

    Returns:
      [n, 132] float32: x, y, scale in pixels, orientation in radians, descriptor of length one.
    """
    detector = cv2.SIFT_create(0, _LEVELS, _CONTRAST, _EDGE, _SIGMA, enable_precise_upscale=True)
    points, descriptors = detector.detectAndCompute(image, None)
    if not points:
        return np.zeros((0, 4 + 128), np.float32)
    octave = np.array([point.octave & 255 for point in points])  # 255 is octave -1
    places = [(*p.pt, p.size / 2, np.deg2rad(p.angle)) for p in points]
    rows = np.concatenate([np.float32(places), descriptors[:, _ORDER]], axis=1)[octave < 128]
    rows[:, 4:] /= np.linalg.norm(rows[:, 4:], axis=1, keepdims=True)
    return rows


def _keypoints(image):
    """(x [n], y [n], [n, 131] the rest) in an order that is random, and the same each time."""
    rows = keypoints(image)
    rows = rows[np.random.default_rng(0).permutation(len(rows))]
    x, y, scale, angle = rows[:, :4].T
    height, width = image.shape
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    rest = np.stack([np.sin(angle), np.cos(angle), np.log(scale)], axis=1)
    return x, y, np.concatenate([rows[:, 4:], rest], axis=1)
