"""Appendix A: the Gaussian code of a variational generator, reconstructed, sampled and crossed."""

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.metrics import objects
from tfgen.papers.chairs.experiments.diversity import (
    SPREAD,
    Yardstick,
    are_diverse_objects,
)
from tfgen.pictures.drawings import morph_frames, one_hot
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.intervals import UNKNOWN, as_columns, difference, in_row
from tfgen.runs.experiments.intervals import mean as average
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, controlled

_PAIRS = 24
_SHOWN = 4
_FRAMES = 9
_SAMPLES = 96
_KNOWN = "known styles, from their mean code"
_PRIOR = "samples of the prior"
_AGGREGATE = "samples of the Gaussian of all known codes"
_NEIGHBOURS = "samples between neighbouring codes"
_PATHS = "paths between codes, over paths between styles"
_EVENNESS = "more even by"
_ITSELF = "nearest to the one it was drawn as"


def run(trained, options):
    """Compares samples of three distributions of codes, and paths between codes and styles.

    Args:
      trained: `trained.Trained`, a run with --style_stream=variational.
      options: `options.Options`.
    """
    if not trained.generator.latent_size:
        raise InputError(
            f"`model`={trained.path} has no Gaussian code: train with `style_stream`=variational."
        )
    mean, log_variance = trained.generator.infer(tf.eye(trained.num_styles))
    mean, variance = mean.numpy(), np.exp(log_variance.numpy())
    rng = np.random.default_rng(options.seed)
    real = trained.view(options.azimuth, options.elevation)
    yardstick = Yardstick(real, options.seed)
    codes = {
        _KNOWN: mean,
        _PRIOR: rng.normal(size=(_SAMPLES, mean.shape[1])),
        _AGGREGATE: of_aggregate(mean, variance, _SAMPLES, rng),
        _NEIGHBOURS: between_neighbours(mean, _SAMPLES, rng),
    }
    drawn = {name: _draw(trained, z, options) for name, z in codes.items()}
    rows = yardstick.controls(rng, _SAMPLES)
    rows += [yardstick.row(name, *pictures) for name, pictures in drawn.items()]
    itself = _itself(drawn[_KNOWN][0], real.over_white())
    pairs = options.pairs(_PAIRS, trained.num_styles)
    t = np.linspace(0, 1, _FRAMES)[:, None]
    in_codes = [_draw(trained, (1 - t) * mean[a] + t * mean[b], options)[0] for a, b in pairs]
    in_styles = [_morph(trained, pair, options) for pair in pairs]
    evenness = [[objects.smoothness(path) for path in paths] for paths in (in_codes, in_styles)]
    paths = {"objects": _PATHS, "count": len(pairs), "different nearest": ""}
    for row in rows:
        row |= as_columns(_EVENNESS, UNKNOWN)
        row |= as_columns(_ITSELF, itself.get(row["objects"], UNKNOWN))
    rows.append(
        dict.fromkeys(rows[0], float("nan"))
        | paths
        | as_columns(_EVENNESS, difference(*evenness, options.seed))
    )
    used = int((mean.var(axis=0) > variance.mean(axis=0)).sum())
    divergence = 0.5 * (mean**2 + variance - 1 - np.log(variance)).sum(axis=1).mean()
    listed = ", ".join(f"{row['objects']} {in_row(row, SPREAD):.2f}" for row in rows[:-1])
    figure = {name.partition(",")[0]: images[:_FRAMES] for name, (images, _) in drawn.items()}
    figure = {"real": real.over_white()[:_FRAMES]} | figure
    return Result(
        title="The space of styles",
        source="Dosovitskiy et al., section 3.3, Appendix A, Figure 17 e and f",
        claim="Samples of the prior are diverse objects, and codes can be crossed smoothly.",
        finding=(
            f"{used} of {mean.shape[1]} numbers of z tell styles apart (divergence "
            f"{divergence:.0f} nats). How much objects differ, over real ones (95 % interval): "
            f"{listed}. Of known styles' drawings {itself[_KNOWN]:.2f} are nearest to the style "
            "that they are of. Paths between codes are more even than between styles by "
            f"{in_row(rows[-1], _EVENNESS):.2f}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(
                [*(list(images) for images in figure.values()), *map(list, in_codes[:_SHOWN])],
                [*figure, *["path in z"] * min(_SHOWN, len(pairs))],
                title="the Gaussian code",
            )
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    by = {row["objects"]: row for row in rows}
    sets = [row for row in rows if row["objects"] != _PATHS]
    mean, fades = (by[f"control: {name}"] for name in ("mean object", "cross-fades of two"))
    return {
        "most known styles are drawn from their codes": controlled(
            above(in_row(by[_KNOWN], _ITSELF), 0.5),
            {row["objects"]: above(in_row(row, _ITSELF), 0.5) for row in (mean, fades)},
        ),
        "samples of the prior are diverse objects": are_diverse_objects(sets, _PRIOR),
        "codes are crossed more evenly than styles": above(in_row(by[_PATHS], _EVENNESS)),
        "beside the paper, samples of the Gaussian of known codes are": are_diverse_objects(
            sets, _AGGREGATE
        ),
        "beside the paper, samples between neighbouring codes are": are_diverse_objects(
            sets, _NEIGHBOURS
        ),
    }


def _itself(drawn, real):
    """Share of objects that are nearest to the real one of their style, by the rows' names."""
    styles = np.arange(len(real))
    mean = real.mean(axis=0, keepdims=True).round().astype(np.uint8)
    fades = ((real.astype(np.float32) + np.roll(real, 1, axis=0)) / 2).round().astype(np.uint8)
    sets = {
        _KNOWN: drawn,
        "control: mean object": np.repeat(mean, len(real), axis=0),
        "control: cross-fades of two": fades,
    }
    return {
        name: average(objects.nearest(images, real)[0] == styles) for name, images in sets.items()
    }


def of_aggregate(mean, variance, count, rng):
    """Codes of the Gaussian that has mean and covariance of all known styles' codes: [count, z].

    Args:
      mean, variance: [styles, z] of q(z | c).
      count: of codes.
      rng: numpy Generator.
    """
    covariance = np.cov(mean, rowvar=False) + np.diag(variance.mean(axis=0))
    return rng.multivariate_normal(mean.mean(axis=0), covariance, count)


def between_neighbours(mean, count, rng):
    """Codes on the way from a known style's to one of the three nearest: [count, z]."""
    apart = np.square(mean[:, None] - mean).sum(axis=-1)
    nearest = apart.argsort(axis=1)[:, 1:4]
    first = rng.integers(len(mean), size=count)
    second = nearest[first, rng.integers(nearest.shape[1], size=count)]
    t = rng.uniform(0.25, 0.75, (count, 1))
    return (1 - t) * mean[first] + t * mean[second]


def _draw(trained, codes, options):
    return trained.draw_edited(options.view | {"latent": codes}, lambda name, x: x)


def _morph(trained, pair, options):
    ends = one_hot(pair, trained.num_styles)
    return morph_frames(trained.draw, trained.description, *ends, _FRAMES, options.view)[0]
