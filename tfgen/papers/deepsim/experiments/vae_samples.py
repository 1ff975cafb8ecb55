"""DeePSiM, section 4.2: samples of variational autoencoders with several losses, Figure 4."""

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.metrics import objects, photographs
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun, held_out
from tfgen.pictures.image_grid import image_grid
from tfgen.pixels import as_uint8
from tfgen.runs.experiments.result import Result

_COUNT = 128
_GRADIENTS, _COMMON = photographs.GRADIENTS, photographs.COMMON
_SHOWN = 10


def run(trained, options):
    """Draws from the prior with each of the runs, and compares statistics with photographs'.

    Args:
      trained: `photo_runs.PhotoRun` by the loss in image space.
      options: `experiment.Options`; others: runs with feature and adversarial losses.
    """
    runs = [trained, *options.further(PhotoRun)]
    plain = [photo_run.path for photo_run in runs if not photo_run.model.variational]
    if plain:
        raise InputError(f"`model`={plain[0]} is no variational autoencoder.")
    _, crops = held_out(runs[0].settings, _COUNT)
    rows = [_row("photographs", crops, crops)]
    grid, names = [list(crops[:_SHOWN])], ["photographs"]
    for photo_run in runs:
        rng = np.random.default_rng(options.seed)
        codes = rng.normal(size=(_COUNT, *photo_run.model.code_shape)).astype(np.float32)
        samples = as_uint8(photo_run.model.decode(tf.constant(codes)))
        weights = photo_run.settings.perceptual
        name = weights.comparator or f"{weights.image_loss} loss"
        rows.append(_row(name, samples, crops))
        grid += [list(samples[:_SHOWN]), list(samples[_SHOWN : 2 * _SHOWN])]
        names += [name, ""]
    return Result(
        title="Samples of variational autoencoders",
        source="Dosovitskiy and Brox (DeePSiM), section 4.2, Figure 4",
        claim=(
            "The loss in image space gives blurred samples, DeePSiM ones with natural statistics."
        ),
        finding="Distance of gradients from those of photographs: "
        + ", ".join(f"{row['samples']} {row[_GRADIENTS]:.2f}" for row in rows[1:])
        + "; of spectra in dB: "
        + ", ".join(f"{row['samples']} {row[photographs.SPECTRA]:.1f}" for row in rows[1:])
        + ".",
        parts=parts(rows),
        rows=rows,
        pictures={"figure": image_grid(grid, names, title="samples of the prior")},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`; none of a single loss."""
    image_loss, *others = rows[1:]
    return {
        f"{number}: {row['samples']} more natural, without a pattern that all share": (
            row[_GRADIENTS] < image_loss[_GRADIENTS] and row[_COMMON] < 0.05
        )
        for number, row in enumerate(others, 1)
    }


def _row(name, images, crops):
    a, b = crops / 255.0, images / 255.0
    return {
        "samples": name,
        **photographs.statistics(a, b),
        "diversity": objects.diversity(images),
    }
