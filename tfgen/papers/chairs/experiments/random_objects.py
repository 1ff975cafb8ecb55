"""Figure 17: objects from noise, each with the real one nearest to it."""

import numpy as np
import tensorflow as tf

from tfgen.papers.chairs.experiments.diversity import (
    NEAREST,
    SPREAD,
    Yardstick,
    are_diverse_objects,
    less,
)
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.drawings import random_weights
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.intervals import in_row
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import every

_COUNT = 96
_SHOWN = 10
_WEAK, _STRONG = "softmax of noise, sigma 2", "softmax of noise, sigma 4"
_FEW, _MORE = "mixture of 3 styles", "mixture of 5 styles"
_NOISE = tuple(f"noise at FC-2, scale {scale}" for scale in (1, 3))
_VARIATIONAL = "variational, KL weight "
_NO_COPIES = ("control: blank page", "control: mean object")


def run(trained, options):
    """Draws random objects by each of the paper's ways.

    Args:
      trained: `trained.Trained`, a run with the plain objective.
      options: `options.Options`; others: runs with --style_stream=variational.
    """
    rng = np.random.default_rng(options.seed)
    yardstick = Yardstick(trained.view(options.azimuth, options.elevation), options.seed)
    drawn = {
        name: trained.draw(
            options.view | {"style": random_weights(_COUNT, trained.num_styles, sigma, rng)}
        )
        for name, sigma in ((_WEAK, 2), (_STRONG, 4))
    }
    for name, mixed in ((_FEW, 3), (_MORE, 5)):
        weights = mixtures(_COUNT, trained.num_styles, mixed, rng)
        drawn[name] = trained.draw(options.view | {"style": weights})
    for other in options.further(Trained):
        weight = other.settings.objective.lambda_kl
        latent = rng.normal(size=(_COUNT, other.generator.latent_size))
        name = f"{_VARIATIONAL}{weight:g}, {other.generator.latent_size} numbers"
        while name in drawn:  # runs of other seeds
            name += " again"
        drawn[name] = other.draw_edited(options.view | {"latent": latent}, lambda name, x: x)
    if not trained.generator.latent_size:
        for name, scale in zip(_NOISE, (1, 3), strict=True):
            drawn[name] = _noise_at_fc2(trained, scale, options, rng)
    rows = yardstick.controls(rng, _COUNT)
    rows += [yardstick.row(name, *pictures) for name, pictures in drawn.items()]
    return Result(
        title="Random objects",
        source="Dosovitskiy et al., section 5.6, Figure 17",
        claim=(
            "Mixtures of a few styles and the variational network give diverse objects; a softmax "
            "of weak noise gives all the same, of strong noise copies; noise at FC-2 of the plain "
            "network gives little diversity."
        ),
        finding="How much objects differ, over real ones (95 % interval): "
        + ", ".join(f"{row['objects']} {in_row(row, SPREAD):.2f}" for row in rows)
        + ".",
        parts=parts(rows),
        rows=rows,
        pictures={"figure": _figure(drawn, yardstick)},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`; None where no run tells."""
    by = {row["objects"]: row for row in rows}
    variational = [name for name in by if name.startswith(_VARIATIONAL)]
    return {
        **{
            f"{name}, is of diverse objects": are_diverse_objects(rows, name)
            for name in (_FEW, _MORE, *variational)
        },
        "weak noise is less diverse": less(by[_WEAK], by[_FEW], SPREAD),
        "strong noise copies: it is nearer to real ones than mixtures, mean object, blank page": (
            every(less(by[_STRONG], by[name], NEAREST) for name in (_FEW, *_NO_COPIES))
        ),
        **{
            f"{name}, is less diverse than mixtures": (
                less(by[name], by[_FEW], SPREAD) if name in by else None
            )
            for name in _NOISE
        },
        **({} if variational else {"variational networks give diverse objects": None}),
        "the heavier the divergence, the more diverse": _heavier(by, variational),
    }


def _heavier(by, variational):
    """Whether of networks with codes of one length the heaviest divergence gives most; or None."""
    weights = {}
    for name in variational:
        weight, _, numbers = name.removeprefix(_VARIATIONAL).partition(", ")
        weights.setdefault(numbers, []).append((float(weight), name))
    several = [sorted(each) for each in weights.values() if len(each) > 1]
    held = [less(by[each[0][1]], by[each[-1][1]], SPREAD) for each in several]
    return every(held) if held else None


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


def _figure(drawn, yardstick):
    rows, names = [], []
    for name, (images, _) in drawn.items():
        shown = images[:_SHOWN]
        rows += [list(shown), list(yardstick.nearest(shown))]
        names += [name, "nearest real"]
    return image_grid(rows, names, title="random objects")
