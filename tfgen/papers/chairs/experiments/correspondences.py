"""Section 5.7, Table 3: which point of one object is which point of another."""

import cv2
import numpy as np

from tfgen.errors import InputError
from tfgen.papers.chairs.experiments import matching
from tfgen.pictures.drawings import morph_frames, one_hot
from tfgen.pictures.image_grid import image_grid, put_text
from tfgen.rendering.keypoints import visible_keypoints
from tfgen.runs.experiments.result import Result
from tfgen.shapes.classes import SHAPES, ParametricModel

SIMPLE, DIFFICULT, VALIDATION = 10, 20, 20
_FRAMES = 64
_FEWEST_KEYPOINTS = 4
_SHOWN = 6
# Method -> settings to choose from on the validation pairs.
SETTINGS = {
    "identity": [{}],
    "direct flow": [
        {"preset": p} for p in (cv2.DISOPTICAL_FLOW_PRESET_FAST, cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    ],
    "SIFT flow style": [{"window": w, "stay": s} for w in (7, 13) for s in (0.05, 0.2)],
    "spatial pyramid style": [{"levels": n, "change": c} for n in (3, 4) for c in (0.05, 0.2)],
    "morph": [
        {"preset": p, "stride": s}
        for p in (cv2.DISOPTICAL_FLOW_PRESET_FAST, cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        for s in (9, 21)
    ],
}
# Table 3, in pixels of 128: all, simple, difficult.
_PAPER = {
    "spatial pyramid style": (5.2, 3.3, 6.3),
    "SIFT flow style": (4.0, 2.8, 4.8),
    "morph": (3.4, 3.1, 3.5),
}


def run(trained, options):
    """Measures how far keypoints land from where they belong, by each way of matching.

    Args:
      trained: `trained.Trained`, a run on one parametric class.
      options: `options.Options`.
    """
    pairs = _Pairs(trained, options)
    chosen = {
        name: min(settings, key=lambda s, name=name: pairs.errors(name, pairs.validation, s).mean())
        for name, settings in SETTINGS.items()
    }
    rows = []
    for name, settings in chosen.items():
        simple = pairs.errors(name, pairs.simple, settings)
        difficult = pairs.errors(name, pairs.difficult, settings)
        paper = _PAPER.get(name, ("", "", ""))
        rows.append(
            {
                "method": name,
                "all": float(np.concatenate([simple, difficult]).mean()),
                "simple": float(simple.mean()),
                "difficult": float(difficult.mean()),
                "keypoints": len(simple) + len(difficult),
                "paper, all (128 px)": str(paper[0]),
            }
        )
    morph, direct = _difficult_over_simple(rows)
    displacements = ", ".join(f"{row['method']} {row['all']:.2f}" for row in rows)
    return Result(
        title="Correspondences",
        source="Dosovitskiy et al., section 5.7, Table 3, Figure 18",
        claim=(
            "Flow through a morph finds correspondences better than direct matching, because it "
            "does not suffer from difficult pairs."
        ),
        finding=(
            f"Mean displacement of keypoints in pixels of {trained.labels.image_size}: "
            f"{displacements}. Difficult over simple pairs: {morph:.2f} through the morph, "
            f"{direct:.2f} for direct matching."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={"figure": pairs.figure(chosen["morph"])},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    by_name, direct = _methods(rows)
    on_morph, on_direct = _difficult_over_simple(rows)
    return {
        "the morph is nearest": by_name["morph"]["all"] < min(row["all"] for row in direct),
        "the morph suffers least from difficult pairs": on_morph < on_direct,
    }


def _methods(rows):
    """(method -> row, the rows of direct matching)."""
    by_name = {row["method"]: row for row in rows}
    return by_name, [row for row in rows if row["method"] not in ("morph", "identity")]


def _difficult_over_simple(rows):
    """Errors of difficult pairs over those of simple ones: (of the morph, of direct matching)."""
    by_name, direct = _methods(rows)
    morph = by_name["morph"]["difficult"] / by_name["morph"]["simple"]
    return morph, np.mean([row["difficult"] / row["simple"] for row in direct])


class _Pairs:
    """Pairs of styles with keypoints that both show, and fields between them."""

    def __init__(self, trained, options):
        self._trained = trained
        self._options = options
        real = trained.view(options.azimuth, options.elevation)
        self._images = real.over_white()
        self._view = float(real.azimuths[0]), float(real.elevations[0])
        self._keypoints = [self._of_style(name) for name in trained.labels.style_names]
        pairs = self._alike_first(real)
        count = SIMPLE + DIFFICULT + VALIDATION
        if len(pairs) < count:
            raise InputError(
                f"`model`={trained.path} has {len(pairs)} pairs of styles that share keypoints, "
                f"this experiment needs {count}: train on more models."
            )
        # Validation pairs are apart from those that are scored; both have easy ones and hard ones.
        rng = np.random.default_rng(options.seed)
        third = len(pairs) // 3
        easy, hard = rng.permutation(pairs[:third]), rng.permutation(pairs[third:])
        easy_validation = VALIDATION // 3
        self.simple, easy = easy[:SIMPLE], easy[SIMPLE:]
        self.difficult, hard = hard[:DIFFICULT], hard[DIFFICULT:]
        self.validation = np.concatenate(
            [easy[:easy_validation], hard[: VALIDATION - easy_validation]]
        )
        self._costs = {}
        self._frames = {}

    def errors(self, method, pairs, settings):
        """Distance of each keypoint from where it belongs, in pixels, over all pairs."""
        errors = []
        for a, b in pairs:
            field = self._field(method, int(a), int(b), settings)
            for name in self._shared(a, b):
                x, y = self._keypoints[a][name]
                column, row = (int(np.clip(v, 0, len(field) - 1)) for v in (x, y))
                landed = np.array([x, y]) + field[row, column]
                errors.append(np.linalg.norm(landed - self._keypoints[b][name]))
        return np.array(errors)

    def figure(self, settings):
        """Pairs with their keypoints: where they are, and where the morph puts them."""
        rows = []
        for a, b in [*self.simple[: _SHOWN // 2], *self.difficult[: _SHOWN // 2]]:
            field = self._field("morph", int(a), int(b), settings)
            names = self._shared(a, b)
            here = {name: self._keypoints[a][name] for name in names}
            landed = {
                name: p + field[tuple(np.clip(p[::-1], 0, len(field) - 1).astype(int))]
                for name, p in here.items()
            }
            truth = {name: self._keypoints[b][name] for name in names}
            rows.append(
                [
                    _marked(self._images[a], here),
                    _marked(self._images[b], truth),
                    _marked(self._images[b], landed),
                ]
            )
        return image_grid(rows, column_labels=["keypoints", "where they belong", "found"])

    def _of_style(self, name):
        category, _, seed = name.rpartition("_")
        if category not in SHAPES or not seed.isdigit():
            raise InputError(
                f"`model`={self._trained.path} knows {name}, which is no parametric shape: "
                "correspondences need their keypoints."
            )
        mesh = ParametricModel(category, int(seed)).load()
        margin = self._trained.settings.data.margin
        return visible_keypoints(mesh, *self._view, self._images.shape[1], margin)

    def _shared(self, a, b):
        return sorted(self._keypoints[a].keys() & self._keypoints[b].keys())

    def _alike_first(self, real):
        """Pairs with enough keypoints in common, those of similar masks first: [n, 2]."""
        masks = (real.masks > 127).reshape(len(real), -1)
        pairs = [
            (a, b)
            for a in range(len(real))
            for b in range(len(real))
            if a != b and len(self._shared(a, b)) >= _FEWEST_KEYPOINTS
        ]
        unlike = [np.logical_xor(masks[a], masks[b]).sum() for a, b in pairs]
        return np.array([pairs[i] for i in np.argsort(unlike, kind="stable")], int).reshape(-1, 2)

    def _field(self, method, a, b, settings):
        first, second = self._images[a], self._images[b]
        if method == "identity":
            return np.zeros((*first.shape[:2], 2), np.float32)
        if method == "direct flow":
            return matching.optical_flow(first, second, **settings)
        if method == "morph":
            if (a, b) not in self._frames:
                trained, ends = self._trained, one_hot((a, b), self._trained.num_styles)
                view = dict(zip(("azimuth", "elevation"), self._view, strict=True))
                frames, _ = morph_frames(trained.draw, trained.description, *ends, _FRAMES, view)
                self._frames[a, b] = frames
            return matching.flow_through_morph(self._frames[a, b], **settings)
        if (a, b) not in self._costs:
            self._costs = {(a, b): matching.SiftCosts(first, second)}  # one at a time: they are big
        costs = self._costs[a, b]
        if method == "SIFT flow style":
            return matching.sift_flow(costs, **settings)
        return matching.spatial_pyramid(costs, **settings)


def _marked(image, points):
    large = image.repeat(4, axis=0).repeat(4, axis=1).copy()
    for i, (x, y) in enumerate(points.values()):
        put_text(large, str(i), 4 * x - 4, 4 * y + 4, (220, 30, 30))
    return large
