"""DeePSiM, section 4.1: autoencoders trained by four losses; Tables 3 and 4, Figure 3."""

import cv2
import numpy as np

from tfgen.metrics import photographs
from tfgen.metrics.baselines import BASELINES
from tfgen.papers.comparators.opening import comparator_from
from tfgen.papers.deepsim.experiments.code_classification import (
    crops_of_scenes,
    pixels,
    svm_right,
)
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun, batched, comparison, held_out
from tfgen.pictures.curves import line_chart
from tfgen.pixels import as_float32, as_uint8
from tfgen.runs.experiments.intervals import UNKNOWN, as_columns, difference, in_row, mean
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant
from tfgen.runs.experiments.verdict import above, every

# Tables 3 and 4: normalised error and accuracy of a linear SVM on STL-10, in percent.
PAPER = {
    "SE loss": (15.3, 34.6),
    "l1 loss": (15.7, 35.7),
    "DeePSiM, Exemplar-CNN": (19.8, 50.1),
    "DeePSiM, AlexNet": (21.5, 52.3),
}
# Comparators that we train ourselves, on the same photographs without any label: name -> changes.
# CaffeNet's five poolings and strides leave one pixel of 96.
COMPARATORS = {
    "exemplar_cnn": {"data": {"image_size": 32}},
    "caffenet": {"data": {"image_size": 96}, "model": {"width": 0.5}},
}
_LAYER = "conv3"
_NONE = (float("nan"),) * 2
_SCORED = 512
_PERIODS = (2, 4, 8)  # of three up-convolutions
_IMAGE_SPACE = tuple(PAPER)[:2]
_PIXELS = "pixels, as many numbers"
_ERROR, _ACCURACY = "error %", "accuracy %"
_GRADIENTS, _SPECTRA = "gradients off", "spectrum off by dB"
# Each column -> whether more of it is what is claimed of DeePSiM.
_CLAIMED = {_ERROR: True, _ACCURACY: True, _GRADIENTS: False, _SPECTRA: False}


def run(settings, comparator_settings, options):
    """Trains the comparators, then an autoencoder by each loss, all alike; scores held-out crops.

    Args:
      settings: `settings.AutoencoderSettings`; its weights of losses are those of DeePSiM,
        its run_dir becomes the folder of the six runs. --comparator_weights, if given, is a file or
        a run that stands in for CaffeNet's training.
      comparator_settings: `papers.comparators.settings.ComparatorSettings` with the same run_dir.
      options: `runs.experiments.experiment.Options`.
    """
    weights = {name: _comparator(comparator_settings, name) for name in COMPARATORS}
    if settings.perceptual.comparator_weights:
        weights["caffenet"] = settings.perceptual.comparator_weights
    alone = {"lambda_feat": 0.0, "lambda_adv": 0.0, "comparator": "", "comparator_weights": ""}
    losses = {
        "SE loss": alone | {"image_loss": "squared"},
        # As steep as the squared one at a difference of ten levels.
        "l1 loss": alone
        | {"image_loss": "absolute", "lambda_img": 10 * settings.perceptual.lambda_img},
        "DeePSiM, Exemplar-CNN": _compared_by("exemplar_cnn", weights),
        "DeePSiM, AlexNet": _compared_by("caffenet", weights),
    }
    runs = {}
    for name, changes in losses.items():
        folder = name.replace(", ", "_").replace(" ", "_")
        run_settings = variant(settings, folder, perceptual=changes)
        trained_scores(run_settings)
        runs[name] = PhotoRun(run_settings.schedule.run_dir)
    photos, crops = held_out(settings, _SCORED)
    size = settings.data.image_size
    compare = {
        name: comparator_from(f"{name}:{_LAYER}", weights[name], size) for name in COMPARATORS
    }
    scenes = crops_of_scenes(photos, size, options.seed)
    drawn = {name: trained.draw(crops) for name, trained in runs.items()}
    answers = {name: as_uint8(f(as_float32(crops))) for name, f in BASELINES.items()}
    answers[_PIXELS] = _few_pixels(crops, int(np.prod(runs["SE loss"].model.code_shape)))
    encoders = {
        name: lambda x, each=each: batched(_encode(each), x) for name, each in runs.items()
    } | {_PIXELS: pixels(int(np.prod(runs["SE loss"].model.code_shape)))}
    right = {name: svm_right(encode, scenes) for name, encode in encoders.items()}
    everything = drawn | answers
    found = {name: _measured(crops, images) for name, images in everything.items()}
    for name, share in right.items():
        found[name][_ACCURACY] = 100 * share
    rows = [
        _row(name, found, options.seed)
        | _numbers_of(crops, images, compare)
        | dict(zip(("paper's error %", "paper's accuracy %"), PAPER.get(name, _NONE), strict=True))
        for name, images in everything.items()
    ]
    return Result(
        title="Autoencoders",
        source="Dosovitskiy and Brox (DeePSiM), section 4.1, Tables 3 and 4, Figure 3",
        claim=(
            "DeePSiM has a larger Euclidean error than losses in image space, sharper images, and "
            "codes that are better to classify by."
        ),
        finding=f"{_numbers(rows)}.",
        parts=parts(rows),
        rows=rows,
        pictures={"figure": comparison(crops, drawn), "spectra": _spectra(crops, drawn)},
    )


def _comparator(settings, name):
    """Trains a comparator by exemplars, unless that has been done; the folder of its run."""
    changes = COMPARATORS[name]
    run_settings = variant(
        settings,
        name,
        model={"architecture": name} | changes.get("model", {}),
        learning={"learn_by": "exemplars"},
        data=changes["data"],
    )
    trained_scores(run_settings)
    return run_settings.schedule.run_dir


def _compared_by(name, weights):
    return {"comparator": f"{name}:{_LAYER}", "comparator_weights": weights[name]}


def _few_pixels(crops, count):
    """What so many numbers hold of crops if they are pixels."""
    small = pixels(count)(crops).round().astype(np.uint8)
    size = crops.shape[2], crops.shape[1]
    return np.stack([cv2.resize(x, size, interpolation=cv2.INTER_CUBIC) for x in small])


def _measured(crops, images):
    """Column -> numbers [n]."""
    real, made = crops / 255.0, images / 255.0
    alike = [photographs.without_common_detail(x) for x in (real, made)]
    return {
        _ERROR: 100 * photographs.errors(real, made),
        _GRADIENTS: photographs.gradient_distances(*alike),
        _SPECTRA: photographs.spectrum_distances(*alike),
    }


def _row(name, found, seed):
    """Columns with intervals, and how far each is beyond the best of the losses in image space."""
    row = {"loss": name}
    for column, more in _CLAIMED.items():
        if column not in found[name]:
            row |= as_columns(column, UNKNOWN) | as_columns(_beyond(column), UNKNOWN)
            continue
        pick = max if more else min
        rival = pick(_IMAGE_SPACE, key=lambda each: found[each][column].mean())
        a, b = found[name][column], found[rival][column]
        apart = difference(*((a, b) if more else (b, a)), seed)
        row |= as_columns(column, mean(a, seed)) | as_columns(_beyond(column), apart)
    return row


def _beyond(column):
    return f"{column}, beyond the losses in image space"


def _numbers_of(crops, images, compare):
    real, made = crops / 255.0, images / 255.0
    row = {
        "SSIM": _ssim(crops, images),
        **photographs.statistics(real, made),
        "lattice / real": max(_lattice(made, real, period) for period in _PERIODS),
    }
    for comparator, features in compare.items():
        a, b = (batched(features, x) for x in (crops, images))
        row[f"error % in {comparator}"] = 100 * photographs.normalised_error(a, b)
    return row


def _lattice(made, real, period):
    """How much stronger the lattice is than in photographs, whose fine patterns are none."""
    drawn, true = (photographs.lattice(x.mean(axis=-1), period) for x in (made, real))
    return drawn / true


def _encode(trained):
    model = trained.model
    return lambda x: model.encode(x)[0] if model.variational else model.encode(x)


def _ssim(a, b):
    import tensorflow as tf

    return float(tf.reduce_mean(tf.image.ssim(tf.constant(a), tf.constant(b), max_val=255)))


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    by = {row["loss"]: row for row in rows}
    deepsim = [by[name] for name in PAPER if name not in _IMAGE_SPACE]

    def beyond(column):
        """Whether all of DeePSiM's are beyond both losses in image space, as is claimed."""
        return every(above(in_row(row, _beyond(column))) for row in deepsim)

    codes = in_row(by[_PIXELS], _ACCURACY)
    return {
        "a larger Euclidean error": beyond(_ERROR),
        "better classification": beyond(_ACCURACY),
        "and better than by as many pixels": every(
            above(in_row(row, _ACCURACY), codes.high) for row in deepsim
        ),
        "gradients more like real ones": beyond(_GRADIENTS),
        "spectra more like real ones": beyond(_SPECTRA),
        "no detail that all pictures share": max(row[photographs.COMMON] for row in deepsim) < 0.05,
        "without the lattice of up-convolutions": max(row["lattice / real"] for row in deepsim) < 2,
    }


def _numbers(rows):
    return "; ".join(
        f"{row['loss']} {in_row(row, _ERROR):.1f} % error"
        + ("" if np.isnan(row[_ACCURACY]) else f", {in_row(row, _ACCURACY):.1f} % accuracy")
        + f", gradients {in_row(row, _GRADIENTS):.2f} away"
        for row in rows
    )


def _spectra(crops, drawn):
    series = {}
    for name, images in {"image": crops, **drawn}.items():
        power = photographs.power_spectrum(images / 255.0)
        series[name] = (np.linspace(0, 0.5, len(power)).tolist(), power.tolist())
    return line_chart(series, "power in dB", "cycles a pixel")
