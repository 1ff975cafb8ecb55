"""Figure 17: objects from noise, each with the real one nearest to it."""

import numpy as np
import tensorflow as tf

from tfgen.metrics import objects
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.drawings import random_weights
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result

_COUNT = 48
_SHOWN = 10


def run(trained, options):
    """Draws random objects by each of the paper's ways.

    Args:
      trained: `trained.Trained`, a run with the plain objective.
      options: `options.Options`; others: runs with --style_stream=variational.
    """
    rng = np.random.default_rng(options.seed)
    real = trained.view(options.azimuth, options.elevation).over_white()
    drawn = {
        f"softmax of noise, sigma {sigma}": trained.draw(
            options.view | {"style": random_weights(_COUNT, trained.num_styles, sigma, rng)}
        )
        for sigma in (2, 4)
    }
    for mixed in (3, 5):
        weights = mixtures(_COUNT, trained.num_styles, mixed, rng)
        drawn[f"mixture of {mixed} styles"] = trained.draw(options.view | {"style": weights})
    for other in options.further(Trained):
        weight = other.settings.objective.lambda_kl
        latent = rng.normal(size=(_COUNT, other.generator.latent_size))
        drawn[f"variational, KL weight {weight:g}"] = other.draw_edited(
            options.view | {"latent": latent}, lambda name, x: x
        )
    if not trained.generator.latent_size:
        for scale in (1, 3):
            drawn[f"noise at FC-2, scale {scale}"] = _noise_at_fc2(trained, scale, options, rng)
    rows = [_row("real objects", real, None, real)]
    rows += [_row(name, images, masks, real) for name, (images, masks) in drawn.items()]
    return Result(
        title="Random objects",
        source="Dosovitskiy et al., section 5.6, Figure 17",
        claim=(
            "Mixtures of a few styles and the variational network give diverse objects; a softmax "
            "of weak noise gives all the same, of strong noise copies; noise at FC-2 of the plain "
            "network gives little diversity."
        ),
        finding="Diversity (root mean squared difference of pairs): "
        + ", ".join(f"{row['objects']} {row['diversity']:.3f}" for row in rows)
        + ".",
        parts=parts(rows),
        rows=rows,
        pictures={"figure": _figure(drawn, real)},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`; None where no run tells."""
    by_name = {row["objects"]: row for row in rows}
    mixture = by_name["mixture of 3 styles"]
    weak, strong = (by_name[f"softmax of noise, sigma {sigma}"] for sigma in (2, 4))
    real, noise = "distance to nearest real", by_name.get("noise at FC-2, scale 1")
    variational = sorted(
        (float(name.rpartition(" ")[2]), row["diversity"])
        for name, row in by_name.items()
        if name.startswith("variational")
    )
    best = max((diversity for _, diversity in variational), default=None)
    return {
        "mixtures are more diverse than weak noise": mixture["diversity"] > weak["diversity"],
        "strong noise is nearer to real objects": strong[real] < mixture[real],
        "noise at FC-2 is less diverse than mixtures": noise
        and noise["diversity"] < mixture["diversity"],
        "variational objects are at least half as diverse as real ones": best
        and best > 0.5 * by_name["real objects"]["diversity"],
        "the heavier the divergence, the more diverse": variational[-1][1] > variational[0][1]
        if len(variational) > 1
        else None,
    }


def mixtures(count, num_styles, mixed, rng):
    """[count, styles] float32: random styles with uniform coefficients of sum one (section 5.6)."""
    weights = np.zeros((count, num_styles), np.float32)
    for row in weights:
        styles = rng.choice(num_styles, min(mixed, num_styles), replace=False)
        row[styles] = rng.uniform(size=len(styles))
    return weights / weights.sum(axis=1, keepdims=True)


def _noise_at_fc2(trained, scale, options, rng):
    """Gaussian noise in place of the style's FC-2, as widely spread as its units over styles."""
    styles = tf.eye(trained.num_styles)
    inputs = {
        name: tf.zeros((trained.num_styles, size))
        for name, size in trained.generator.input_sizes.items()
    }
    units = trained.generator.activations(inputs | {"style": styles})[1]["style_fc2"].numpy()
    noise = units.mean(axis=0) + scale * units.std(axis=0) * rng.normal(
        size=(_COUNT, units.shape[1])
    )
    noise = tf.constant(noise, tf.float32)
    values = options.view | {"style": np.zeros(_COUNT, int)}
    return trained.draw_edited(values, lambda name, x: noise if name == "style_fc2" else x)


def _row(name, images, masks, real):
    index, distance = objects.nearest(images, real)
    are_real = masks is None
    return {
        "objects": name,
        "diversity": objects.diversity(images),
        "distance to nearest real": 0.0 if are_real else float(distance.mean()),
        "different nearest real": len(set(index.tolist())),
        "connected": float("nan") if are_real else float(objects.connectedness(masks).mean()),
        "sharpness": objects.sharpness(images),
    }


def _figure(drawn, real):
    rows, names = [], []
    for name, (images, _) in drawn.items():
        shown = images[:_SHOWN]
        rows += [list(shown), list(real[objects.nearest(shown, real)[0]])]
        names += [name, "nearest real"]
    return image_grid(rows, names, title="random objects")
