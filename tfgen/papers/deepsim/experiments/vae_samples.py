"""DeePSiM, section 4.2: samples of variational autoencoders with several losses, Figure 4."""

import cv2
import numpy as np
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.metrics import objects, photographs
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun, held_out
from tfgen.pictures.image_grid import image_grid
from tfgen.pixels import as_uint8
from tfgen.runs.experiments.intervals import as_columns, in_row, mean
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import controlled, every, higher

_COUNT = 128
_COMMON = photographs.COMMON
_GRADIENTS, _SPECTRA = "gradients off", "spectrum off by dB"
_APART = "from the likest other"
_SHOWN = 10
_BLUR, _FEW = 2.0, 10
PHOTOGRAPHS, BLURRED, NOISE, REPEATED = "photographs", "blurred", "noise", "ten of them repeated"
CONTROLS = (NOISE, REPEATED)
_LEAST_APART = 0.5  # of photographs' distance to the likest other one


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
    sets = {PHOTOGRAPHS: crops} | _controls(crops, options.seed)
    rows = [_row(name, images, crops, options.seed) for name, images in sets.items()]
    grid, names = [list(crops[:_SHOWN])], ["photographs"]
    for photo_run in runs:
        rng = np.random.default_rng(options.seed)
        codes = rng.normal(size=(_COUNT, *photo_run.model.code_shape)).astype(np.float32)
        samples = as_uint8(photo_run.model.decode(tf.constant(codes)))
        weights = photo_run.settings.perceptual
        name = weights.comparator or f"{weights.image_loss} loss"
        rows.append(_row(name, samples, crops, options.seed))
        grid += [list(samples[:_SHOWN]), list(samples[_SHOWN : 2 * _SHOWN])]
        names += [name, ""]
    return Result(
        title="Samples of variational autoencoders",
        source="Dosovitskiy and Brox (DeePSiM), section 4.2, Figure 4",
        claim=(
            "The loss in image space gives blurred samples, DeePSiM ones with natural statistics."
        ),
        finding=f"How far the gradients of each of {_COUNT} are off those of all photographs (95 % "
        "interval): "
        + ", ".join(f"{row['samples']} {in_row(row, _GRADIENTS):.2f}" for row in rows)
        + "; spectra, in dB: "
        + ", ".join(f"{row['samples']} {in_row(row, _SPECTRA):.1f}" for row in rows)
        + ".",
        parts=parts(rows),
        rows=rows,
        pictures={"figure": image_grid(grid, names, title="samples of the prior")},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`; none of a single loss."""
    real = rows[0]
    controls = {row["samples"]: row for row in rows[1:] if row["samples"] in CONTROLS}
    known = (PHOTOGRAPHS, BLURRED, *CONTROLS)
    image_loss, *others = [row for row in rows if row["samples"] not in known]

    def natural(row):
        """Nearer to photographs in both than samples by the image loss are, and not all alike."""
        nearer = (
            higher(in_row(image_loss, column), in_row(row, column))
            for column in (_GRADIENTS, _SPECTRA)
        )
        sound = row[_COMMON] < 0.05 and row[_APART] > _LEAST_APART * real[_APART]
        return every([*nearer, sound])

    passing = {name: natural(row) for name, row in controls.items()}
    return {
        f"{number}: {row['samples']} more natural, not alike, without a pattern that all share": (
            controlled(natural(row), passing)
        )
        for number, row in enumerate(others, 1)
    }


def _from_the_likest(images):
    """Root mean squared difference of each image to the likest of the others, their mean."""
    x = images.reshape(len(images), -1) / 255.0
    squares = np.square(x).sum(axis=1)
    apart = squares[:, np.newaxis] + squares - 2 * x @ x.T
    np.fill_diagonal(apart, np.inf)
    return float(np.sqrt(np.maximum(apart.min(axis=1), 0) / x.shape[1]).mean())


def _controls(crops, seed):
    """Name -> images beside which samples are seen, [n, s, s, 3] uint8: blurs, and no samples."""
    rng = np.random.default_rng(seed)
    few = np.resize(np.arange(min(_FEW, len(crops))), len(crops))
    return {
        BLURRED: np.stack([cv2.GaussianBlur(crop, (0, 0), _BLUR) for crop in crops]),
        NOISE: rng.integers(0, 256, crops.shape, dtype=np.uint8),
        REPEATED: crops[few],
    }


def _row(name, images, crops, seed):
    a, b = crops / 255.0, images / 255.0
    alike = [photographs.without_common_detail(x) for x in (a, b)]
    return {
        "samples": name,
        **as_columns(_GRADIENTS, mean(photographs.gradient_distances(*alike), seed)),
        **as_columns(_SPECTRA, mean(photographs.spectrum_distances(*alike), seed)),
        _COMMON: photographs.common_detail(b),
        _APART: _from_the_likest(images),
        "diversity": objects.diversity(images),
    }
