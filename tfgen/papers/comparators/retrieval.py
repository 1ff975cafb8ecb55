"""Whether a comparator knows patches again that it has not learned: by their nearest neighbours."""

import numpy as np
import tensorflow as tf

from tfgen.pixels import as_float32

_BATCH = 64


class RetrievalScorer:
    """Finds patches among others that were transformed otherwise.

    Each patch is drawn twice; of the second ones, the nearest to a first one by the cosine of their
    features should be of the same patch. By chance one of `count` is.

    Args:
      comparator: `comparator.Comparator`.
      exemplars: `exemplars.Exemplars`.
      count: patches at most.
      seed: of their transformations.
    """

    def __init__(self, comparator, exemplars, count, seed):
        places = np.arange(min(count, len(exemplars)))
        rng = np.random.default_rng(seed)
        self._comparator = comparator
        self._pair = [
            as_float32(
                exemplars.batch(places, rng.random((len(places), exemplars.randoms)))["image"]
            )
            for _ in range(2)
        ]
        self._by_pixels = found_again(*(x.reshape(len(x), -1) - x.mean() for x in self._pair))

    def scores(self):
        """retrieval, by the comparator's embedding, and retrieval_by_pixels: shares of patches."""
        embedding = self._comparator.spec.embedding
        features = [
            np.concatenate(
                [
                    self._comparator.layers(tf.constant(x[i : i + _BATCH]), [embedding])[embedding]
                    for i in range(0, len(x), _BATCH)
                ]
            ).reshape(len(x), -1)
            for x in self._pair
        ]
        return {"retrieval": found_again(*features), "retrieval_by_pixels": self._by_pixels}


def found_again(first, second):
    """Share of rows [n, k] whose nearest of other rows [n, k], by cosine, has the same number."""
    a, b = (
        x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12) for x in (first, second)
    )
    return float(((a @ b.T).argmax(axis=1) == np.arange(len(a))).mean())
