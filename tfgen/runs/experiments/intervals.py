"""Means with their 95 % intervals, by the bootstrap over the items that were measured."""

import dataclasses

import numpy as np

_DRAWS = 2000
_LEVEL = 0.95


@dataclasses.dataclass(frozen=True)
class Interval:
    """A number and how far it is known.

    Attributes:
      mean: of what was measured.
      low, high: within these it lies in 95 % of draws of the items.
    """

    mean: float
    low: float
    high: float

    def negated(self):
        """That of the number with its sign turned."""
        return Interval(-self.mean, -self.high, -self.low)

    def __format__(self, spec):
        spec = spec or ".3g"
        return f"{self.mean:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"


UNKNOWN = Interval(np.nan, np.nan, np.nan)


def as_columns(name, interval):
    """Columns of a table's row: name, "name, low", "name, high"."""
    return {name: interval.mean, f"{name}, low": interval.low, f"{name}, high": interval.high}


def in_row(row, name):
    """The Interval that `as_columns` put into a row."""
    return Interval(row[name], row[f"{name}, low"], row[f"{name}, high"])


def listed(rows, name, value):
    """Rows in words: name, value [low, high]; they have columns low and high beside the value."""
    found = (Interval(row[value], row["low"], row["high"]) for row in rows)
    return ", ".join(f"{row[name]} {x:.2f}" for row, x in zip(rows, found, strict=True))


def mean(values, seed=0):
    """The Interval of a mean.

    Args:
      values: [n] one an item; or [s, n] of s trainings of the same items: trainings and items are
        drawn, so that the interval says what other seeds would have found, too.
      seed: of the draws.
    """
    values = np.atleast_2d(np.asarray(values, np.float64))
    return _interval(values.mean(), _drawn(values, seed))


def difference(a, b, seed=0):
    """The Interval of the mean of a - b, pairs of the same items; as `mean`."""
    return mean(np.asarray(a, np.float64) - np.asarray(b, np.float64), seed)


def unpaired_difference(a, b, seed=0):
    """The Interval of mean(a) - mean(b) of two sets of items, drawn each by itself."""
    a, b = (np.atleast_2d(np.asarray(x, np.float64)) for x in (a, b))
    return _interval(a.mean() - b.mean(), _drawn(a, seed) - _drawn(b, seed + 1))


def ratio(a, b, seed=0):
    """The Interval of mean(a) / mean(b), pairs of the same items, drawn together; as `mean`."""
    a, b = (np.atleast_2d(np.asarray(x, np.float64)) for x in (a, b))
    # The same seed draws the same items of both.
    return _interval(a.mean() / b.mean(), _drawn(a, seed) / _drawn(b, seed))


def _drawn(values, seed):
    """[draws] means of [s, n] values, rows and columns drawn with replacement."""
    rng = np.random.default_rng(seed)
    trainings, items = values.shape
    means = np.empty(_DRAWS)
    for i in range(_DRAWS):
        rows = rng.integers(trainings, size=trainings)
        means[i] = values[rows][:, rng.integers(items, size=items)].mean()
    return means


def _interval(found, draws):
    low, high = np.quantile(draws, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Interval(float(found), float(low), float(high))
