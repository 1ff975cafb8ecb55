"""Appendix A: the Gaussian code of a variational generator, reconstructed, sampled and crossed."""

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.metrics import objects
from tfgen.pictures.drawings import morph_frames, one_hot
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result

_PAIRS = 12
_SHOWN = 4
_FRAMES = 9
_SAMPLES = 48


def run(trained, options):
    """Compares straight paths between codes with straight paths between styles, and samples.

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
    real = trained.view(options.azimuth, options.elevation)
    rebuilt = _draw(trained, mean, options)
    rng = np.random.default_rng(options.seed)
    sampled = _draw(trained, rng.normal(size=(_SAMPLES, mean.shape[1])), options)
    # Samples as wide as the codes of known styles really lie, not as wide as the prior.
    aggregate = np.sqrt(mean.var(axis=0) + variance.mean(axis=0))
    fitting = mean.mean(axis=0) + aggregate * rng.normal(size=(_SAMPLES, mean.shape[1]))
    fitting = _draw(trained, fitting, options)
    pairs = options.pairs(_PAIRS, trained.num_styles)
    t = np.linspace(0, 1, _FRAMES)[:, None]
    paths = {
        "z": [_draw(trained, (1 - t) * mean[a] + t * mean[b], options) for a, b in pairs],
        "styles": [
            morph_frames(
                *(trained.draw, trained.description),
                *one_hot((a, b), trained.num_styles),
                *(_FRAMES, options.view),
            )
            for a, b in pairs
        ],
    }
    known = real.over_white()
    rows = [
        _row("known styles, from their mean code", *rebuilt, known),
        _row("samples of the prior", *sampled, known),
        _row("samples as wide as the known codes", *fitting, known),
    ]
    for name, between in paths.items():
        middles = [np.stack([path[k][_FRAMES // 2] for path in between]) for k in (0, 1)]
        row = _row(f"half way between {name}", *middles, known)
        row["evenness of paths"] = float(
            np.mean([objects.smoothness(images) for images, _ in between])
        )
        rows.append(row)
    used = int((mean.var(axis=0) > variance.mean(axis=0)).sum())
    divergence = 0.5 * (mean**2 + variance - 1 - np.log(variance)).sum(axis=1).mean()
    shown = [list(path[0]) for path in paths["z"][:_SHOWN]]
    return Result(
        title="The space of styles",
        source="Dosovitskiy et al., section 3.3, Appendix A, Figure 17 e and f",
        claim="Samples of the prior are diverse objects, and codes can be crossed smoothly.",
        finding=(
            f"{used} of {mean.shape[1]} numbers of z tell styles apart (divergence "
            f"{divergence:.0f} nats); diversity of samples {rows[1]['diversity']:.3f}, of known "
            f"styles {rows[0]['diversity']:.3f}; evenness of paths in z "
            f"{rows[-2]['evenness of paths']:.2f}, between styles "
            f"{rows[-1]['evenness of paths']:.2f}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(
                [
                    list(known[:_FRAMES]),
                    list(rebuilt[0][:_FRAMES]),
                    list(sampled[0][:_FRAMES]),
                    list(fitting[0][:_FRAMES]),
                    *shown,
                ],
                ["real", "reconstructed", "prior", "as known codes", *["path in z"] * len(shown)],
                title="the Gaussian code",
            )
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    return {
        "codes are crossed more smoothly than styles": rows[-2]["evenness of paths"]
        > rows[-1]["evenness of paths"],
        "samples are diverse": rows[1]["diversity"] > 0.5 * rows[0]["diversity"],
    }


def _draw(trained, codes, options):
    return trained.draw_edited(options.view | {"latent": codes}, lambda name, x: x)


def _row(name, images, masks, known):
    return {
        "what": name,
        "diversity": objects.diversity(images),
        "distance to nearest real": float(objects.nearest(images, known)[1].mean()),
        "connected": float(objects.connectedness(masks).mean()),
        "sharpness": objects.sharpness(images),
        "evenness of paths": float("nan"),
    }
