"""Feature vectors that are changed without changing their length (Inverting Visual Representations,
section 5.4), drawn at random (5.5), or reduced to a few units (5.3).
"""

import numpy as np

_SHARE = 0.5


def binarised(features, rng):
    """Signs alone; what is zero stays zero."""
    del rng
    return _as_long(np.sign(features), features)


def dropped(features, rng):
    """Half of the entries set to zero, at random."""
    return _as_long(features * (rng.random(features.shape) >= _SHARE), features)


def least_dropped(features, rng):
    """The smaller half of those that are not zero set to zero."""
    del rng
    flat = np.abs(features).reshape(len(features), -1)
    kept = np.zeros_like(flat)
    for row, values in zip(kept, flat, strict=True):
        nonzero = np.flatnonzero(values)
        order = nonzero[np.argsort(values[nonzero], kind="stable")]
        row[order[int(_SHARE * len(order)) :]] = 1
    return _as_long(features * kept.reshape(features.shape), features)


PERTURBATIONS = {
    "binarised": binarised,
    "dropout": dropped,
    "dropout, binarised": lambda x, rng: binarised(dropped(x, rng), rng),
    "least dropped": least_dropped,
    "least dropped, binarised": lambda x, rng: binarised(least_dropped(x, rng), rng),
}


def top(features, count=5):
    """(the `count` largest entries of each row alone, the rest without them), not rescaled."""
    features = np.asarray(features)
    chosen = np.zeros_like(features)
    np.put_along_axis(chosen, np.argsort(features, axis=1)[:, -count:], 1, axis=1)
    return features * chosen, features * (1 - chosen)


def by_histograms(features, count, rng, alpha=2.0):
    """Rows whose entries are drawn, each by itself, from those of real features.

    Args:
      features: [n, …] of real images; the paper takes 4,096.
      count: rows to draw.
      rng: numpy Generator.
      alpha: factor, against the lost contrast.

    Returns:
      [count, …] float32, on average as sparse as real ones.
    """
    flat = np.asarray(features, np.float32).reshape(len(features), -1)
    chosen = rng.integers(len(flat), size=(count, flat.shape[1]))
    drawn = np.take_along_axis(flat, chosen, axis=0)
    return alpha * drawn.reshape(count, *features.shape[1:])


def by_gaussian(features, count, rng, alpha=2.0):
    """The same from one Gaussian for all entries, shifted so that as many are below zero as are
    zero in real features, and cut off there; features with negative entries are not cut.
    """
    flat = np.asarray(features, np.float32).reshape(-1)
    if flat.min() < 0:
        drawn = rng.normal(flat.mean(), flat.std(), (count, *features.shape[1:]))
        return np.float32(alpha * drawn)
    positive = flat[flat > 0]
    # The quantile below which the standard normal distribution has the share of zeros.
    threshold = float(np.quantile(rng.normal(size=1_000_000), 1 - len(positive) / len(flat)))
    standard = rng.normal(size=(count, *features.shape[1:])) - threshold
    cut = np.maximum(standard, 0)
    scale = positive.mean() / max(cut[cut > 0].mean(), 1e-12)
    return np.float32(alpha * scale * cut)


def _as_long(changed, features):
    """Rows scaled to the Euclidean length of other rows; rows of zeros stay."""
    axes = tuple(range(1, np.ndim(features)))
    lengths = [np.sqrt(np.square(x).sum(axis=axes, keepdims=True)) for x in (features, changed)]
    return np.float32(changed * (lengths[0] / np.maximum(lengths[1], 1e-12)))
