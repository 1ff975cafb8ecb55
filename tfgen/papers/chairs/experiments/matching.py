"""Dense correspondences between two pictures: flow through a morph, and direct methods.

A field [h, w, 2] float32 says of each pixel of the first picture how far to the right and down its
counterpart in the second one lies, in pixels.
"""

import itertools

import cv2
import numpy as np

# Small pictures are enlarged before anything is matched.
_ENLARGED = 4


def optical_flow(first, second, preset=cv2.DISOPTICAL_FLOW_PRESET_MEDIUM, start=None):
    """Dense inverse search (Kroeger et al., 2016) between images [h, w, 3] uint8: a field.

    Args:
      first, second: the images.
      preset: of OpenCV.
      start: field to begin with, or None.
    """
    dis = cv2.DISOpticalFlow_create(preset)
    dis.setFinestScale(1)
    a, b = (_gray(image) for image in (first, second))
    begin = None if start is None else _enlarge_field(start)
    flow = dis.calc(a, b, begin)
    small = cv2.resize(flow, first.shape[1::-1], interpolation=cv2.INTER_AREA)
    return small / _ENLARGED


def flow_through_morph(frames, preset=cv2.DISOPTICAL_FLOW_PRESET_MEDIUM, stride=9):
    """The field from the first to the last of many frames (Dosovitskiy et al., section 5.7).

    Flow from frame to frame drifts; it is refined over strides of several frames, beginning with
    what the single steps add up to, and the refined fields are put together.

    Args:
      frames: [n, h, w, 3] uint8.
      preset: of the flow.
      stride: frames that a refined step spans.
    """
    field = None
    for start in range(0, len(frames) - 1, stride):
        part = frames[start : start + stride + 1]
        step = None
        for a, b in itertools.pairwise(part):
            step = compose(step, optical_flow(a, b, preset))
        if len(part) > 2:
            step = optical_flow(part[0], part[-1], preset, start=step)
        field = compose(field, step)
    return field


def between_boxes(first, second, shape):
    """The field that takes one box to another: what is known before anything is matched.

    Args:
      first, second: (left, top, right, bottom) in pixels.
      shape: height and width of the field.
    """
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    ends = []
    for place, low, high in ((x, 0, 2), (y, 1, 3)):
        scale = (second[high] - second[low]) / (first[high] - first[low])
        ends.append(second[low] + (place - first[low]) * scale - place)
    return np.stack(ends, axis=-1)


def compose(first, second):
    """The field of going by `first`, None for not at all, and then by `second`."""
    if first is None:
        return second
    height, width = first.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    there = cv2.remap(
        second,
        x + first[..., 0],
        y + first[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return first + there


class SiftCosts:
    """How unlike the SIFT descriptors of two images are, for every pixel and displacement.

    Args:
      first, second: [h, w, 3] uint8.
      reach: largest displacement, in pixels.
      descriptor: size of what a descriptor sees, a keypoint's diameter, in pixels.

    Attributes:
      costs: [displacements, h, w] float32.
      displacements: [displacements, 2], x and y.
    """

    def __init__(self, first, second, reach=12, descriptor=4.0):
        a, b = _dense_sift(first, descriptor), _dense_sift(second, descriptor)
        height, width = a.shape[:2]
        outside = np.abs(a).sum(axis=-1).max()
        span = range(-reach, reach + 1)
        self.displacements = np.array([(dx, dy) for dy in span for dx in span], np.float32)
        self.costs = np.full((len(self.displacements), height, width), outside, np.float32)
        for cost, (dx, dy) in zip(self.costs, self.displacements.astype(int), strict=True):
            y0, y1 = max(0, -dy), min(height, height - dy)
            x0, x1 = max(0, -dx), min(width, width - dx)
            there = b[y0 + dy : y1 + dy, x0 + dx : x1 + dx]
            cost[y0:y1, x0:x1] = np.abs(a[y0:y1, x0:x1] - there).sum(axis=-1)


def sift_flow(costs, window=9, stay=0.5):
    """Dense descriptor matching in the manner of SIFT flow (Liu et al., 2011).

    Its smoothness is had by sharing costs between neighbours and a median of the field, instead of
    by message passing.

    Args:
      costs: SiftCosts.
      window: neighbours that share costs, in pixels along each side.
      stay: cost of a pixel of displacement.
    """
    far = np.linalg.norm(costs.displacements, axis=1)
    shared = np.stack([cv2.blur(cost, (window, window)) for cost in costs.costs])
    field = costs.displacements[(shared + stay * far[:, None, None]).argmin(axis=0)]
    return np.stack(
        [cv2.medianBlur(np.ascontiguousarray(field[..., k]), 5) for k in (0, 1)], axis=-1
    )


def spatial_pyramid(costs, levels=3, change=0.5):
    """Matching in the manner of deformable spatial pyramids (Kim et al., 2013).

    The whole image moves as one, then its quarters each near their parent, and so on; at the end
    every pixel near its cell.

    Args:
      costs: SiftCosts.
      levels: of cells.
      change: cost of a pixel of difference from the parent.
    """
    _, height, width = costs.costs.shape
    field = np.zeros((height, width, 2), np.float32)
    for level in range(levels):
        cells = 2**level
        rows, columns = (np.linspace(0, n, cells + 1).astype(int) for n in (height, width))
        finer = np.zeros_like(field)
        for top, bottom in itertools.pairwise(rows):
            for left, right in itertools.pairwise(columns):
                cell = np.s_[top:bottom, left:right]
                parent = field[cell].mean(axis=(0, 1))
                moved = np.linalg.norm(costs.displacements - parent, axis=1)
                data = costs.costs[:, top:bottom, left:right].mean(axis=(1, 2))
                finer[cell] = costs.displacements[(data + (level > 0) * change * moved).argmin()]
        field = finer
    moved = np.linalg.norm(costs.displacements[:, None, None] - field, axis=-1)
    smooth = np.stack([cv2.blur(cost, (5, 5)) for cost in costs.costs])
    return costs.displacements[(smooth + change * moved).argmin(axis=0)]


def _gray(image):
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.resize(gray, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)


def _enlarge_field(field):
    large = cv2.resize(field, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(large * _ENLARGED, np.float32)


def _dense_sift(image, diameter):
    """Descriptors of all pixels: [h, w, 128] float32, of unit length."""
    height, width = image.shape[:2]
    places = [
        cv2.KeyPoint((x + 0.5) * _ENLARGED, (y + 0.5) * _ENLARGED, diameter * _ENLARGED, 0.0)
        for y in range(height)
        for x in range(width)
    ]
    _, descriptors = cv2.SIFT_create().compute(_gray(image), places)
    lengths = np.linalg.norm(descriptors, axis=1, keepdims=True)
    return (descriptors / np.maximum(lengths, 1e-6)).reshape(height, width, -1)
