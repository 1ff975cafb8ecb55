"""DeePSiM, section 4.3: what inverted features keep, round after round, moved and recoloured."""

import cv2
import numpy as np

from tfgen.metrics import photographs
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun, batched, held_out, inverted
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.experiment import told_apart
from tfgen.runs.experiments.intervals import UNKNOWN, as_columns, difference, in_row, mean, ratio
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, below, controlled

_TIMES = (1, 2, 4, 8)
_SCORED = 128
_SHOWN = 6
_FRAMES = 7
_SHIFT = 0.125  # of the image
_HUE = 60  # of OpenCV's 180
MEAN = "mean picture"
IMAGES, FEATURES = "error % in images", "error % in features"
_ROUNDS, _APART, _KEPT = "times one round's", "more than the first run's", "kept"
_PLACE, _COLOUR = "shifted", "hue turned by a third"


def run(trained, options):
    """Draws features, features of what was drawn, and so on; and features between and moved.

    Args:
      trained: `photo_runs.PhotoRun` of an inversion.
      options: `runs.experiments.experiment.Options`; others: inversions of the same features, by
        the image loss alone for instance.
    """
    runs = (trained, *options.further(PhotoRun))
    _, crops = held_out(trained.settings, _SCORED)
    rows, strips, names, first_errors = [], [list(crops[:_SHOWN])], ["image"], {}
    for photo_run, name in zip(runs, told_apart([each.path for each in runs]), strict=True):
        model = photo_run.inverter
        alone = not photo_run.settings.perceptual.comparator
        errors, drawn = _rounds(model, crops)
        for times, (in_images, in_features) in errors.items():
            first_errors.setdefault(times, in_features)
            rows.append(
                {
                    "run": name,
                    "image loss alone": alone,
                    "what": f"re-encoded {times} times",
                    **as_columns(IMAGES, mean(in_images, options.seed)),
                    **as_columns(FEATURES, mean(in_features, options.seed)),
                    **as_columns(_ROUNDS, ratio(in_features, errors[1][1], options.seed)),
                    **as_columns(
                        _APART, difference(in_features, first_errors[times], options.seed)
                    ),
                    **as_columns(_KEPT, UNKNOWN),
                }
            )
            strips.append(list(drawn[times][:_SHOWN]))
            names.append(f"{name}, {times} times")
        for what, kept in kept_of_changes(model, crops).items():
            empty = dict.fromkeys(rows[0], np.nan)
            about = {"run": name, "image loss alone": alone, "what": what}
            rows.append(empty | about | as_columns(_KEPT, mean(kept, options.seed)))
    rows.append(_of_mean_picture(trained.inverter, crops, rows[0], options.seed))
    last = [row for row in rows if row["what"] == f"re-encoded {_TIMES[-1]} times"]
    return Result(
        title="Inverted features: re-encoding, interpolation, place and colour",
        source="Dosovitskiy and Brox (DeePSiM), section 4.3, Figures 9, 11 to 13, 15 and 16",
        claim=(
            "Several rounds of encoding and inverting change little, by the image loss alone they "
            "diverge; images morph along straight lines between features; position and colour are "
            "preserved."
        ),
        finding=(
            f"After {_TIMES[-1]} rounds the error in feature space is so many times that of one "
            f"round, on {len(crops)} held-out crops (95 % interval): "
            + ", ".join(f"{in_row(row, _ROUNDS):.2f} ({row['run']})" for row in last)
            + "; "
            + ", ".join(
                f"{row['what']}: {in_row(row, _KEPT):.2f} is kept ({row['run']})"
                for row in rows
                if row["what"].startswith((_PLACE, _COLOUR))
            )
            + "."
        ),
        rows=rows,
        parts=parts(rows),
        pictures={
            "figure": image_grid(strips, names, title=trained.settings.features.feature),
            "interpolation": _interpolation(trained.inverter, crops, options),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    ours = [row for row in rows if row["run"] == rows[0]["run"]]
    once, last = ours[0], next(r for r in ours[::-1] if r["what"].startswith("re-encoded"))
    place, colour = (
        next(r for r in ours if r["what"].startswith(what)) for what in (_PLACE, _COLOUR)
    )
    simple = next(row for row in rows if row["run"] == MEAN)
    found = {
        # A network that always draws the same changes nothing from round to round.
        "rounds change little, of drawings nearer than the mean picture": controlled(
            below(in_row(last, _ROUNDS), 2),
            {MEAN: once[FEATURES] > in_row(simple, FEATURES).low},
        ),
        "position is preserved": above(in_row(place, _KEPT), 0.5),
        "colour is preserved": above(in_row(colour, _KEPT), 0.5),
    }
    alone = [row for row in rows if row["image loss alone"] is True and row["what"] == last["what"]]
    if alone and not once["image loss alone"]:
        found["by the image loss alone rounds change more"] = above(in_row(alone[0], _APART))
    return found


def _rounds(model, crops):
    """(rounds -> errors [n] in images and in features, in percent; rounds -> images)."""
    first = batched(model.extract, crops)
    scales = photographs.pairwise_normaliser(crops / 255.0), photographs.pairwise_normaliser(first)
    features, errors, drawn = first, {}, {}
    for times in range(1, max(_TIMES) + 1):
        images = inverted(model, features)
        features = batched(model.extract, images)
        if times in _TIMES:
            drawn[times] = images
            pairs = (crops / 255.0, images / 255.0), (first, features)
            errors[times] = [
                100 * photographs.errors(*pair, scale)
                for pair, scale in zip(pairs, scales, strict=True)
            ]
    return errors, drawn


def _of_mean_picture(model, crops, row, seed):
    """The row of one picture for all: the mean of all."""
    images = np.repeat(crops.mean(axis=0, keepdims=True), len(crops), axis=0).astype(np.uint8)
    pairs = {
        IMAGES: (crops / 255.0, images / 255.0),
        FEATURES: tuple(batched(model.extract, x) for x in (crops, images)),
    }
    found = dict.fromkeys(row, np.nan) | {"run": MEAN, "image loss alone": False, "what": MEAN}
    for name, pair in pairs.items():
        found |= as_columns(name, mean(100 * photographs.errors(*pair), seed))
    return found


def kept_of_changes(model, crops):
    """How much of a shift, and of a change of hue, of images their inversions show: [n] of each.

    The change of the drawing, projected on the change of what is drawn without any change of it:
    1 if all of it is there, 0 if none.
    """
    size = crops.shape[1]
    step = round(_SHIFT * size)
    rolled = np.roll(crops, step, axis=2)
    drawn = inverted(model, batched(model.extract, crops))
    changes = {
        f"{_PLACE} by {step} px": (rolled, np.roll(drawn, step, axis=2)),
        _COLOUR: (hue_turned(crops, _HUE), hue_turned(drawn, _HUE)),
    }
    kept = {}
    for name, (changed, wanted) in changes.items():
        redrawn = inverted(model, batched(model.extract, changed))
        target, got = ((x.astype(float) - drawn).reshape(len(x), -1) for x in (wanted, redrawn))
        # By the mean square of all: flat pictures do not change where they are shifted.
        kept[name] = (target * got).sum(axis=1) / max(np.square(target).sum(axis=1).mean(), 1e-9)
    return kept


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
