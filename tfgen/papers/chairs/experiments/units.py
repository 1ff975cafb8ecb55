"""Figures 19, 20 and 23: the output layer's filters, and images of single units."""

import numpy as np
import tensorflow as tf

from tfgen.conditions.description import value_arrays
from tfgen.metrics.objects import connectedness, outline_likeness
from tfgen.networks.conditioning import stream_codes
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.intervals import Interval, listed, mean
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, higher

_STYLE_LAYERS = ("style_fc1", "style_fc2")
_FULLY_CONNECTED = (*_STYLE_LAYERS, "fc3", "fc4")
# Further rows: the units of both kinds together, and what no unit drew.
_OWN, _JOINT = "the style's own", "joint"
_ZERO = "control: all zero"
_CONTROLS = ("control: filled frame", "control: mean object", "control: blank page")
_UNITS = 10
# A single unit of a feature map has to speak louder than it does among its neighbours.
_LOUDER = 4.0


def run(trained, options):
    """Draws with all units of a layer but one at zero.

    Args:
      trained: `trained.Trained`, a run.
      options: `options.Options`.
    """
    rng = np.random.default_rng(options.seed)
    inputs = _inputs(trained, options)
    outputs, usual = trained.generator.activations(inputs)
    del outputs
    real = trained.view(options.azimuth, options.elevation).masks
    maps = [name for name in usual if "/" in name and name.split("/")[1] != "fc5"]
    maps = [f"{name.split('/')[0]}/fc5" for name in maps[:1]] + [n for n in maps if "uconv" in n]
    rows, found, zero, connected_rows, map_rows = [], [], [], [], []
    for layer in _FULLY_CONNECTED:
        values = usual[layer].numpy()
        units = rng.choice(values.shape[1], min(_UNITS, values.shape[1]), replace=False)
        images, masks = _single_units(trained, options, layer, values, units)
        connected_rows.append(list(images))
        rows.append(_row(layer, images, masks))
        found.append(outline_likeness(masks[1:], real))
        if layer in _STYLE_LAYERS:
            zero.append(outline_likeness(masks[:1], real))
    for layer in maps:
        values = usual[layer].numpy()
        units = rng.choice(values.shape[-1], min(_UNITS, values.shape[-1]), replace=False)
        images, _ = _single_units(trained, options, layer, values, units)
        map_rows.append(list(images))
    for row, values in zip(rows, found, strict=True):
        row |= _interval(mean(values, options.seed))
    own, joint = len(_STYLE_LAYERS), len(_FULLY_CONNECTED)
    for name, values in ((_OWN, found[:own]), (_JOINT, found[own:joint])):
        rows.append(_row(name) | _interval(mean(np.concatenate(values), options.seed)))
    rows.append(_row(_ZERO) | _interval(mean(np.concatenate(zero), options.seed)))
    for name, mask in _controls(real).items():
        rows.append(_row(name) | _interval(mean(outline_likeness(mask, real), options.seed)))
    titles = ["all zero", *(f"unit {i + 1}" for i in range(_UNITS))]
    return Result(
        title="Single units",
        source="Dosovitskiy et al., section 6.1, Figures 19, 20 and 23",
        claim=(
            "Units of the style's own layers draw chair-like images; those of the joint layers "
            "FC-3 and FC-4 still resemble chairs, and are less realistic."
        ),
        finding=(
            "Likeness of single units' outlines to objects (F-score within a pixel of the most "
            "similar real outline), with its 95 % interval over units: "
            f"{listed(rows, 'layer', 'likeness')}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(connected_rows, list(_FULLY_CONNECTED), titles, "single units"),
            "maps": image_grid(map_rows, maps, titles, "single units of feature maps"),
            "filters": _filters(trained.generator),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    found = {row["layer"]: Interval(row["likeness"], row["low"], row["high"]) for row in rows}
    own, joint = found[_OWN], found[_JOINT]
    controls = max(found[name].mean for name in _CONTROLS)
    chairlike = above(own, controls)
    apart = higher(own, joint)
    return {
        "the style's own units draw outlines more like chairs' than the mean object's, a filled "
        "frame's and a blank page's are": chairlike,
        "and than drawings with the layer at zero": higher(own, found[_ZERO]),
        "and than those of FC-3 and FC-4": apart if chairlike is True else False,
        "FC-3's and FC-4's still resemble chairs": above(joint, controls),
    }


def _interval(interval):
    return {"likeness": interval.mean, "low": interval.low, "high": interval.high}


def _controls(real):
    """Name -> masks [1, h, w, 1] that are no single object's."""
    average = (real.astype(float).mean(axis=0, keepdims=True) > 127.5) * np.uint8(255)
    filled, blank = np.full_like(average, 255), np.zeros_like(average)
    return dict(zip(_CONTROLS, (filled, average, blank), strict=True))


def _inputs(trained, options):
    values = options.view | {"style": np.arange(trained.num_styles)}
    return stream_codes(trained.description, value_arrays(trained.description, values))


def _single_units(trained, options, layer, usual, units):
    """Images and masks: everything of a layer at zero, then one unit at a time turned on."""
    n = len(units) + 1
    values = np.zeros((n, *usual.shape[1:]), np.float32)
    for i, unit in enumerate(units):
        # In a feature map, the unit in the middle.
        place = (i + 1, *(size // 2 for size in usual.shape[1:-1]), unit)
        if usual.ndim == 2:  # as loud as all of the layer together
            values[place] = np.linalg.norm(usual, axis=1).mean()
        else:
            values[place] = _LOUDER * max(usual[..., unit].max(), usual.std())
    values = tf.constant(values)
    return trained.draw_edited(
        options.view | {"style": np.zeros(n, int)},
        lambda name, x: tf.cast(values, x.dtype) if name == layer else x,
    )


def _row(layer, images=None, masks=None):
    nan = float("nan")
    connected = spread = nan
    if images is not None:
        connected = float(connectedness(masks[1:]).mean())
        spread = float(images[1:].astype(float).std(axis=0).mean() / 255)
    return {
        "layer": layer,
        **dict.fromkeys(("likeness", "low", "high"), nan),
        "connected": connected,
        "spread of the images": spread,
    }


def _filters(generator):
    """Kernels of the output layers, each channel's from dark to bright."""
    rows, names = [], []
    for stream in generator.streams:
        kernel = np.asarray(tf.convert_to_tensor(stream.head.kernel), np.float32)  # [k, k, out, in]
        start = 0
        for output, width in zip(stream.spec.outputs, stream.output_widths, strict=True):
            part = kernel[:, :, start : start + width].transpose(3, 0, 1, 2)  # [in, k, k, width]
            start += width
            if width == 2:  # object against background
                part = part[..., 1:] - part[..., :1]
            scale = np.abs(part).max()
            pictures = ((part / scale + 1) * 127.5).round().astype(np.uint8)
            shown = [p.repeat(6, axis=0).repeat(6, axis=1) for p in pictures[:24]]
            rows += [shown[:12], shown[12:]] if len(shown) > 12 else [shown]
            names += [output, ""] if len(shown) > 12 else [output]
    return image_grid(rows, names, title="filters of the output layers")
