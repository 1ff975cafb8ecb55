"""Pairs of neighbouring frames: folders of pictures as videos, a turntable for instance."""

import numpy as np

from tfgen.data.source import Source
from tfgen.errors import InputError


class FramePairs(Source):
    """Frames and their neighbours, cropped alike: image and neighbour [size, size, 3] uint8, video.

    Args:
      photos: `data.photos.FolderPhotos`-like; the pictures of one class, in order, are a video.
      size: height and width of the crops.

    Raises:
      InputError: fewer than two videos of at least two frames.
    """

    randoms = 2

    def __init__(self, photos, size):
        self._photos = photos
        self._size = size
        labels = photos.labels
        self._first = np.flatnonzero(labels[:-1] == labels[1:])
        if len(set(labels[self._first].tolist())) < 2:
            raise InputError(
                "`photos` needs at least two folders of at least two frames to learn from videos."
            )

        self.spec = {
            "image": ((size, size, 3), np.uint8),
            "neighbour": ((size, size, 3), np.uint8),
            "video": ((), np.int64),
            "number": ((), np.int64),
        }

    def __len__(self):
        return len(self._first)

    def batch(self, places, random=None):
        """Some frames, the frames after them, and whose they are."""
        first = self._first[places]
        frames, neighbours = (self._crops(first + step, random) for step in (0, 1))
        videos = self._photos.labels[first]
        return {"image": frames, "neighbour": neighbours, "video": videos, "number": places}

    def _crops(self, numbers, where):
        crops = np.empty((len(numbers), self._size, self._size, 3), np.uint8)
        for crop, number, (y, x) in zip(crops, numbers, where, strict=True):
            image = self._photos[int(number)]["image"]
            top, left = (
                int(u * (side - self._size + 1))
                for u, side in zip((y, x), image.shape, strict=False)
            )
            crop[:] = image[top : top + self._size, left : left + self._size]
        return crops
