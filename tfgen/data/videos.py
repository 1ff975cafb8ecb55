"""Pairs of neighbouring frames: folders of pictures as videos, a turntable for instance."""

import numpy as np
import tensorflow as tf

from tfgen.data.pipeline import random_batches
from tfgen.errors import InputError


class FramePairs:
    """Frames and their neighbours, cropped alike.

    Args:
      photos: `data.photos.FolderPhotos`-like; the pictures of one class, in order, are a video.
      size: height and width of the crops.

    Raises:
      InputError: fewer than two videos of at least two frames.
    """

    def __init__(self, photos, size):
        self._photos = photos
        self._size = size
        labels = photos.labels
        self._first = np.flatnonzero(labels[:-1] == labels[1:])
        if len(set(labels[self._first].tolist())) < 2:
            raise InputError(
                "--learn_by=videos needs at least two folders of at least two frames in --photos."
            )

    def __len__(self):
        return len(self._first)

    def batches(self, batch_size, seed, start_step=0):
        """Endless batches: frames [b, s, s, 3], their neighbours, and [b] int64, their videos."""

        def pairs(places, where):
            kinds = (tf.uint8, tf.uint8, tf.int64)
            a, b, videos = tf.numpy_function(self._pairs, [places, where], kinds)
            for images in (a, b):
                images.set_shape((batch_size, self._size, self._size, 3))
            videos.set_shape((batch_size,))
            return tf.cast(a, tf.float32) / 255.0, tf.cast(b, tf.float32) / 255.0, videos

        return random_batches(len(self), 2, batch_size, seed, start_step, pairs)

    def _pairs(self, places, where):
        first = self._first[places]
        frames = [self._crops(first + step, where) for step in (0, 1)]
        return *frames, self._photos.labels[first]

    def _crops(self, numbers, where):
        crops = np.empty((len(numbers), self._size, self._size, 3), np.uint8)
        for crop, number, (y, x) in zip(crops, numbers, where, strict=True):
            image = self._photos[int(number)]
            top, left = (
                int(u * (side - self._size + 1))
                for u, side in zip((y, x), image.shape, strict=False)
            )
            crop[:] = image[top : top + self._size, left : left + self._size]
        return crops
