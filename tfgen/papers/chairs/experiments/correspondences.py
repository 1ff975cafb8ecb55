"""Section 5.7, Table 3: which point of one object is which point of another."""

import functools
import itertools

import cv2
import numpy as np
import tqdm

from tfgen.papers.chairs.experiments import matching
from tfgen.papers.chairs.experiments.keypoint_pairs import KeypointPairs, landed
from tfgen.pictures.image_grid import image_grid, put_text
from tfgen.runs.experiments.intervals import (
    as_columns,
    difference,
    in_row,
    mean,
    unpaired_difference,
)
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, every

SIMPLE, DIFFICULT, VALIDATION = 20, 40, 30
_SHOWN = 6
MORPH, FADE, BOXES, STILL = "morph", "cross-fade", "aligned boxes", "identity"
DIRECT = ("direct flow", "SIFT flow style", "spatial pyramid style")
_CONTROLS = (STILL, BOXES, FADE)


def _choices(**values):
    """All settings of which each takes one of its values."""
    return [
        dict(zip(values, chosen, strict=True)) for chosen in itertools.product(*values.values())
    ]


_PRESETS = (cv2.DISOPTICAL_FLOW_PRESET_FAST, cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
# SIFT flow's descriptors are of 4 px of 256, which is one of 64.
_DESCRIPTORS = (1.0, 2.0, 4.0)
_THROUGH_FRAMES = _choices(preset=_PRESETS, stride=(9, 21))
# Method -> settings to choose from on the validation pairs.
SETTINGS = {
    STILL: [{}],
    BOXES: [{}],
    "direct flow": _choices(preset=_PRESETS),
    "SIFT flow style": _choices(descriptor=_DESCRIPTORS, window=(7, 13), stay=(0.05, 0.2)),
    "spatial pyramid style": _choices(descriptor=_DESCRIPTORS, levels=(3, 4), change=(0.05, 0.2)),
    FADE: _THROUGH_FRAMES,
    MORPH: _THROUGH_FRAMES,
}
# Table 3, in pixels of 128: all.
_PAPER = {"spatial pyramid style": 5.2, "SIFT flow style": 4.0, MORPH: 3.4}


def run(trained, options):
    """Measures how far keypoints land from where they belong, by each way of matching.

    Args:
      trained: `trained.Trained`, a run on one parametric class.
      options: `options.Options`.
    """
    pairs = KeypointPairs(trained, options, (SIMPLE, DIFFICULT, VALIDATION))
    tried = _errors(pairs, pairs.validation, SETTINGS)
    chosen = {
        name: [min(enumerate(settings), key=lambda s, n=name: _mean(tried[n, s[0]]))[1]]
        for name, settings in SETTINGS.items()
    }
    found = {
        kind: {name: errors for (name, _), errors in _errors(pairs, some, chosen).items()}
        for kind, some in (("simple", pairs.simple), ("difficult", pairs.difficult))
    }
    rows = [_row(name, chosen[name][0], found, options.seed) for name in SETTINGS]
    displacements = ", ".join(f"{row['method']} {in_row(row, 'all'):.2f}" for row in rows)
    return Result(
        title="Correspondences",
        source="Dosovitskiy et al., section 5.7, Table 3, Figure 18",
        claim=(
            "Flow through a morph finds correspondences better than direct matching, because it "
            "does not suffer from difficult pairs."
        ),
        finding=(
            f"Mean displacement of keypoints in pixels of {trained.labels.image_size}, with 95 % "
            f"intervals over {SIMPLE + DIFFICULT} pairs: {displacements}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={"figure": _figure(pairs, {name: s[0] for name, s in chosen.items()})},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    by_name = {row["method"]: row for row in rows}
    ahead = {name: above(in_row(by_name[name], "morph ahead")) for name in by_name if name != MORPH}
    suffers = [above(in_row(by_name[name], "morph ahead, more if difficult")) for name in DIRECT]
    return {
        f"the morph is nearer than what matches nothing: {', '.join(_CONTROLS)}": every(
            ahead[name] for name in _CONTROLS
        ),
        **{f"nearer than by {name}": ahead[name] for name in DIRECT},
        "it suffers less than these from difficult pairs": every(suffers),
    }


def _row(name, settings, found, seed):
    """Errors of a method, a number a pair; and how far ahead of it the morph is."""

    def of_pairs(method, kind):
        return np.array([errors.mean() for errors in found[kind][method]])

    both = [np.concatenate([of_pairs(m, kind) for kind in found]) for m in (name, MORPH)]
    ahead = {kind: of_pairs(name, kind) - of_pairs(MORPH, kind) for kind in found}
    single = np.concatenate([errors for kind in found.values() for errors in kind[name]])
    return {
        "method": name,
        **as_columns("all", mean(both[0], seed)),
        "median": float(np.median(single)),
        "simple": float(of_pairs(name, "simple").mean()),
        "difficult": float(of_pairs(name, "difficult").mean()),
        "keypoints": len(single),
        **as_columns("morph ahead", difference(*both, seed)),
        **as_columns(
            "morph ahead, more if difficult",
            unpaired_difference(ahead["difficult"], ahead["simple"], seed),
        ),
        "settings": ", ".join(f"{key} {value}" for key, value in settings.items()),
        "paper, all (128 px)": _PAPER.get(name, float("nan")),
    }


def _errors(pairs, some, settings):
    """(method, number of its settings) -> errors [keypoints] of each of some pairs."""
    found = {(name, i): [] for name, choices in settings.items() for i in range(len(choices))}
    for a, b in tqdm.tqdm(some, desc="matching", unit="pair", leave=False):
        fields = _Fields(pairs, int(a), int(b))
        for name, i in found:
            field = fields.by(name, settings[name][i])
            found[name, i].append(pairs.errors(field, int(a), int(b)))
    return found


def _mean(errors):
    return np.mean([each.mean() for each in errors])


class _Fields:
    """Fields from one style's picture to another's, by each method."""

    def __init__(self, pairs, a, b):
        self._pairs, self._styles = pairs, (a, b)
        self._first, self._second = pairs.images[a], pairs.images[b]
        self._frames = functools.cache(self._frames_of)
        self._costs = functools.cache(
            functools.partial(matching.SiftCosts, self._first, self._second)
        )

    def by(self, method, settings):
        """The field [h, w, 2] of a method with settings."""
        if method == STILL:
            return np.zeros((*self._first.shape[:2], 2), np.float32)
        if method == BOXES:
            boxes = [self._pairs.box(style) for style in self._styles]
            return matching.between_boxes(*boxes, self._first.shape[:2])
        if method == "direct flow":
            return matching.optical_flow(self._first, self._second, **settings)
        if method in (MORPH, FADE):
            return matching.flow_through_morph(self._frames(method), **settings)
        settings = dict(settings)
        costs = self._costs(descriptor=settings.pop("descriptor"))
        match = matching.sift_flow if method == "SIFT flow style" else matching.spatial_pyramid
        return match(costs, **settings)

    def _frames_of(self, method):
        morph = self._pairs.morph(*self._styles)
        if method == MORPH:
            return morph
        t = np.linspace(0, 1, len(morph))[:, None, None, None]
        return ((1 - t) * self._first + t * self._second).round().astype(np.uint8)


def _figure(pairs, settings):
    """Pairs with their keypoints: where they are, where they belong, where methods put them."""
    rows, shown = [], (MORPH, *DIRECT, FADE)
    for a, b in [*pairs.simple[: _SHOWN // 2], *pairs.difficult[: _SHOWN // 2]]:
        here, truth = pairs.keypoints(a, b)
        fields = _Fields(pairs, int(a), int(b))
        found = [landed(fields.by(name, settings[name]), here) for name in shown]
        rows.append(
            [
                _marked(pairs.images[a], here),
                *(_marked(pairs.images[b], points) for points in (truth, *found)),
            ]
        )
    return image_grid(rows, column_labels=["keypoints", "where they belong", *shown])


def _marked(image, points):
    large = image.repeat(4, axis=0).repeat(4, axis=1).copy()
    for i, (x, y) in enumerate(points.values()):
        put_text(large, str(i), 4 * x - 4, 4 * y + 4, (220, 30, 30))
    return large
