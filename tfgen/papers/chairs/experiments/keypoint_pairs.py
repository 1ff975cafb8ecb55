"""Pairs of styles whose keypoints are known, and how far fields between them are from the truth."""

import numpy as np

from tfgen.errors import InputError
from tfgen.papers.chairs.experiments.true_shapes import TrueShapes
from tfgen.pictures.drawings import morph_frames, one_hot
from tfgen.rendering.keypoints import visible_keypoints

FRAMES = 64
_FEWEST_KEYPOINTS = 4


class KeypointPairs:
    """Pairs of styles that show enough of the same keypoints, split for a comparison.

    Each two styles are a pair once, in one direction, so that none is on both sides of the split.

    Args:
      trained: `trained.Trained`, a run on one parametric class.
      options: `options.Options`.
      counts: how many pairs are simple, of alike outlines, how many difficult, and how many are
        for the choice of settings.

    Attributes:
      simple, difficult, validation: [n, 2] styles.

    Raises:
      InputError: there are fewer.
    """

    def __init__(self, trained, options, counts):
        self._trained = trained
        real = trained.view(options.azimuth, options.elevation)
        self.images, self._masks = real.over_white(), real.masks[..., 0] > 127
        self._view = float(real.azimuths[0]), float(real.elevations[0])
        size, margin = self.images.shape[1], trained.settings.data.margin
        self._keypoints = [
            visible_keypoints(mesh, *self._view, size, margin)
            for mesh in TrueShapes(trained).meshes
        ]
        rng = np.random.default_rng(options.seed)
        pairs = self._alike_first(rng)
        simple, difficult, validation = counts
        if len(pairs) < sum(counts):
            raise InputError(
                f"`model`={trained.path} has {len(pairs)} pairs of styles that share keypoints, "
                f"this experiment needs {sum(counts)}: train on more models."
            )
        # A third of all pairs is easy; so is a third of those for the choice.
        third = max(len(pairs) // 3, simple + validation // 3)
        easy, hard = rng.permutation(pairs[:third]), rng.permutation(pairs[third:])
        chosen = validation // 3
        self.simple, self.difficult = easy[:simple], hard[:difficult]
        self.validation = np.concatenate(
            [easy[simple : simple + chosen], hard[difficult : difficult + validation - chosen]]
        )

    def keypoints(self, a, b):
        """(where they are in a, where they belong in b): name -> [2] each, x and y in pixels."""
        shared = sorted(self._keypoints[a].keys() & self._keypoints[b].keys())
        return tuple({name: self._keypoints[style][name] for name in shared} for style in (a, b))

    def errors(self, field, a, b):
        """Distance of each keypoint from where it belongs, in pixels: [keypoints]."""
        here, truth = self.keypoints(a, b)
        ends = landed(field, here)
        return np.array([np.linalg.norm(ends[name] - truth[name]) for name in here])

    def morph(self, a, b):
        """Frames from one style to the other, as the network draws them: [n, h, w, 3] uint8."""
        trained, ends = self._trained, one_hot((a, b), self._trained.num_styles)
        view = dict(zip(("azimuth", "elevation"), self._view, strict=True))
        return morph_frames(trained.draw, trained.description, *ends, FRAMES, view)[0]

    def box(self, style):
        """(left, top, right, bottom) of a style's true mask, in pixels."""
        rows, columns = np.nonzero(self._masks[style])
        return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1

    def _alike_first(self, rng):
        """Pairs with enough keypoints in common, those of similar masks first: [n, 2]."""
        masks = self._masks.reshape(len(self._masks), -1)
        pairs = [
            (a, b) if rng.random() < 0.5 else (b, a)
            for a in range(len(masks))
            for b in range(a)
            if len(self.keypoints(a, b)[0]) >= _FEWEST_KEYPOINTS
        ]
        unlike = [np.logical_xor(masks[a], masks[b]).sum() for a, b in pairs]
        return np.array([pairs[i] for i in np.argsort(unlike, kind="stable")], int).reshape(-1, 2)


def landed(field, points):
    """Where a field [h, w, 2] takes points: name -> [2] to the same."""
    return {
        name: point + field[tuple(np.clip(point[::-1], 0, len(field) - 1).astype(int))]
        for name, point in points.items()
    }
