"""Figure 7: what the network makes of each transformation, in its range of training and beyond."""

import numpy as np
import tensorflow as tf

from tfgen.data.drawings.transforms import apply_transform
from tfgen.pictures.drawings import one_hot, sweeps
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result

# Multiples of the extremes of `conditions.turntable.SWEEPS`, which are those of training.
_FACTORS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
_COLORS = ("saturation", "brightness", "hue")
_STYLES = 12


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
    swept = sweeps(trained.description)
    rows, pictures = [], []
    for name, (_, _, extreme) in swept.items():
        drawn, reproduced = [], []
        for factor in _FACTORS:
            transform = factor * extreme
            images, _ = trained.draw(values | {"transform": transform})
            drawn.append(images[0])
            reproduced.append(_reproduced(images, plain, transform))
        pictures.append(drawn)
        share = dict(zip(_FACTORS, reproduced, strict=True))
        rows.append(
            {
                "transformation": name,
                "at -1": share[-1.0],
                "at -0.5": share[-0.5],
                "at 0.5": share[0.5],
                "at 1": share[1.0],
                "beyond, at -2": share[-2.0],
                "beyond, at 2": share[2.0],
            }
        )
    colors, spatial, zoom_out = _shares(rows)
    return Result(
        title="Transformations",
        source="Dosovitskiy et al., section 5.1, Figure 7",
        claim=(
            "The network draws transformed objects nearly as well as plain ones, colours with more "
            "ease than large shifts, and zooms out though it never saw that."
        ),
        finding=(
            "Share of a transformation's effect that is drawn (1: T_theta itself, 0: nothing "
            f"changes), at the ends of the range of training: colours {colors:.2f}, spatial "
            f"{spatial:.2f}; zooming out, never seen, {zoom_out:.2f}."
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
    colors, spatial, zoom_out = _shares(rows)
    return {
        "colours with more ease than space": colors > spatial,
        "zooming out, never seen": zoom_out > 0.5,
    }


def _shares(rows):
    """Shares reproduced of colours, of spatial transformations, and of zooming out."""
    inside = {row["transformation"]: (row["at -1"] + row["at 1"]) / 2 for row in rows}
    zoom_out = next(row["at -1"] for row in rows if row["transformation"] == "zoom")
    colors = np.mean([inside[name] for name in _COLORS])
    spatial = np.mean([inside[name] for name in inside if name not in _COLORS])
    return colors, spatial, zoom_out


def _reproduced(images, plain, transform):
    """1 minus the squared error against T_theta, as a share of what T_theta changes."""
    if not transform.any():
        return 1.0
    plain_images, plain_masks = (x.astype(np.float32) / 255 for x in plain)
    over_black = np.clip(plain_images - (1 - plain_masks), 0, plain_masks)
    thetas = tf.constant(np.tile(transform, (len(images), 1)), tf.float32)
    image, mask = apply_transform(tf.constant(over_black), tf.constant(plain_masks), thetas)
    target = image.numpy() + 1 - mask.numpy()
    error = np.square(images / 255.0 - target).mean()
    return float(1 - error / np.square(plain_images - target).mean())
