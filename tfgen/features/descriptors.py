"""Orientations and descriptors of SIFT's keypoints (Lowe, "Distinctive Image Features from
Scale-Invariant Keypoints", sections 5 and 6), as VLFeat computes them.

The windows of all keypoints are laid out as one list of pixels, so that NumPy works on all of
them at once.
"""

import math

import numpy as np

from tfgen.features.scale_space import LEVELS

LENGTH = 128
_TURN = 2 * math.pi
_BINS = 36  # of orientations
_WINDOW = 1.5  # standard deviation of the orientations' window, in sigmas
_SMOOTHINGS = 6
_PEAK = 0.8  # of the highest one
_MOST = 4  # orientations of a keypoint
_CELLS, _DIRECTIONS = 4, 8
_CELL = 3.0  # width of a cell, in sigmas
# Half a window, in cells; a little less, since the outermost pixels would weigh nothing.
_REACH = (_CELLS + 1) / 2 * (1 - 1e-5)
_LARGEST = 0.2


class Gradients:
    """Gradients of the levels of an octave.

    Args:
      octave: `scale_space.Octave`.
    """

    def __init__(self, octave):
        levels = octave.levels[1 : 1 + LEVELS]
        down, right = np.gradient(levels, axis=(2, 3))
        self._shape = levels.shape
        self._magnitude = np.sqrt(right * right + down * down).reshape(-1)
        self._angle = _angle(down, right).reshape(-1)

    def window(self, found, reach, chord, border=0):
        """The pixels of windows around keypoints.

        Args:
          found: `scale_space.Extrema`.
          reach: [n], rows above and below a keypoint that its window has, at most.
          chord: function of ([r] number of a keypoint, [r] row from there) to ([r], [r]), the
            columns from there between which the row is in the window.
          border: pixels around the image that are in no window.

        Returns:
          Of all pixels, [p] each: number of the keypoint, columns and rows from there, magnitude,
          and angle in radians, clockwise on the screen.
        """
        height, width = self._shape[2:]
        owner, row = _ranges(found.y - reach, found.y + reach, border, height - 1 - border)
        down = row - found.y[owner]
        left, right = chord(owner, down)
        x = found.x[owner]
        span, column = _ranges(x + left, x + right, border, width - 1 - border)
        first = (found.level * self._shape[1] + found.image)[owner] * height + row
        place = (first * width)[span] + column
        owner = owner[span]
        across = column - found.x[owner]
        return owner, across, down[span], self._magnitude[place], self._angle[place]


def _ranges(first, last, lowest, highest):
    """Whole numbers of [n] ranges: ([p] number of the range, [p] the whole number)."""
    first = np.maximum(np.ceil(first), lowest).astype(int)
    last = np.minimum(np.floor(last), highest).astype(int)
    count = np.maximum(last - first + 1, 0)
    owner = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner)) + (first - before)[owner]


def _angle(y, x):
    """VLFeat's own arc tangent, up to a hundredth of a radian off."""
    size = np.abs(y) + np.float32(np.finfo(np.float32).eps)
    ahead = x >= 0
    ratio = np.where(ahead, x - size, x + size) / (np.abs(x) + size)
    angle = np.where(ahead, np.float32(math.pi / 4), np.float32(3 * math.pi / 4))
    angle += (np.float32(0.1821) * ratio * ratio - np.float32(0.9675)) * ratio
    return np.where(y < 0, -angle, angle)


def orientations(gradients, found):
    """The directions that gradients around keypoints mostly have.

    Args:
      gradients: Gradients.
      found: `scale_space.Extrema`.

    Returns:
      ([m] number of the keypoint, [m] float64 radians in [0, 2 pi)), up to four of each.
    """
    spread = _WINDOW * found.sigma
    radius = np.maximum(np.floor(3 * spread), 1)
    square = radius**2 + 0.6

    def circle(owner, down):
        half = np.sqrt(square[owner] - down * down)
        return -half, half

    owner, across, down, magnitude, angle = gradients.window(found, np.sqrt(square), circle)
    distance = (across * across + down * down) / (2 * spread * spread)[owner]
    weight = magnitude * np.exp(-distance)
    place = angle * np.float32(_BINS / _TURN) - np.float32(0.5)
    before = np.floor(place)
    after = place - before
    histogram = 0.0
    for offset, share in ((0, 1 - after), (1, after)):
        index = owner * _BINS + (before.astype(int) + offset) % _BINS
        histogram += np.bincount(index, share * weight, len(found.x) * _BINS)
    histogram = histogram.reshape(-1, _BINS)
    for _ in range(_SMOOTHINGS):
        histogram = (np.roll(histogram, 1, 1) + histogram + np.roll(histogram, -1, 1)) / 3
    below, above = np.roll(histogram, 1, 1), np.roll(histogram, -1, 1)
    peak = (histogram > below) & (histogram > above)
    peak &= histogram > _PEAK * histogram.max(axis=1, keepdims=True)
    owner, index = np.nonzero(peak & (np.cumsum(peak, axis=1) <= _MOST))
    # Of a parabola through the peak and its neighbours.
    here, below, above = (x[owner, index] for x in (histogram, below, above))
    aside = 0.5 * (below - above) / (below + above - 2 * here)
    return owner, (index + aside + 0.5) * (_TURN / _BINS)


def descriptors(gradients, found, angle):
    """Histograms of gradients in 4 x 4 cells that are turned with the keypoint.

    Args:
      gradients: Gradients.
      found: `scale_space.Extrema`.
      angle: [n], of the keypoints, in radians.

    Returns:
      [n, 128] float32 of length one: rows, columns, directions.
    """
    cell = (_CELL * found.sigma).astype(np.float32)
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    reach = _REACH * cell

    def turned_square(owner, down):
        # |cos x + sin y| < reach and |cos y - sin x| < reach, solved for x.
        c, s, r = cosine[owner], sine[owner], reach[owner]
        with np.errstate(divide="ignore"):
            ends = [(-r - s * down) / c, (r - s * down) / c], [(c * down - r) / s, (c * down + r) / s]
        return np.maximum(*(np.minimum(*x) for x in ends)), np.minimum(*(np.maximum(*x) for x in ends))

    high = reach * (np.abs(cosine) + np.abs(sine))
    owner, across, down, weight, direction = gradients.window(found, high, turned_square, border=1)
    cosine, sine = (cosine / cell)[owner], (sine / cell)[owner]
    x = cosine * across + sine * down
    y = cosine * down - sine * across
    weight *= np.exp((x * x + y * y) * np.float32(-0.5 / (_CELLS / 2) ** 2))
    turn = (direction - np.float32(angle)[owner]) * np.float32(_DIRECTIONS / _TURN)
    # With a margin of one cell, into which what lies outside falls.
    x, y = x + np.float32(_REACH), y + np.float32(_REACH)
    side = _CELLS + 2
    column, row, first = (np.floor(v).astype(int) for v in (x, y, turn))
    right, below, next_one = x - column, y - row, turn - first
    cells = ((owner * side + row) * side + column) * _DIRECTIONS
    size = len(found.x) * side * side * _DIRECTIONS
    total = np.zeros(size)
    for step, share in ((0, 1 - next_one), (1, next_one)):
        index = cells + (first + step) % _DIRECTIONS
        shared = weight * share
        for i, vertical in ((0, 1 - below), (1, below)):
            rows = shared * vertical
            for j, horizontal in ((0, 1 - right), (1, right)):
                shift = (i * side + j) * _DIRECTIONS
                total[shift:] += np.bincount(index, rows * horizontal, size)[: size - shift]
    inside = total.reshape(-1, side, side, _DIRECTIONS)[:, 1:-1, 1:-1].reshape(-1, LENGTH)
    return _normalised(np.minimum(_normalised(inside), _LARGEST)).astype(np.float32)


def _normalised(rows):
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + np.finfo(np.float32).eps)
