"""What is drawn of features without a network: no answer at all, and simple answers.

A network that inverts features has to do better than each of them. Images are [n, s, s, 3] float32
in [0, 1].
"""

import numpy as np

_STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
_HELD_OUT = 0.2
# Neighbouring cells that a cell's pixels are drawn from: so many to each side.
_REACH = 1
_ROWS = 40_000


def gray(images):
    """The middle of the range everywhere."""
    return np.full_like(images, 0.5)


def mean_colour(images):
    """Each picture's own mean colour, which is told by no feature but by the picture."""
    return np.broadcast_to(images.mean(axis=(1, 2), keepdims=True), images.shape)


# Of pictures themselves: name -> function of images to what is drawn.
BASELINES = {"gray": gray, "mean colour": mean_colour}


class Nearest:
    """The training picture whose features are nearest.

    Args:
      features: [n, …] of the training pictures.
      images: those.
    """

    def __init__(self, features, images):
        self._features = _flat(features)
        self._squares = np.square(self._features).sum(axis=1)
        self._images = images

    def __call__(self, features):
        """Images of features."""
        distances = self._squares - 2 * _flat(features) @ self._features.T
        return self._images[distances.argmin(axis=1)]


class Ridge:
    """Ridge regression of pixels on features, its strength chosen on a fifth of the pictures.

    Of a map [h, w, c] the pixels of a cell are drawn from the cell and its eight neighbours, by the
    same coefficients everywhere, so that it draws images of any size; of a vector, all pixels from
    all numbers.

    Args:
      features: [n, …] of the training pictures.
      images: those.
      seed: of which pictures are for the choice, and of which cells are taken.
    """

    def __init__(self, features, images, seed=0):
        self._is_map = features.ndim == 4
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(images))
        count = max(1, round(_HELD_OUT * len(images)))
        held_out, fitted = (
            self._some(*self._rows(features[i], images[i]), rng) for i in np.split(order, [count])
        )
        solve, errors = self._solver(*fitted), {}
        for strength in _STRENGTHS:
            self._coefficients = solve(strength)
            errors[strength] = float(np.square(self._predicted(held_out[0]) - held_out[1]).mean())
        self.strength = min(errors, key=errors.get)
        everything = (np.concatenate(parts) for parts in zip(fitted, held_out, strict=True))
        self._coefficients = self._solver(*everything)(self.strength)

    @staticmethod
    def _some(known, wanted, rng):
        """As many rows as memory holds."""
        some = rng.permutation(len(known))[:_ROWS]
        return known[some], wanted[some]

    def _solver(self, x, y):
        """Notes what is to be taken off; a function of the strength to the coefficients."""
        self._mean, self._scale, self._start = x.mean(axis=0), x.std() + 1e-9, y.mean(axis=0)
        return _solver((x - self._mean) / self._scale, y - self._start)

    def __call__(self, features):
        """Images of features."""
        return np.concatenate([self._drawn(each[None]) for each in features])

    def _drawn(self, features):
        predicted = self._predicted(self._rows(features)[0])
        if not self._is_map:
            side = round((predicted.shape[1] / 3) ** 0.5)
            return np.clip(predicted.reshape(len(features), side, side, 3), 0, 1)
        n, height, width, _ = features.shape
        cell = round((predicted.shape[1] / 3) ** 0.5)
        blocks = predicted.reshape(n, height, width, cell, cell, 3).transpose(0, 1, 3, 2, 4, 5)
        return np.clip(blocks.reshape(n, height * cell, width * cell, 3), 0, 1)

    def _predicted(self, x):
        scaled = (x - self._mean) / self._scale
        return (scaled @ self._coefficients + self._start).astype(np.float32)

    def _rows(self, features, images=None):
        """(what is known, what is wanted), a row each; of maps a cell is a row."""
        if not self._is_map:
            return _flat(features), None if images is None else _flat(images)
        n, height, width, channels = features.shape
        around = 2 * _REACH + 1
        padded = np.pad(features, ((0, 0), (_REACH, _REACH), (_REACH, _REACH), (0, 0)))
        near = [
            padded[:, i : i + height, j : j + width] for i in range(around) for j in range(around)
        ]
        known = np.concatenate(near, axis=-1).reshape(-1, around**2 * channels)
        if images is None:
            return known, None
        cell = images.shape[1] // height
        blocks = images.reshape(n, height, cell, width, cell, 3).transpose(0, 1, 3, 2, 4, 5)
        return known, blocks.reshape(-1, cell * cell * 3)


def _solver(x, y):
    """A function of the strength to coefficients [features, pixels], by the smaller side of x."""
    n, features = x.shape
    if features <= n:
        values, vectors = np.linalg.eigh(x.T @ x / n)
        target = vectors.T @ (x.T @ y / n)
        return lambda strength: vectors @ (target / (values + strength)[:, None])
    values, vectors = np.linalg.eigh(x @ x.T / n)
    target = vectors.T @ y / n
    return lambda strength: x.T @ (vectors @ (target / (values + strength)[:, None]))


def _flat(x):
    return np.asarray(x, np.float32).reshape(len(x), -1)
