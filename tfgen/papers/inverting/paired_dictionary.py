"""Inversion of HOG by a paired dictionary (Vondrick et al., "HOGgles: Visualizing Object Detection
Features"): a patch of HOG and the gray patch that it is of have the same sparse code.
"""

import math
import warnings

import numpy as np
from sklearn.decomposition import MiniBatchDictionaryLearning, sparse_encode
from sklearn.exceptions import ConvergenceWarning

_CELLS = 5  # of a patch, along each side
_AROUND = 2  # cells that a gray patch has beyond: HOG looks one further on each side
_SPARSITY = 0.02
_BLEND = 9.0 / 56  # standard deviation of a patch's weights, in its side


class PairedDictionary:
    """Learns from photographs and their HOG; then draws gray images of HOG alone.

    Args:
      atoms: of the dictionary; the authors have 1,024.
      cell: pixels of a HOG cell along each side.
      patches: to learn from; the authors take a million.
      passes: over them.
      seed: of the patches and the start.
    """

    def __init__(self, atoms=1024, cell=8, patches=20_000, passes=2, seed=0):
        self._atoms, self._cell, self._patches, self._passes = atoms, cell, patches, passes
        self._rng = np.random.default_rng(seed)
        self._of_hog = self._of_gray = None

    def fit(self, grays, hogs):
        """Learns the dictionary.

        Args:
          grays: [n, h, w] float32 of any scale, h and w multiples of the cell.
          hogs: [n, h / cell, w / cell, channels] float32.
        """
        image = self._rng.integers(len(grays), size=self._patches)
        rows, columns = np.array(hogs.shape[1:3]) - _CELLS + 1
        row, column = (self._rng.integers(n, size=self._patches) for n in (rows, columns))
        margin = self._cell * _AROUND // 2
        padded = np.pad(grays, ((0, 0), (margin, margin), (margin, margin)), mode="edge")
        side = self._side
        first = np.stack(
            [
                _unit(hogs[i, r : r + _CELLS, c : c + _CELLS])
                for i, r, c in zip(image, row, column, strict=True)
            ]
        )
        second = np.stack(
            [
                _unit(padded[i, r * self._cell :, c * self._cell :][:side, :side])
                for i, r, c in zip(image, row, column, strict=True)
            ]
        )
        learner = MiniBatchDictionaryLearning(
            self._atoms,
            alpha=_SPARSITY,
            max_iter=self._passes,
            batch_size=400,
            fit_algorithm="cd",
            positive_code=True,
            random_state=int(self._rng.integers(2**31)),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            learner.fit(np.concatenate([first, second], axis=1))
        self._of_hog, self._of_gray = np.split(
            learner.components_.astype(np.float32), [first.shape[1]], axis=1
        )
        return self

    def invert(self, hogs):
        """Gray images.

        Args:
          hogs: [n, rows, columns, channels] float32.

        Returns:
          [n, rows * cell, columns * cell] float32, each stretched to [0, 1].
        """
        return np.stack([self._invert(hog) for hog in hogs])

    @property
    def _side(self):
        return (_CELLS + _AROUND) * self._cell

    def _invert(self, hog):
        padded = np.pad(hog, ((_CELLS, _CELLS), (_CELLS, _CELLS), (0, 0)))
        rows, columns = (n - _CELLS + 1 for n in padded.shape[:2])
        places = [(r, c) for r in range(rows) for c in range(columns)]
        windows = np.stack([_unit(padded[r : r + _CELLS, c : c + _CELLS]) for r, c in places])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            codes = sparse_encode(
                windows, self._of_hog, algorithm="lasso_cd", alpha=_SPARSITY, positive=True
            )
        side, cell = self._side, self._cell
        patches = (codes @ self._of_gray).reshape(-1, side, side) * _blend(side)
        drawn = np.zeros(((rows - 1) * cell + side, (columns - 1) * cell + side), np.float32)
        count = np.zeros_like(drawn)
        for (r, c), patch in zip(places, patches, strict=True):
            drawn[r * cell : r * cell + side, c * cell : c * cell + side] += patch
            count[r * cell : r * cell + side, c * cell : c * cell + side] += 1
        drawn /= count
        # The first patch begins one cell before the first cell that was padded on.
        start = (_CELLS + _AROUND // 2) * cell
        drawn = drawn[start:, start:][: hog.shape[0] * cell, : hog.shape[1] * cell]
        return (drawn - drawn.min()) / max(drawn.max() - drawn.min(), 1e-12)


def _unit(patch):
    """A patch as a vector of mean 0 and length 1; of one value, zeros."""
    patch = np.asarray(patch, np.float32).reshape(-1)
    patch = patch - patch.mean()
    return patch / max(math.sqrt(patch @ patch), 1e-6)


def _blend(side):
    away = (np.arange(side) - (side - 1) / 2) / (_BLEND * side)
    weight = np.exp(-0.5 * away**2)
    return np.outer(weight, weight).astype(np.float32)
