"""DeePSiM, section 4.3: what inverted features keep, round after round, moved and recoloured."""

import cv2
import numpy as np

from tfgen.metrics import photographs
from tfgen.papers.deepsim.experiments.photo_runs import batched, held_out, inverted
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result

_TIMES = (1, 2, 4, 8)
_SCORED = 64
_SHOWN = 6
_FRAMES = 7
_SHIFT = 0.125  # of the image
_HUE = 60  # of OpenCV's 180


def run(trained, options):
    """Draws features, features of what was drawn, and so on; and features between and moved.

    Args:
      trained: `photo_runs.PhotoRun` of an inversion.
      options: `runs.experiments.experiment.Options`.
    """
    model = trained.inverter
    _, crops = held_out(trained.settings, _SCORED)
    first = batched(model.extract, crops)
    rows, strips, images = [], [crops[:_SHOWN]], crops
    for number in range(1, max(_TIMES) + 1):
        features = batched(model.extract, images)
        images = inverted(model, features)
        if number in _TIMES:
            strips.append(images[:_SHOWN])
            rows.append(
                {
                    "what": f"re-encoded {number} times",
                    "error % in images": 100
                    * photographs.normalised_error(crops / 255.0, images / 255.0),
                    "error % in features": 100
                    * photographs.normalised_error(first, batched(model.extract, images)),
                    "kept": float("nan"),
                }
            )
    rows += rows_of_place_and_colour(model, crops)
    drift, place, colour = _kept(rows)
    return Result(
        title="Inverted features: re-encoding, interpolation, place and colour",
        source="Dosovitskiy and Brox (DeePSiM), section 4.3, Figures 9, 11 to 13, 15 and 16",
        claim=(
            "Several rounds of encoding and inverting change little; images morph along straight "
            "lines between features; position and colour are preserved."
        ),
        finding=(
            f"After {max(_TIMES)} rounds the error in feature space is {drift:.1f} times that of "
            f"one round; of a shift {place:.2f} is kept, of a change of hue {colour:.2f}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(
                [list(strip) for strip in strips],
                ["image", *(f"{n} times" for n in _TIMES)],
                title=f"{trained.settings.features.feature}, re-encoded",
            ),
            "interpolation": _interpolation(model, crops, options),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    drift, place, colour = _kept(rows)
    return {
        "rounds change little": drift < 2,
        "position is preserved": place > 0.5,
        "colour is preserved": colour > 0.5,
    }


def _kept(rows):
    """(error after all rounds over that after one, share kept of a shift, of a change of hue)."""
    *rounds, place, colour = rows
    drift = rounds[-1]["error % in features"] / rounds[0]["error % in features"]
    return drift, place["kept"], colour["kept"]


def rows_of_place_and_colour(model, crops):
    """How much of a shift, and of a change of hue, of an image its inversion shows.

    The change of the drawing, projected on the change of what is drawn without any change of it:
    1 if all of it is there, 0 if none.
    """
    size = crops.shape[1]
    step = round(_SHIFT * size)
    rolled = np.roll(crops, step, axis=2)
    drawn = inverted(model, batched(model.extract, crops))
    changes = {
        f"shifted by {step} px": (rolled, np.roll(drawn, step, axis=2)),
        "hue turned by a third": (hue_turned(crops, _HUE), hue_turned(drawn, _HUE)),
    }
    rows = []
    for name, (changed, wanted) in changes.items():
        redrawn = inverted(model, batched(model.extract, changed))
        target = (wanted.astype(float) - drawn).reshape(-1)
        got = (redrawn.astype(float) - drawn).reshape(-1)
        rows.append(
            {
                "what": name,
                "error % in images": 100
                * photographs.normalised_error(changed / 255.0, redrawn / 255.0),
                "error % in features": float("nan"),
                "kept": float(target @ got / max(target @ target, 1e-9)),
            }
        )
    return rows


def hue_turned(images, turn):
    """[n, h, w, 3] uint8 with every pixel's hue turned, by `turn` of OpenCV's 180."""
    turned = []
    for image in images:
        hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(int) + turn) % 180
        turned.append(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB))
    return np.stack(turned)


def _interpolation(model, crops, options):
    rng = np.random.default_rng(options.seed)
    order = rng.permutation(len(crops))[: 2 * _SHOWN].reshape(-1, 2)
    t = np.linspace(0, 1, _FRAMES, dtype=np.float32)
    strips = []
    for a, b in order:
        ends = batched(model.extract, crops[[a, b]])
        shape = (_FRAMES, *[1] * (ends.ndim - 1))
        between = (1 - t).reshape(shape) * ends[0] + t.reshape(shape) * ends[1]
        strips.append([crops[a], *inverted(model, between), crops[b]])
    labels = ["image", *(f"{x:.2f}" for x in t), "image"]
    return image_grid(strips, column_labels=labels, title="between features")
