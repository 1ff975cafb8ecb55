"""Gaussian scale space and its extrema (Lowe, "Distinctive Image Features from Scale-Invariant
Keypoints", sections 3 and 4), number for number as VLFeat computes them.
"""

import functools
import math
from dataclasses import dataclass, fields

import cv2
import numpy as np

LEVELS = 3  # of an octave, in which extrema are looked for
_STEP = 2 ** (1 / LEVELS)
_NOMINAL = 0.5  # blur that images are taken to have
SIGMA = 1.6 * _STEP  # of level 0
_ADDED = SIGMA * math.sqrt(1 - 1 / _STEP**2)  # from level -1 to level 0
_STEPS = 5  # of the refinement of an extremum
_FAR = 0.6  # of a pixel: from there on the next one is looked at
_FARTHEST = 1.5
_EDGE = 10.0  # largest ratio of principal curvatures


@dataclass(frozen=True)
class Octave:
    """Images at some levels of blur, all of one size.

    Attributes:
      number: 0 for the first, which has the images' own size; each later one halves it.
      levels: [LEVELS + 3, b, h, w] float32, levels -1 to LEVELS + 1.
    """

    number: int
    levels: np.ndarray

    @property
    def pixel(self):
        """Width of its pixels in those of the images."""
        return 2.0**self.number

    @functools.cached_property
    def extended(self):
        """Levels [LEVELS + 3, b, h + 2, w + 2], so that slopes are those of two neighbours."""
        around = ((0, 0), (0, 0), (1, 1), (1, 1))
        return np.pad(self.levels, around, "reflect", reflect_type="odd")


@dataclass(frozen=True)
class Extrema:
    """Extrema of an octave's differences of Gaussians, [n] each, by level, image, row, column.

    Attributes:
      image: number of the image.
      level: int, 0 to LEVELS - 1.
      x, y, sigma: float32, place and scale, in the octave's pixels.
    """

    image: np.ndarray
    level: np.ndarray
    x: np.ndarray
    y: np.ndarray
    sigma: np.ndarray

    def at(self, index):
        """Those of the given numbers."""
        return Extrema(*(getattr(self, field.name)[index] for field in fields(self)))


def octaves(images):
    """Octaves of images, the first of the images' size.

    Args:
      images: [b, h, w] float32.

    Yields:
      Octave.
    """
    height, width = images.shape[1:]
    count = max(int(math.log2(min(height, width))) - 3, 1)
    first = _blurred(images, math.sqrt((SIGMA / _STEP) ** 2 - _NOMINAL**2))
    for number in range(count):
        levels = [first]
        for level in range(LEVELS + 2):
            levels.append(_blurred(levels[-1], _ADDED * _STEP**level))
        yield Octave(number, np.stack(levels))
        # Level LEVELS - 1 of an octave is level -1 of the next.
        rows, columns = height >> (number + 1), width >> (number + 1)
        first = levels[LEVELS][:, ::2, ::2][:, :rows, :columns]


def _blurred(images, sigma):
    size = 2 * max(math.ceil(4 * sigma), 1) + 1
    border = cv2.BORDER_REPLICATE
    blurred = np.empty(images.shape, np.float32)
    for image, out in zip(images, blurred, strict=True):
        cv2.GaussianBlur(np.ascontiguousarray(image), (size, size), sigma, out, borderType=border)
    return blurred


def extrema(octave):
    """Extrema of the octave's differences of Gaussians that are no edges, to parts of a pixel.

    Args:
      octave: Octave.

    Returns:
      Extrema.
    """
    differences = octave.levels[1:] - octave.levels[:-1]
    level, image, row, column = _candidates(differences)
    height, width = differences.shape[2:]
    values = np.zeros((len(level), 3, 3, 3))
    step = np.zeros((len(level), 3))
    moving = np.arange(len(level))
    for left in reversed(range(_STEPS)):
        place = level[moving], image[moving], row[moving], column[moving]
        values[moving] = _around(differences, *place)
        step[moving] = _newton(values[moving])
        if not left:
            break
        # To the pixel that the quadratic's extremum is in, never to another level.
        down = _towards(step[moving, 1], row[moving], height)
        right = _towards(step[moving, 2], column[moving], width)
        row[moving] += down
        column[moving] += right
        moving = moving[(down != 0) | (right != 0)]
    level_at, y, x = (np.stack([level, row, column], axis=1) + step).T
    kept = (
        _is_no_edge(values)
        & (_height(values, step) != 0)
        & (np.abs(step) < _FARTHEST).all(axis=1)
        & ((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1))
        & ((level_at >= -1) & (level_at <= LEVELS + 1))
    )
    return Extrema(
        image=image[kept],
        level=level[kept],
        x=np.float32(x[kept]),
        y=np.float32(y[kept]),
        sigma=np.float32(SIGMA * _STEP ** level_at[kept]),
    )


def _candidates(differences):
    """(level, image, row, column) of what is above, or below, all 26 that surround it."""
    count, height, width = differences.shape[1:]
    tall = differences.reshape(-1, count * height, width)  # the outermost rows are not looked at
    square = np.ones((3, 3), np.uint8)
    found = np.zeros(differences.shape[1:], bool)
    places = []
    for level in range(LEVELS):
        here = differences[level + 1]
        found[:] = False
        for spread, beyond in ((cv2.dilate, np.greater), (cv2.erode, np.less)):
            around = [spread(x, square).reshape(here.shape) for x in tall[level : level + 3]]
            found |= beyond(here, around[0]) & beyond(here, around[2]) & (here == around[1])
        image, row, column = np.nonzero(found[:, 1:-1, 1:-1])
        places.append((np.full(len(image), level), image, row + 1, column + 1))
    level, image, row, column = (np.concatenate(x) for x in zip(*places, strict=True))
    around = _around(differences, level, image, row, column)
    alone = (around[:, 1] == around[:, 1:2, 1:2, 1]).sum(axis=(1, 2)) == 1  # no equal neighbour
    return level[alone], image[alone], row[alone], column[alone]


def _around(differences, level, image, row, column):
    """[n, 3, 3, 3] float64: the values around, by level, row, column."""
    near = np.arange(3)
    index = [
        (level[:, np.newaxis] + near)[:, :, np.newaxis, np.newaxis],
        image[:, np.newaxis, np.newaxis, np.newaxis],
        (row[:, np.newaxis] + near - 1)[:, np.newaxis, :, np.newaxis],
        (column[:, np.newaxis] + near - 1)[:, np.newaxis, np.newaxis, :],
    ]
    return differences[tuple(index)].astype(np.float64)


def _newton(values):
    """[n, 3]: from the middle to where the quadratic has its extremum; 0 where it has none."""
    gradient, hessian = _derivatives(values)
    some = np.linalg.det(hessian) != 0
    step = np.zeros_like(gradient)
    step[some] = -np.linalg.solve(hessian[some], gradient[some, :, np.newaxis])[..., 0]
    return step


def _towards(step, place, size):
    """-1, 0 or 1: to the next pixel that still has neighbours."""
    return ((step > _FAR) & (place < size - 2)).astype(int) - ((step < -_FAR) & (place > 1))


def _height(values, step):
    """[n]: of the quadratic's extremum."""
    return values[:, 1, 1, 1] + 0.5 * np.einsum("ni,ni->n", _derivatives(values)[0], step)


def _is_no_edge(values):
    """[n]: curved alike in all directions of the plane (Lowe, section 4.1)."""
    plane = _derivatives(values)[1][:, 1:, 1:]
    determinant = plane[:, 0, 0] * plane[:, 1, 1] - plane[:, 0, 1] ** 2
    trace = plane[:, 0, 0] + plane[:, 1, 1]
    return (determinant > 0) & (trace**2 * _EDGE < (_EDGE + 1) ** 2 * determinant)


_DIFFERENCES = np.array([[0, 1, 0], [-0.5, 0, 0.5], [1, -2, 1]])  # of order 0, 1, 2


def _stencil(*axes):
    """[27]: of the derivative by these axes, one after another."""
    orders = np.bincount(axes, minlength=3)
    return np.einsum("i,j,k->ijk", *_DIFFERENCES[orders]).reshape(27)


_SLOPES = np.stack([_stencil(a) for a in range(3)], axis=1)
_BENDS = np.stack([_stencil(a, b) for a in range(3) for b in range(3)], axis=1)


def _derivatives(values):
    """(gradient [n, 3], Hessian [n, 3, 3]) by level, row, column."""
    flat = values.reshape(-1, 27)
    return flat @ _SLOPES, (flat @ _BENDS).reshape(-1, 3, 3)
