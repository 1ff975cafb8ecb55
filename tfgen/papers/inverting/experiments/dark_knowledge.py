"""Inverting Visual Representations, section 5.3: which part of FC8 holds the image, and its colour;
Figures 7 and 8.
"""

import cv2
import numpy as np

from tfgen.errors import InputError
from tfgen.metrics import photographs
from tfgen.papers.deepsim.experiments.photo_runs import batched, held_out, inverted
from tfgen.papers.deepsim.experiments.reencoding import hue_turned
from tfgen.papers.inverting.experiments.perturbations import top
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result

_SCORED = 256
_SHOWN = 6
_TURNS = {"as it is": 0, "hue + 120": 60, "hue + 240": 120}  # of OpenCV's 180


def run(trained, options):
    """Inverts FC8, its five largest entries alone, and all others, of images in three hues.

    Args:
      trained: `photo_runs.PhotoRun` of an inversion of class scores.
      options: `runs.experiments.experiment.Options`.
    """
    del options
    model = trained.model
    if not hasattr(model, "invert") or len(model.feature_shape) != 1:
        raise InputError(f"`model`={trained.path} inverts no class scores: give one of fc8.")
    _, crops = held_out(trained.settings, _SCORED)
    # What is coloured: photographs of grays have no hue to turn.
    colourful = np.argsort([_saturation(crop) for crop in crops])[-_SHOWN:]
    rows, grid, names, classes = [], [], [], {}
    for name, turn in _TURNS.items():
        images = hue_turned(crops, turn)
        features = batched(model.extract, images)
        classes[name] = features.argmax(axis=1)
        largest, rest = top(features)
        grid.append(list(images[colourful]))
        names.append(name)
        for part, selected in {"all": features, "top 5": largest, "all but top 5": rest}.items():
            drawn = inverted(model, selected)
            grid.append(list(drawn[colourful]))
            names.append(part)
            rows.append(
                {
                    "hue": name,
                    "features": part,
                    "error": photographs.normalised_error(images / 255.0, drawn / 255.0),
                    "colour's correlation": _likeness(images, drawn),
                    "class stays": float((classes[name] == classes["as it is"]).mean()),
                }
            )
    full, five, others = rows[:3]
    return Result(
        title="Which scores hold the image",
        source="Dosovitskiy and Brox (Inverting Visual Representations), section 5.3, Figures 7, 8",
        claim=(
            "Colour sways the class, and can be drawn from FC8; the inversion depends on the small "
            "scores of all classes more than on the five largest."
        ),
        finding=(
            f"Errors from all scores {full['error']:.2f}, from the five largest "
            f"{five['error']:.2f}, from all others {others['error']:.2f}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={"figure": image_grid(grid, names)},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    full, five, others = rows[:3]
    return {
        "colour matters to the class": rows[-1]["class stays"] < 0.9,
        "colour is drawn from FC8": min(row["colour's correlation"] for row in rows[::3]) > 0.3,
        "the small scores tell more than the largest": others["error"] < five["error"],
        "without the top five the image stays": others["error"] < 1.2 * full["error"],
    }


def _saturation(image):
    return cv2.cvtColor(image, cv2.COLOR_RGB2HSV)[..., 1].mean()


def _likeness(images, drawn):
    """Correlation of the mean colours, less their gray, of images and drawings."""
    a, b = (x.astype(float).mean(axis=(1, 2)) for x in (images, drawn))
    a, b = (x - x.mean(axis=1, keepdims=True) for x in (a, b))
    return float(np.corrcoef(a.reshape(-1), b.reshape(-1))[0, 1])
