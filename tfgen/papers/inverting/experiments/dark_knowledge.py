"""Inverting Visual Representations, section 5.3: which part of the class scores (FC8) holds the
image, and its colour; Figures 7 and 8.
"""

import cv2
import numpy as np

from tfgen.errors import InputError
from tfgen.metrics import photographs
from tfgen.papers.deepsim.experiments.photo_runs import batched, held_out, inverted
from tfgen.papers.deepsim.experiments.reencoding import hue_turned
from tfgen.papers.inverting.experiments.perturbations import top
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.intervals import as_columns, difference, in_row, mean, ratio
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, below, controlled, every

_SCORED = 256
_SHOWN = 6
AS_IT_IS, MIRRORED = "as it is", "mirrored"
_TURNS = {"hue + 120": 60, "hue + 240": 120}  # of OpenCV's 180
ALL, TOP, REST, ANOTHER = "all", "top 5", "all but top 5", "another photograph's"
_ERROR, _TIMES, _MORE = "error", "times all scores'", "more than without top 5"
_STAYS, _FOLLOWS = "class stays", "colour follows"


def run(trained, options):
    """Inverts scores, the five largest alone, and all others, of images in three hues.

    Args:
      trained: `photo_runs.PhotoRun` of an inversion of class scores.
      options: `runs.experiments.experiment.Options`.
    """
    model, seed = trained.model, options.seed
    if not hasattr(model, "invert") or len(model.feature_shape) != 1:
        raise InputError(f"`model`={trained.path} inverts no class scores: give one of fc8.")
    _, crops = held_out(trained.settings, _SCORED)
    # What is coloured: photographs of grays have no hue to turn.
    colourful = np.argsort([_saturation(crop) for crop in crops])[-_SHOWN:]
    pictures = {AS_IT_IS: crops, MIRRORED: np.ascontiguousarray(crops[:, :, ::-1])}
    pictures |= {name: hue_turned(crops, turn) for name, turn in _TURNS.items()}
    rows, grid, names, classes, plain = [], [], [], None, None
    for name, images in pictures.items():
        features = batched(model.extract, images)
        largest, rest = top(features)
        scores = {ALL: features, TOP: largest, REST: rest, ANOTHER: np.roll(features, 1, axis=0)}
        drawn = {part: inverted(model, some) for part, some in scores.items()}
        if name == AS_IT_IS:
            classes, plain = features.argmax(axis=1), drawn[ALL]
        errors = {
            part: photographs.errors(images / 255.0, some / 255.0) for part, some in drawn.items()
        }
        for part, some in drawn.items():
            rows.append(
                {
                    "picture": name,
                    "scores": part,
                    **as_columns(_ERROR, mean(errors[part], seed)),
                    **as_columns(_TIMES, ratio(errors[part], errors[ALL], seed)),
                    **as_columns(_MORE, difference(errors[part], errors[REST], seed)),
                    **as_columns(_STAYS, mean(features.argmax(axis=1) == classes, seed)),
                    **as_columns(_FOLLOWS, mean(follows(crops, images, plain, some), seed)),
                }
            )
        if name != MIRRORED:
            shown = {name: images} | {part: drawn[part] for part in (ALL, TOP, REST)}
            grid += [list(some[colourful]) for some in shown.values()]
            names += list(shown)
    by = {row["scores"]: in_row(row, _ERROR) for row in rows[: len(scores)]}
    return Result(
        title="Which scores hold the image",
        source="Dosovitskiy and Brox (Inverting Visual Representations), section 5.3, Figures 7, 8",
        claim=(
            "Colour sways the class, and can be drawn from FC8; the inversion depends on the small "
            "scores of all classes more than on the five largest."
        ),
        finding=(
            f"Errors on {len(crops)} held-out crops (95 % interval) from all scores {by[ALL]:.2f}, "
            f"from the five largest {by[TOP]:.2f}, from all others {by[REST]:.2f}, from another "
            f"photograph's {by[ANOTHER]:.2f}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={"figure": image_grid(grid, names)},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    by = {(row["picture"], row["scores"]): row for row in rows}

    def follow(part):
        return every(above(in_row(by[turn, part], _FOLLOWS), 0.1) for turn in _TURNS)

    def as_near(part):
        return below(in_row(by[AS_IT_IS, part], _TIMES), 1.2)

    mirrored = in_row(by[MIRRORED, ALL], _STAYS)
    return {
        "colour matters to the class, more than mirroring does": every(
            below(in_row(by[turn, ALL], _STAYS), mirrored.low) for turn in _TURNS
        ),
        "colour is drawn from the scores": controlled(follow(ALL), {ANOTHER: follow(ANOTHER)}),
        "the small scores tell more than the five largest": above(in_row(by[AS_IT_IS, TOP], _MORE)),
        "without the five largest the image stays": controlled(
            as_near(REST), {ANOTHER: as_near(ANOTHER)}
        ),
    }


def follows(crops, changed, drawn, redrawn):
    """How much of a change of the mean colour shows in drawings: [n], 1 all of it, 0 none.

    Args:
      crops, changed: [n, h, w, 3] uint8, before and after.
      drawn, redrawn: the same, what is drawn of these.
    """
    wanted, got = (
        b.mean(axis=(1, 2)) - a.mean(axis=(1, 2)) for a, b in ((crops, changed), (drawn, redrawn))
    )
    # Divided by the mean square of all, for grays have no hue that could turn.
    square = np.square(wanted).sum(axis=1)
    return (wanted * got).sum(axis=1) / max(square.mean(), 1e-9)


def _saturation(image):
    return cv2.cvtColor(image, cv2.COLOR_RGB2HSV)[..., 1].mean()
