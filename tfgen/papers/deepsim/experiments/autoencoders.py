"""DeePSiM, section 4.1: autoencoders trained by four losses; Tables 3 and 4, Figure 3."""

import numpy as np

from tfgen.metrics import photographs
from tfgen.papers.comparators.opening import comparator_from
from tfgen.papers.deepsim.experiments.code_classification import crops_of_scenes, svm_accuracy
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun, batched, comparison, held_out
from tfgen.pictures.curves import line_chart
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant

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
_SCORED = 512
_PERIODS = (2, 4, 8)  # of three up-convolutions


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
    rows = [
        _row(name, runs[name], crops, drawn[name], compare, scenes, PAPER[name]) for name in runs
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


def _row(name, trained, crops, drawn, compare, scenes, paper):
    real, made = crops / 255.0, drawn / 255.0
    row = {
        "loss": name,
        "error %": 100 * photographs.normalised_error(real, made),
        "paper's error %": paper[0],
    }
    accuracy, deviation = svm_accuracy(lambda x: batched(_encode(trained), x), scenes)
    row |= {
        "accuracy %": 100 * accuracy,
        "+-": 100 * deviation,
        "paper's accuracy %": paper[1],
        "SSIM": _ssim(crops, drawn),
        **photographs.statistics(real, made),
        "lattice / real": max(_lattice(made, real, period) for period in _PERIODS),
    }
    for comparator, features in compare.items():
        a, b = (batched(features, x) for x in (crops, drawn))
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
    image_space, deepsim = rows[:2], rows[2:]

    def apart(column, lower, higher):
        """Whether all values of some losses are below all of others."""
        return max(row[column] for row in lower) < min(row[column] for row in higher)

    return {
        "a larger Euclidean error": apart("error %", image_space, deepsim),
        "better classification": apart("accuracy %", image_space, deepsim),
        "gradients more like real ones": apart(photographs.GRADIENTS, deepsim, image_space),
        "spectra more like real ones": apart(photographs.SPECTRA, deepsim, image_space),
        "no detail that all pictures share": max(row[photographs.COMMON] for row in deepsim) < 0.05,
        "without the lattice of up-convolutions": max(row["lattice / real"] for row in deepsim) < 2,
    }


def _numbers(rows):
    return "; ".join(
        f"{row['loss']} {row['error %']:.1f} % error, {row['accuracy %']:.1f} % accuracy, "
        f"gradients {row[photographs.GRADIENTS]:.2f} away"
        for row in rows
    )


def _spectra(crops, drawn):
    series = {}
    for name, images in {"image": crops, **drawn}.items():
        power = photographs.power_spectrum(images / 255.0)
        series[name] = (np.linspace(0, 0.5, len(power)).tolist(), power.tolist())
    return line_chart(series, "power in dB", "cycles a pixel")
