"""Orientations and descriptors of SIFT's keypoints (Lowe, "Distinctive Image Features from
Scale-Invariant Keypoints", sections 5 and 6), as VLFeat computes them.

The windows of all keypoints are laid out as one list of pixels, so that NumPy works on all of
them at once.
"""

import math

import numpy as np

LENGTH = 128
_TURN = 2 * math.pi
_BINS = 36  # of orientations
_WINDOW = 1.5  # standard deviation of the orientations' window, in sigmas
_SMOOTHINGS = 6
_PEAK = 0.8  # of the highest one
_MOST = 4  # orientations of a keypoint
_CELLS, _DIRECTIONS = 4, 8
_CELL = 3.0  # width of a cell, in sigmas
_HALF = (_CELLS + 1) / 2  # of a window, in cells
_REACH = _HALF * (1 - 1e-5)  # what is still farther out would weigh nothing
_LARGEST = 0.2


def _window(octave, found, reach, chord, border):
    """The gradients in windows around keypoints.

    Args:
      octave: `scale_space.Octave`.
      found: `scale_space.Extrema` of it.
      reach: [n], rows above and below a keypoint that its window has, at most.
      chord: function of ([r] number of a keypoint, [r] row from there) to ([r], [r]), the
        columns from there between which the row is in the window.
      border: pixels around the image that are in no window.

    Returns:
      Of all pixels, [p] each: number of the keypoint, column and row from there, magnitude, and
      angle in radians, clockwise on the screen.
    """
    images, height, width = octave.levels.shape[1:]
    owner, row = _ranges(found.y - reach, found.y + reach, border, height - 1 - border)
    down = _minus(row, found.y[owner])
    left, right = chord(owner, down)
    x = found.x[owner]
    span, column = _ranges(x + left, x + right, border, width - 1 - border)
    first = ((found.level + 1) * images + found.image)[owner] * (height + 2) + row + 1
    pixel = (first * (width + 2) + 1).take(span) + column
    levels = octave.extended.reshape(-1)
    across = levels.take(pixel + 1) - levels.take(pixel - 1)
    along = levels.take(pixel + (width + 2)) - levels.take(pixel - (width + 2))
    magnitude = 0.5 * np.sqrt(across * across + along * along)
    owner = owner.take(span)
    place = _minus(column, found.x.take(owner)), down.take(span)
    return owner, *place, magnitude, _angle(along, across)


def _ranges(first, last, lowest, highest):
    """Whole numbers of [n] ranges: ([p] number of the range, [p] the whole number)."""
    first = np.maximum(np.ceil(first), lowest).astype(int)
    last = np.minimum(np.floor(last), highest).astype(int)
    count = np.maximum(last - first + 1, 0)
    owner = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner)) + (first - before).take(owner)


def _minus(whole, place):
    # NumPy would take double precision.
    return np.subtract(whole, place, dtype=np.float32)


def _angle(y, x):
    """VLFeat's own arc tangent, up to a hundredth of a radian off."""
    wide, high = np.abs(x), np.abs(y) + np.finfo(np.float32).eps
    ratio = (wide - high) / (wide + high)
    angle = math.pi / 4 + (0.1821 * ratio * ratio - 0.9675) * ratio
    quarter = np.float32(math.pi / 2)
    return np.copysign(quarter - np.copysign(quarter - angle, x), y)


def orientations(octave, found):
    """The directions that gradients around keypoints mostly have.

    Args:
      octave: `scale_space.Octave`.
      found: `scale_space.Extrema` of it.

    Returns:
      ([m] number of the keypoint, [m] float64 radians in [0, 2 pi)), up to four of each.
    """
    spread = _WINDOW * found.sigma
    radius = np.maximum(np.floor(3 * spread), 1)
    square = radius**2 + 0.6

    def circle(owner, down):
        half = np.sqrt(np.maximum(square[owner] - down * down, 0))
        return -half, half

    owner, across, down, magnitude, angle = _window(octave, found, np.sqrt(square), circle, 0)
    distance = (across * across + down * down) / (2 * spread * spread).take(owner)
    weight = magnitude * np.exp(-distance)
    before, after = _split(angle * (_BINS / _TURN) - 0.5)
    histogram = 0.0
    for offset, share in ((0, 1 - after), (1, after)):
        index = before + offset
        index += _BINS * (index < 0) + owner * _BINS
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


def descriptors(octave, found, angle):
    """Histograms of gradients in 4 x 4 cells that are turned with the keypoint.

    Args:
      octave: `scale_space.Octave`.
      found: `scale_space.Extrema` of it.
      angle: [n], of the keypoints, in radians.

    Returns:
      [n, 128] float32 of length one: rows, columns, directions.
    """
    cell = (_CELL * found.sigma).astype(np.float32)
    # By a little off zero: they are divided by.
    cosine, sine = (np.float32(f(angle)) + np.float32(1e-20) for f in (np.cos, np.sin))
    reach = _REACH * cell

    def turned_square(owner, down):
        # Of |cos x + sin y| < reach and |cos y - sin x| < reach: x, for each row y.
        c, s, r = cosine[owner], sine[owner], reach[owner]
        by_cosine = np.sort([(-r - s * down) / c, (r - s * down) / c], axis=0)
        by_sine = np.sort([(c * down - r) / s, (c * down + r) / s], axis=0)
        return np.maximum(by_cosine[0], by_sine[0]), np.minimum(by_cosine[1], by_sine[1])

    high = reach * (np.abs(cosine) + np.abs(sine))
    owner, across, down, weight, direction = _window(octave, found, high, turned_square, 1)
    cosine, sine = (cosine / cell).take(owner), (sine / cell).take(owner)
    x = cosine * across + sine * down
    y = cosine * down - sine * across
    weight *= np.exp((x * x + y * y) * (-0.5 / (_CELLS / 2) ** 2))
    turn = (direction - np.float32(angle).take(owner)) * (_DIRECTIONS / _TURN)
    # With a margin of one cell, into which what lies outside falls.
    (column, right), (row, below), (first, next_one) = (
        _split(v) for v in (x + _HALF, y + _HALF, turn)
    )
    side = _CELLS + 2
    cells = ((owner * side + row) * side + column) * _DIRECTIONS
    size = len(found.x) * side * side * _DIRECTIONS
    total = np.zeros(size)
    for step, share in ((0, 1 - next_one), (1, next_one)):
        index = cells + ((first + step) & (_DIRECTIONS - 1))
        shared = weight * share
        for i, vertical in ((0, 1 - below), (1, below)):
            rows = shared * vertical
            for j, horizontal in ((0, 1 - right), (1, right)):
                shift = (i * side + j) * _DIRECTIONS
                total[shift:] += np.bincount(index, rows * horizontal, size)[: size - shift]
    inside = total.reshape(-1, side, side, _DIRECTIONS)[:, 1:-1, 1:-1].reshape(-1, LENGTH)
    return _normalised(np.minimum(_normalised(inside), _LARGEST)).astype(np.float32)


def _split(places):
    """(whole numbers below, what is left)."""
    whole = np.floor(places)
    return whole.astype(int), places - whole


def _normalised(rows):
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + np.finfo(np.float32).eps)
