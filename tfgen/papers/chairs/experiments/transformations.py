"""Figure 7: what the network makes of each transformation, in its range of training and beyond."""

import numpy as np
import tensorflow as tf

from tfgen.data.drawings.transforms import apply_transform
from tfgen.pictures.drawings import one_hot, sweeps
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.intervals import UNKNOWN, Interval, as_columns, in_row, listed, mean
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, higher

# Multiples of the extremes of `conditions.turntable.SWEEPS`, which are those of training.
_FACTORS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
_COLORS = ("saturation", "brightness", "hue")
_TRAINED, _BEYOND = (-1.0, 1.0), (-2.0, 2.0)
_STYLES = 40
# A style counts where a transformation changes it by so much, root of the mean square over its
# picture: what hardly shows, the saturation of a black chair, cannot be drawn well or badly.
_VISIBLE = 0.01
# Further rows: means over transformations, and what is no answer to theta.
_FAR_COLORS, _FAR_SPATIAL = "colours, twice the range", "spatial, twice the range"
_ALL_COLORS, _SPATIAL, _ZOOM_OUT = "colours", "spatial", "zooming out, never seen"
_OFF = "off by %"
_CONTROLS = ("control: no change", "control: another transformation", "control: blank page")


def run(trained, options):
    """Compares what is drawn under theta with T_theta of what is drawn without.

    Args:
      trained: `trained.Trained`.
      options: `options.Options`.
    """
    trained.check_transformed()
    count = min(_STYLES, trained.num_styles)
    weights = one_hot(options.chosen(count, trained.num_styles), trained.num_styles)
    values = options.view | {"style": weights}
    plain = trained.draw(values)
    swept = {name: extreme for name, (_, _, extreme) in sweeps(trained.description).items()}
    changes, pictures = {}, []
    for name, extreme in swept.items():
        drawn = {f: trained.draw(values | {"transform": f * extreme})[0] for f in _FACTORS}
        pictures.append([images[0] for images in drawn.values()])
        for factor in (*_TRAINED, *_BEYOND):
            changes[name, factor] = _changes(drawn[factor], plain, factor * extreme)
    rows = [_row(name, [changes[name, -1.0], changes[name, 1.0]], options) for name in swept]
    colors = [name for name in swept if name in _COLORS]
    spatial = [name for name in swept if name not in _COLORS]
    for kind, names, factors in (
        (_ALL_COLORS, colors, _TRAINED),
        (_SPATIAL, spatial, _TRAINED),
        (_FAR_COLORS, colors, _BEYOND),
        (_FAR_SPATIAL, spatial, _BEYOND),
    ):
        rows.append(_row(kind, [changes[name, f] for name in names for f in factors], options))
    rows.append(_row(_ZOOM_OUT, [changes["zoom", -1.0]], options))
    trained_changes = {key: pair for key, pair in changes.items() if key[1] in _TRAINED}
    rows += _controls(trained_changes, plain, options)
    return Result(
        title="Transformations",
        source="Dosovitskiy et al., section 5.1, Figure 7",
        claim=(
            "The network draws transformed objects nearly as well as plain ones, colours with more "
            "ease than large shifts, and zooms out though it never saw that."
        ),
        finding=(
            "How alike the drawn change and T_theta's are at the ends of the range of training "
            "(correlation over pixels; 1: the same but for its size, 0: none), with its 95 % "
            f"interval over styles: {listed(rows[len(swept) :], 'transformation', 'alike')}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(
                pictures, list(swept), [f"{f:g}" for f in _FACTORS], "times the range of training"
            )
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    found = {
        row["transformation"]: (Interval(row["alike"], row["low"], row["high"]), row["size"])
        for row in rows
    }
    off = {row["transformation"]: in_row(row, _OFF) for row in rows}
    controls = max(found[name][0].mean for name in _CONTROLS)

    def drawn(name):
        """Alike beyond what no answer is, and of about its size."""
        alike, size = found[name]
        return above(alike, max(0.5, controls)) if 0.5 < size < 2 else False

    return {
        "nearly as well as plain ones": "not judged, as true pictures of them are not rendered",
        "spatial transformations are drawn": drawn(_SPATIAL),
        "colours are drawn": drawn(_ALL_COLORS),
        "extreme colours with more ease than large shifts: nearer to what is asked": higher(
            off[_FAR_SPATIAL], off[_FAR_COLORS]
        ),
        "zooming out, never seen, is drawn": drawn(_ZOOM_OUT),
    }


def _changes(images, plain, transform):
    """(drawn change, change by T_theta) of each style: two of [n, h * w * 3]."""
    plain_images, plain_masks = (x.astype(np.float32) / 255 for x in plain)
    over_black = np.clip(plain_images - (1 - plain_masks), 0, plain_masks)
    thetas = tf.constant(np.tile(transform, (len(images), 1)), tf.float32)
    image, mask = apply_transform(tf.constant(over_black), tf.constant(plain_masks), thetas)
    target = image.numpy() + 1 - mask.numpy()
    pairs = images.astype(np.float32) / 255 - plain_images, target - plain_images
    return tuple(x.reshape(len(images), -1) for x in pairs)


def _row(name, pairs, options):
    """How alike changes are, over all styles that they show in."""
    drawn, true = (np.concatenate(x) for x in zip(*pairs, strict=True))
    shows = np.sqrt(np.square(true).mean(axis=1)) > _VISIBLE
    drawn, true = drawn[shows], true[shows]
    row = {"transformation": name, "shows in": f"{shows.sum()} of {len(shows)}"}
    if not shows.any():
        nan = dict.fromkeys(("alike", "low", "high", "size"), float("nan"))
        return row | nan | as_columns(_OFF, UNKNOWN)
    both, squares = (drawn * true).sum(axis=1), np.square(true).sum(axis=1)
    lengths = np.sqrt(np.square(drawn).sum(axis=1) * squares)
    alike = mean(both / np.maximum(lengths, 1e-9), options.seed)
    size = float(both.sum() / squares.sum())
    row |= {"alike": alike.mean, "low": alike.low, "high": alike.high, "size": size}
    off = np.sqrt(np.square(drawn - true).mean(axis=1))
    return row | as_columns(_OFF, mean(100 * off, options.seed))


def _controls(changes, plain, options):
    """Rows of what answers no theta: nothing, the next transformation's change, a blank page."""
    true = [pair[1] for pair in changes.values()]
    blank = (1.0 - plain[0].astype(np.float32) / 255).reshape(len(plain[0]), -1)
    answers = ([np.zeros_like(x) for x in true], true[2:] + true[:2], [blank] * len(true))
    return [
        _row(name, list(zip(answer, true, strict=True)), options)
        for name, answer in zip(_CONTROLS, answers, strict=True)
    ]
