"""One yardstick for objects from noise: how much they differ, and how near they are to real ones.

All is relative to real objects: how far two of them are apart, and how far one is from the nearest
other. Objects that are all alike differ by nothing; smudges of many objects are far from any; and
copies of real ones are nearer than real ones are to each other.
"""

import numpy as np

from tfgen.metrics import objects
from tfgen.runs.experiments.intervals import Interval, as_columns, in_row
from tfgen.runs.experiments.verdict import above, controlled, every, higher

SPREAD, NEAREST, OUTLINE = "spread", "distance to nearest", "outline"
_DRAWS = 500
_REAL, _MEAN, _FADES = "real objects", "control: mean object", "control: cross-fades of two"
_ONE, _BLANK = "control: one object again and again", "control: blank page"


class Yardstick:
    """Measures sets of objects against real ones, in one view.

    Args:
      real: `data.drawings.examples.Examples`, one a style.
      seed: of the bootstrap.
    """

    def __init__(self, real, seed=0):
        self._images, self._masks = real.over_white(), real.masks
        self._seed = seed
        self._spread = objects.diversity(self._images)
        apart = _apart(self._images)
        np.fill_diagonal(apart, np.inf)
        self._between = np.sqrt(apart.min(axis=1))

    def row(self, name, images, masks):
        """A table's row of a set of objects.

        Args:
          name: of the set.
          images: [n, h, w, 3] uint8 over white.
          masks: [n, h, w, 1] uint8.

        Returns:
          dict: spread, root mean squared difference of pairs over that of real objects; distance
          to the nearest real object over that between real ones; outline, likeness to the most
          similar real outline of that at a quarter and at three quarters of the mask, whichever is
          less; each with its 95 % interval over objects; how many different real objects are
          nearest.
        """
        index, distance = objects.nearest(images, self._images)
        found = self._row(name, images, distance, self._likeness(masks))
        return found | {"different nearest": len(set(index.tolist()))}

    def _row(self, name, images, distance, likeness):
        count, usual = len(images), self._between.mean()
        return {
            "objects": name,
            "count": count,
            **as_columns(SPREAD, self._interval(count, self._spread_of(images))),
            **as_columns(NEAREST, self._interval(count, lambda i: distance[i].mean() / usual)),
            **as_columns(OUTLINE, self._interval(count, lambda i: likeness[i].mean())),
        }

    def _likeness(self, masks, others=False):
        # A ghost has other outlines at a quarter of its mask than at three quarters.
        levels = [np.uint8(255) * (masks > level) for level in (64, 191)]
        likeness = [objects.outline_likeness(level, self._masks, others) for level in levels]
        return np.min(likeness, axis=0)

    def controls(self, rng, count):
        """Rows of real objects, each beside the others, and of no sets of different objects.

        Args:
          rng: numpy Generator.
          count: of objects in each.
        """
        real, masks = self._images, self._masks
        pairs = rng.integers(len(real), size=(count, 2))
        mean = [x.mean(axis=0, keepdims=True).round().astype(np.uint8) for x in (real, masks)]
        blank = np.full_like(real[:1], 255), np.zeros_like(masks[:1])
        copied = rng.integers(len(real))
        made = {
            _MEAN: tuple(np.repeat(x, count, axis=0) for x in mean),
            _ONE: tuple(np.repeat(x[copied : copied + 1], count, axis=0) for x in (real, masks)),
            _FADES: tuple(
                x[pairs].astype(np.float32).mean(axis=1).round().astype(np.uint8)
                for x in (real, masks)
            ),
            _BLANK: tuple(np.repeat(x, count, axis=0) for x in blank),
        }
        among = self._row(_REAL, real, self._between, self._likeness(masks, others=True))
        among["different nearest"] = len(real)
        return [among, *(self.row(name, *pictures) for name, pictures in made.items())]

    def nearest(self, images):
        """The real object nearest to each: [n, h, w, 3] uint8."""
        return self._images[objects.nearest(images, self._images)[0]]

    def _spread_of(self, images):
        """A function of numbers [k] of images: how much those differ, over real objects' spread."""
        apart = _apart(images)

        def spread(chosen):
            # An image that the bootstrap drew twice is no pair with itself.
            pairs = apart[np.ix_(chosen, chosen)][chosen[:, None] != chosen]
            return np.sqrt(pairs.mean()) / self._spread if len(pairs) else 0.0

        return spread

    def _interval(self, count, statistic):
        """Of a function of numbers [k] of `count` objects, by drawing objects."""
        rng = np.random.default_rng(self._seed)
        found = [statistic(rng.integers(count, size=count)) for _ in range(_DRAWS)]
        low, high = np.quantile(found, [0.025, 0.975])
        return Interval(float(statistic(np.arange(count))), float(low), float(high))


def _apart(images):
    """[n, n] mean squared differences of images, in units of their range."""
    x = images.reshape(len(images), -1).astype(np.float64) / 255
    squares = np.square(x).sum(axis=1)
    return np.maximum(squares[:, None] + squares - 2 * x @ x.T, 0) / x.shape[1]


def less(row, other, column):
    """Whether one set has less of something than another: True, False, or UNTOLD."""
    return higher(in_row(other, column), in_row(row, column))


def are_diverse_objects(rows, name):
    """Whether a set is one of objects that differ, by rows of a `Yardstick` and its controls.

    They differ at least half as much as real ones, and their outlines are more like real objects'
    than those of mean objects and of cross-fades are, of which it is not known exactly either.
    Nothing is judged where real objects, each beside the others, would not pass.
    """
    by = {row["objects"]: row for row in rows}

    def judged(row):
        outlines = [less(by[control], row, OUTLINE) for control in (_MEAN, _FADES, _BLANK)]
        return every((above(in_row(row, SPREAD), 0.5), *outlines))

    if judged(by[_REAL]) is not True:
        return "not judged, as real objects would not pass"
    controls = {control: judged(by[control]) for control in (_MEAN, _FADES, _BLANK, _ONE)}
    return controlled(judged(by[name]), controls)
