"""What each experiment of DeePSiM says of its claim, by rows whose answer is known."""

import pytest

from tests.verdicts import cases, rows, verdict
from tfgen.papers.deepsim.experiments import EXPERIMENTS


def autoencoders(image_space, deepsim):
    columns = ("error %", "accuracy %", "gradients' distance", "spectra's distance dB")
    return rows((*columns, "lattice / real"), *[image_space] * 2, *[deepsim] * 2)


def vae_samples(*distances):
    columns = ("samples", "gradients' distance")
    return rows(columns, ("photographs", 0.0), *(("squared loss", x) for x in distances))


def inversion_losses(full, image_only, others):
    columns = ("loss", "error % in features", "gradients' distance", "spectra's distance dB")
    return rows(
        columns,
        ("full", *full),
        ("without features and adversary", *image_only),
        ("without features", *others),
        ("without adversary", *others),
        ("random comparator", *others),
    )


def inversion_layers(*errors):
    return rows(("error % in images",), *((x,) for x in errors))


def reencoding(drift, place, colour):
    columns, nan = ("error % in features", "kept"), float("nan")
    return rows(columns, (10, nan), (11, nan), (10 * drift, nan), (nan, place), (nan, colour))


# Experiment -> verdict -> rows of it.
KNOWN = {
    "autoencoders": {
        "holds": autoencoders((10, 40, 3, 3, 9), (20, 50, 1, 1, 1.5)),
        "partly": autoencoders((10, 40, 3, 3, 9), (20, 50, 4, 1, 2.5)),
        "does not hold": autoencoders((10, 40, 3, 3, 9), (9, 30, 4, 4, 3)),
    },
    "vae_samples": {
        "holds": vae_samples(3, 2, 1),
        "partly": vae_samples(3, 4, 1),
        "does not hold": vae_samples(3, 4, 3),
        "not judged": vae_samples(3),
    },
    "inversion_losses": {
        "holds": inversion_losses((40, 1, 1), (70, 3, 3), (60, 2, 2)),
        "partly": inversion_losses((65, 1, 1), (70, 3, 3), (60, 2, 2)),
        "does not hold": inversion_losses((80, 4, 4), (70, 3, 3), (60, 3, 3)),
    },
    "inversion_layers": {
        "holds": inversion_layers(1, 2, 3, 4),
        "partly": inversion_layers(1, 3, 2, 4),
        "does not hold": inversion_layers(2, 1, 3, 4),
    },
    "reencoding": {
        "holds": reencoding(1.5, 0.9, 0.8),
        "partly": reencoding(3, 0.9, 0.8),
        "does not hold": reencoding(3, 0.2, 0.1),
    },
}


@pytest.mark.parametrize(("name", "holds"), cases(KNOWN))
def test_the_verdict_is_that_of_the_rows(name, holds):
    assert verdict(EXPERIMENTS[name], KNOWN[name][holds])[0] == holds


def test_runs_by_the_same_loss_are_judged_each():
    _, text = verdict(EXPERIMENTS["vae_samples"], vae_samples(3, 4, 1))
    assert (
        text == "1: squared loss more natural: does not hold, 2: squared loss more natural: holds"
    )


def test_no_experiment_is_left_out():
    assert set(KNOWN) == set(EXPERIMENTS)
