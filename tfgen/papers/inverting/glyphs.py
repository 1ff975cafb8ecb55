"""What features look like before they are inverted: HOG as strokes, SIFT as circles."""

import cv2
import numpy as np

from tfgen.features.sift import CELL, from_grid

_DIRECTIONS = 9
_INK = (255, 220, 0)
_THICK = 0.06  # half a stroke, in cells
_SHIFT = 4  # bits of a pixel's fraction


def hog_glyphs(features, cell):
    """Strokes along the edges of each cell, as bright as they are strong.

    Args:
      features: [n, h, w, 31], as `features.hog.hog` gives them.
      cell: pixels of a glyph along each side.

    Returns:
      [n, h * cell, w * cell, 3] uint8.
    """
    undirected = np.asarray(features)[..., 2 * _DIRECTIONS : 3 * _DIRECTIONS]
    place = (np.arange(cell) + 0.5) / cell - 0.5
    x, y = place, place[:, np.newaxis]
    angle = (np.arange(_DIRECTIONS) * (np.pi / _DIRECTIONS))[:, np.newaxis, np.newaxis]
    # An edge runs across its gradient.
    across = np.abs(np.cos(angle) * x + np.sin(angle) * y)
    strokes = np.clip((_THICK - across) * cell + 0.5, 0, 1) * (np.hypot(x, y) < 0.5)
    glyphs = np.max(undirected[..., np.newaxis, np.newaxis] * strokes, axis=3)
    n, height, width = undirected.shape[:3]
    picture = glyphs.transpose(0, 1, 3, 2, 4).reshape(n, height * cell, width * cell)
    brightest = picture.max(axis=(1, 2), keepdims=True) + 1e-9
    return np.repeat(np.uint8(255 * picture / brightest)[..., np.newaxis], 3, axis=-1)


def keypoint_circles(grids, images):
    """Keypoints over their images: a circle of their scale, a line where they point to.

    Args:
      grids: [n, h, w, 133], as `features.sift.sift` gives them.
      images: [n, s, s, 3] uint8, as large as the picture is to be, whatever size was described.

    Returns:
      [n, s, s, 3] uint8.
    """
    return np.stack([_circles(g, image.copy()) for g, image in zip(grids, images, strict=True)])


def _circles(grid, picture):
    rows = from_grid(grid)[:, :4]
    rows[:, :3] *= len(picture) / (CELL * len(grid))
    for x, y, scale, angle in rows:
        end = x + scale * np.cos(angle), y + scale * np.sin(angle)
        radius, *ends = (
            tuple(round(v * (1 << _SHIFT)) for v in point) for point in ((scale,), (x, y), end)
        )
        cv2.circle(picture, ends[0], radius[0], _INK, 1, cv2.LINE_AA, _SHIFT)
        cv2.line(picture, *ends, _INK, 1, cv2.LINE_AA, _SHIFT)
    return picture
