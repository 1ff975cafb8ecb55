"""A classifier of photographs as a judge: what it recognises, and how alike two pictures are to it.

It judges what others were trained by: give it a network that none of them has met.
"""

import cv2
import numpy as np
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.papers.comparators.opening import comparator_from, comparator_spec

_BATCH = 16
# Maps smaller than this along a side say what is there, not what it looks like.
_SMALLEST = 7


class PhotographJudge:
    """A network that tells the 1,000 classes of ImageNet.

    Args:
      name: of `tables.COMPARATORS`, "googlenet".
      weights: its file.

    Raises:
      InputError: there is no such network or file, or it does not fit.
    """

    def __init__(self, name, weights):
        spec = comparator_spec(name)
        self._network = comparator_from(f"{name}:{spec.logits}", weights, spec.image_size)
        sizes = self._network.network.output_sizes
        maps = {row: sizes[row] for row in spec.network.until(spec.logits).rows}
        maps = {row: size for row, size in maps.items() if len(size) == 3}
        # The last row of each size of maps.
        last = {size[0]: row for row, size in maps.items() if size[0] >= _SMALLEST}
        self._maps = list(last.values())
        if not self._maps:
            raise InputError(f"`judge`={name} has no maps to compare pictures by: give another.")

    def top(self, images, count=5):
        """The classes of the highest scores, highest first: [n, count] int64.

        Args:
          images: [n, h, w, 3] uint8, of any size.
          count: of classes.
        """
        images = self._fitted(images)
        batches = [images[i : i + _BATCH] for i in range(0, len(images), _BATCH)]
        scores = np.concatenate([self._network(_floats(batch)) for batch in batches])
        scores = scores.reshape(len(images), -1)
        return np.argsort(-scores, axis=1, kind="stable")[:, :count]

    def distance(self, a, b):
        """How unlike pictures are: [n], 0 for equal ones.

        The mean over the last layer of each size, of the mean squared difference of maps whose
        channels are scaled to unit length at every place (Zhang et al., "The unreasonable
        effectiveness of deep features", section 3, without their learned weights).

        Args:
          a, b: [n, h, w, 3] uint8.
        """

        def normed(x):
            maps = self._network.layers(x, self._maps)
            return {name: tf.math.l2_normalize(y, axis=-1) for name, y in maps.items()}

        def distances(x):
            first, second = (normed(part) for part in tf.split(x, 2))
            found = [
                tf.reduce_mean(tf.reduce_sum(tf.square(first[n] - second[n]), -1), (1, 2))
                for n in self._maps
            ]
            return tf.reduce_mean(tf.stack(found), axis=0)

        pairs = np.stack([self._fitted(a), self._fitted(b)], axis=1)
        found = [
            distances(_floats(np.concatenate([batch[:, 0], batch[:, 1]]))).numpy()
            for batch in np.array_split(pairs, -(-len(pairs) // _BATCH))
        ]
        return np.concatenate(found)

    def _fitted(self, images):
        """Of the size that the network was made for, averaged where they shrink."""
        size = self._network.image_size
        how = cv2.INTER_AREA if images.shape[1] > size else cv2.INTER_LINEAR
        return np.stack([cv2.resize(image, (size, size), interpolation=how) for image in images])


def _floats(images):
    return tf.constant(images, tf.float32) / 255.0
