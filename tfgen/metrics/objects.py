"""How good the objects between two objects are: numbers for paths of images."""

import cv2
import numpy as np


def connectedness(masks):
    """Share of each object that hangs together.

    Args:
      masks: [n, h, w, 1] uint8.

    Returns:
      [n] float: of the pixels over one half, those in the largest component; 0 if there are none.
    """
    shares = []
    for mask in np.asarray(masks)[..., 0]:
        _, _, facts, _ = cv2.connectedComponentsWithStats((mask > 127).astype(np.uint8))
        areas = facts[1:, cv2.CC_STAT_AREA]
        shares.append(areas.max() / areas.sum() if len(areas) else 0.0)
    return np.array(shares)


def undecided(masks):
    """Share of each object that is neither there nor not: ghosts, smears, a cross-fade.

    Args:
      masks: [n, h, w, 1] uint8.

    Returns:
      [n] float: of the pixels over a tenth, those between a fifth and four fifths; 0 without any.
    """
    x = np.asarray(masks, np.float32).reshape(len(masks), -1) / 255
    return ((x > 0.2) & (x < 0.8)).sum(axis=1) / np.maximum((x > 0.1).sum(axis=1), 1)


def smoothness(images):
    """Evenness of a path: the mean step between neighbours over the largest one.

    Args:
      images: [n, h, w, 3] uint8, n at least 2.

    Returns:
      Between 1 / (n - 1), one jump, and 1, equal steps; 1 if nothing moves.
    """
    steps = distances(images[1:], images[:-1])
    return float(steps.mean() / steps.max()) if steps.max() else 1.0


def nearest(images, candidates):
    """The nearest of some images to each of others.

    Args:
      images: [n, h, w, 3] uint8.
      candidates: [m, h, w, 3] uint8.

    Returns:
      (indices [n], root mean squared differences [n], in [0, 1]).
    """
    a = np.asarray(images, np.float32).reshape(len(images), -1) / 255
    b = np.asarray(candidates, np.float32).reshape(len(candidates), -1) / 255
    squares = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)
    mean_squares = np.maximum(squares, 0) / a.shape[1]
    return mean_squares.argmin(axis=1), np.sqrt(mean_squares.min(axis=1))


def squared_error(images, truth):
    """Mean squared error of images [n, h, w, 3] in [0, 255], in units of [0, 1]: a float."""
    return float(squared_errors(images, truth).mean())


def squared_errors(images, truth):
    """The same of each image: [n]."""
    return np.square((np.asarray(images, np.float32) - truth) / 255).mean(axis=(-3, -2, -1))


def likeness(masks, real):
    """How like objects shapes are: [n], intersection over union with the most similar real mask.

    Args:
      masks: [n, h, w, 1] uint8.
      real: [m, h, w, 1] uint8.
    """
    a, b = (np.asarray(x > 127, np.float32).reshape(len(x), -1) for x in (masks, real))
    both = a @ b.T
    either = a.sum(axis=1)[:, None] + b.sum(axis=1) - both
    return (both / np.maximum(either, 1)).max(axis=1)


def overlap(masks, truth):
    """Mean intersection over union of masks [n, h, w, 1] uint8, pair by pair: a float."""
    a, b = masks > 127, truth > 127
    either = (a | b).sum(axis=(1, 2, 3))
    return float(((a & b).sum(axis=(1, 2, 3)) / np.maximum(either, 1)).mean())


def outline_likeness(masks, real, others=False):
    """How like objects outlines are: [n], F-score with the most similar real outline.

    Of both outlines the share that lies within a pixel of the other. Unlike overlap, it asks for
    legs and arms: the mean of many objects has none of them.

    Args:
      masks: [n, h, w, 1] uint8.
      real: [m, h, w, 1] uint8.
      others: whether the real mask of the same place is left out: of real masks among themselves.
    """
    (a, near_a), (b, near_b) = _outlines(masks), _outlines(real)
    precision = a @ near_b.T / np.maximum(a.sum(axis=1), 1)[:, None]
    recall = near_a @ b.T / np.maximum(b.sum(axis=1), 1)
    scores = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    if others:
        np.fill_diagonal(scores, 0)
    return scores.max(axis=1)


def _outlines(masks):
    """Outlines of masks, and what lies within a pixel of them: two of [n, h * w] float32."""
    window = np.ones((3, 3), np.uint8)
    outlines, near = [], []
    for mask in masks:
        inside = np.pad(np.uint8(mask[..., 0] > 127), 1)
        outlines.append(cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, window)[1:-1, 1:-1])
        near.append(cv2.dilate(outlines[-1], window))
    return (np.float32(x).reshape(len(masks), -1) for x in (outlines, near))


def diversity(images):
    """Root of the mean squared difference of all pairs of images, in [0, 1]."""
    x = np.asarray(images, np.float64) / 255
    n = len(x)
    # The mean over pairs of different images is twice the variance, times n / (n - 1).
    return float(np.sqrt(2 * x.var(axis=0).mean() * n / (n - 1)))


def sharpness(images):
    """Mean length of the intensity's gradient, over images [n, h, w, 3] uint8."""
    gray = np.asarray(images, np.float32).mean(axis=-1) / 255
    rows, columns = np.gradient(gray, axis=(1, 2))
    return float(np.hypot(rows, columns).mean())


def distances(a, b):
    """Roots of the mean squared differences of pairs of images [n, h, w, 3] uint8: [n], to 1."""
    return np.sqrt(np.square(a.astype(np.float32) - b).mean(axis=(1, 2, 3))) / 255
