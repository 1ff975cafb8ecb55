"""Inversion of SIFT without a network, after Weinzaepfel et al. ("Reconstructing an image from its
local descriptors"): patches of known photographs that look alike are pasted and blended.

Their ellipses are circles here, for SIFT's keypoints are round.
"""

import cv2
import numpy as np

from tfgen.features.sift import from_grid

_SIDE = 32  # of stored patches, in pixels
_REACH = 6.0  # half of a patch, in sigmas: as far as the descriptor's cells
_AT_ONCE = 1024
_PULL = 1e-3  # towards the pasted colours, beside slopes


class PastedPatches:
    """Learns patches from photographs and their SIFT; then draws images of SIFT alone.

    Args:
      grids: [n, h, w, 133] float32, as `features.sift.sift` gives them.
      images: [n, s, s, 3] uint8.
    """

    def __init__(self, grids, images):
        rows = [from_grid(grid, images.shape[1] // grids.shape[1]) for grid in grids]
        self._known = np.concatenate([found[:, 4:] for found in rows])
        self._patches = [
            _patch(image, row) for image, found in zip(images, rows, strict=True) for row in found
        ]

    def __call__(self, grids, size):
        """Draws images.

        Args:
          grids: [n, h, w, 133] float32.
          size: height and width of the images.

        Returns:
          [n, size, size, 3] uint8; gray where there is no keypoint at all.
        """
        return np.stack(
            [self._drawn(from_grid(grid, size // grid.shape[0]), size) for grid in grids]
        )

    def _drawn(self, rows, size):
        colours = np.full((size, size, 3), 127.5, np.float32)
        owner = np.full((size, size), -1)
        place = np.arange(size)
        likest = self._likest(rows[:, 4:])
        # Small patches over large ones: what is small is exact.
        for row in np.argsort(-rows[:, 2], kind="stable"):
            x, y, scale = rows[row, :3]
            inside = np.hypot(place - x, place[:, np.newaxis] - y) < _REACH * scale
            flags = cv2.INTER_LINEAR
            to_image = _to_image(rows[row])
            pasted = cv2.warpAffine(self._patches[likest[row]], to_image, (size, size), flags=flags)
            colours[inside], owner[inside] = pasted[inside], row
        return _blended(colours, owner)

    def _likest(self, descriptors):
        parts = [
            (descriptors[i : i + _AT_ONCE] @ self._known.T).argmax(axis=1)
            for i in range(0, len(descriptors), _AT_ONCE)
        ]
        return np.concatenate([np.zeros(0, int), *parts])


def _to_image(row):
    """[2, 3]: from a patch's pixels to those of the image, around a keypoint."""
    x, y, scale, angle = row[:4]
    step = 2 * _REACH * scale / _SIDE
    turn = step * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = (_SIDE - 1) / 2
    return np.concatenate([turn, [[x], [y]] - turn @ [[middle], [middle]]], axis=1)


def _patch(image, row):
    """What is around a keypoint, turned and scaled to one size."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size, border = (_SIDE, _SIDE), cv2.BORDER_REPLICATE
    return cv2.warpAffine(image, _to_image(row), size, flags=flags, borderMode=border)


def _blended(colours, owner):
    """An image with the slopes inside patches, none across their seams and outside of them.

    Solves a screened Poisson equation, its border free, in which cosines are eigenvectors.
    """
    size = len(owner)
    divergence = np.zeros_like(colours)
    for axis in (0, 1):
        slope = np.diff(colours, axis=axis)
        near, far = (np.delete(owner, i, axis=axis) for i in (-1, 0))
        slope *= ((near == far) & (near >= 0))[..., np.newaxis]
        around = [(1, 1) if i == axis else (0, 0) for i in range(3)]
        divergence += np.diff(np.pad(slope, around), axis=axis)
    bend = 2 - 2 * np.cos(np.pi * np.arange(size) / size)
    stiffness = _PULL + bend + bend[:, np.newaxis]
    known = _PULL * colours - divergence
    planes = [
        cv2.idct(cv2.dct(np.ascontiguousarray(known[..., i])) / np.float32(stiffness))
        for i in range(3)
    ]
    return np.clip(np.stack(planes, axis=-1) + 0.5, 0, 255).astype(np.uint8)
