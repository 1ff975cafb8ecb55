"""Patches of photographs as classes, each transformed at random (Exemplar-CNN's surrogate task).

Dosovitskiy et al., "Discriminative Unsupervised Feature Learning with Exemplar Convolutional Neural
Networks" (2015), section 3: patches with strong gradients; translation, scale, rotation, contrast
and colour.
"""

import cv2
import numpy as np

from tfgen.data.source import Source
from tfgen.pixels import as_float32, as_uint8

# Ranges, on both sides of the identity.
_SHIFT = 0.2  # of the patch
_SCALE = 1.4
_TURN = 20.0  # degrees
_CONTRAST = 1.4
_POWER = 2.0
_ADDED = 0.1
_HUE = 0.1  # of the circle
_CANDIDATES = 20  # of which the one with the strongest gradients becomes a class


class Exemplars(Source):
    """Classes of patches: image [size, size, 3] uint8, and label, which is the number.

    Args:
      photos: indexed from 0 to photos of [h, w, 3] uint8.
      size: height and width of the patches.
      count: number of classes.
    """

    randoms = 11

    def __init__(self, photos, size, count):
        self._photos = photos
        self._size = size
        rng = np.random.default_rng(4)
        self._places = [self._place(rng) for _ in range(count)]
        self.spec = {
            "image": ((size, size, 3), np.uint8),
            "label": ((), np.int64),
            "number": ((), np.int64),
        }

    def __len__(self):
        return len(self._places)

    def _place(self, rng):
        """(photo, y, x) of a patch's middle, drawn in favour of strong gradients."""
        number = int(rng.integers(len(self._photos)))
        image = cv2.cvtColor(self._photos[number]["image"], cv2.COLOR_RGB2GRAY).astype(np.float32)
        half = self._size // 2
        best = (-1.0, half, half)
        for _ in range(_CANDIDATES):
            y, x = (int(rng.integers(half, max(side - half, half) + 1)) for side in image.shape)
            patch = image[max(y - half, 0) : y + half, max(x - half, 0) : x + half]
            strength = float(np.hypot(*np.gradient(patch)).mean())
            best = max(best, (strength, y, x))
        return number, best[1], best[2]

    def patch(self, number, u):
        """A class's patch under a transformation, [size, size, 3] uint8.

        Args:
          number: of the class.
          u: [11] in [0, 1): where in each range.
        """
        photo, y, x = self._places[number]
        u = 2 * np.asarray(u) - 1
        size = self._size
        matrix = cv2.getRotationMatrix2D((x, y), _TURN * u[0], _SCALE ** u[1])
        matrix[:, 2] += size / 2 - np.array([x, y]) + _SHIFT * size * u[2:4]
        border = cv2.BORDER_REFLECT_101
        patch = cv2.warpAffine(
            self._photos[photo]["image"], matrix, (size, size), borderMode=border
        )
        hsv = cv2.cvtColor(as_float32(patch), cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0] + 360 * _HUE * u[4]) % 360
        for channel, at in ((1, 5), (2, 8)):
            changed = hsv[..., channel] ** (_POWER ** u[at]) * _CONTRAST ** u[at + 1]
            hsv[..., channel] = np.clip(changed + _ADDED * u[at + 2], 0, 1)
        return as_uint8(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB))

    def batch(self, places, random=None):
        """Transformed patches of some classes."""
        patches = [self.patch(int(c), row) for c, row in zip(places, random, strict=True)]
        return {"image": np.stack(patches), "label": places, "number": places}
