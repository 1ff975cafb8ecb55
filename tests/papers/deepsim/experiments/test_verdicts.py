"""What each experiment of DeePSiM says of its claim, by rows whose answer is known."""

import pytest

from tests.verdicts import cases, rows, verdict
from tfgen.papers.deepsim.experiments import EXPERIMENTS
from tfgen.runs.experiments.intervals import Interval, as_columns


def autoencoders(image_space, deepsim, common=0.01):
    columns = ("error %", "accuracy %", "gradients' distance", "spectra's distance dB")
    columns += ("lattice / real", "detail common to all")
    return rows(columns, *[(*image_space, 0.0)] * 2, *[(*deepsim, common)] * 2)


def vae_samples(*distances, common=0.01):
    columns = ("samples", "gradients' distance", "detail common to all")
    samples = (("squared loss", x, common) for x in distances)
    return rows(columns, ("photographs", 0.0, 0.0), *samples)


def inversion_losses(full, image_only, others, common=0.01, simple=90):
    """Error in features, distances of gradients, of spectra; error of answers without network."""
    columns = ("loss", "error", "gradients' distance", "spectra's distance dB")
    found = rows(
        columns,
        ("full", *full),
        ("without features and adversary", *image_only),
        ("without features", *others),
        ("without adversary", *others),
        ("random comparator", *others),
        ("gray", simple, 9, 9),
        ("mean colour", simple, 9, 9),
    )
    for row in found:
        apart = row["error"] - full[0]
        beyond = Interval(apart, apart - 2, apart + 2)
        row |= as_columns("more in features than by the full loss", beyond)
    return [row | {"detail common to all": common} for row in found]


def inversion_layers(*errors, mean_colour=10):
    """Errors of four layers, each known within 0.2, and of a picture's mean colour."""
    found, worst = [], max(errors)
    before = [errors[0], *errors[:-1], worst]
    for x, earlier in zip((*errors, mean_colour), before, strict=True):
        found.append({})
        for name, other in (("the one before", earlier), ("CONV5", errors[0])):
            apart = Interval(x - other, x - other - 0.2, x - other + 0.2)
            found[-1] |= as_columns(f"more than {name}", apart)
    return found


def reencoding(drift, place, colour, alone=2.0, simple=90.0):
    """By all losses: an error of 10, times the drift after all rounds; by the image loss alone."""
    nan = float("nan")

    def row(run, what, error=nan, rounds=nan, apart=nan, kept=nan):
        found = {"run": run, "what": what, "image loss alone": run == "images"}
        columns = ("error % in features", "times one round's", "more than the first run's", "kept")
        for name, x in zip(columns, (error, rounds, apart, kept), strict=True):
            found |= as_columns(name, Interval(x, x - 0.05, x + 0.05))
        return found

    return [
        row("all", "re-encoded 1 times", 10, 1, 0),
        row("all", "re-encoded 8 times", 10 * drift, drift, 0),
        row("all", "shifted by 8 px", kept=place),
        row("all", "hue turned by a third", kept=colour),
        row("images", "re-encoded 8 times", 10 * drift + alone, drift, alone),
        row("mean picture", "mean picture", simple),
    ]


# Experiment -> verdict -> rows of it.
KNOWN = {
    "autoencoders": {
        "holds": autoencoders((10, 40, 3, 3, 9), (20, 50, 1, 1, 1.5)),
        "partly": autoencoders((10, 40, 3, 3, 9), (20, 50, 4, 1, 2.5)),
        "does not hold": autoencoders((10, 40, 3, 3, 9), (9, 30, 4, 4, 3), common=0.5),
    },
    "vae_samples": {
        "holds": vae_samples(3, 2, 1),
        "partly": vae_samples(3, 4, 1),
        # As sharp as can be: one lattice over all of them.
        "does not hold": vae_samples(3, 1, 2, common=0.5),
        "not judged": vae_samples(3),
    },
    "inversion_losses": {
        "holds": inversion_losses((40, 1, 1), (70, 3, 3), (60, 2, 2)),
        "partly": inversion_losses((65, 1, 1), (70, 3, 3), (60, 2, 2)),
        "does not hold": inversion_losses(
            (80, 4, 4), (70, 3, 3), (60, 3, 3), common=0.5, simple=75
        ),
    },
    "inversion_layers": {
        "holds": inversion_layers(1, 2, 3, 4),
        # Blurs that are all no nearer than one colour.
        "partly": inversion_layers(1, 2, 3, 4, mean_colour=2),
        "does not hold": inversion_layers(2, 1, 3, 4, mean_colour=2),
        "not told apart": inversion_layers(1, 1.1, 1.2, 1.3, mean_colour=1.4),
    },
    "reencoding": {
        "holds": reencoding(1.5, 0.9, 0.8),
        "partly": reencoding(3, 0.9, 0.8),
        "does not hold": reencoding(3, 0.2, 0.1, alone=-1),
        "not told apart": reencoding(2.01, 0.51, 0.49, alone=0.01),
    },
}


@pytest.mark.parametrize(("name", "holds"), cases(KNOWN))
def test_the_verdict_is_that_of_the_rows(name, holds):
    assert verdict(EXPERIMENTS[name], KNOWN[name][holds])[0] == holds


def test_runs_by_the_same_loss_are_judged_each():
    _, text = verdict(EXPERIMENTS["vae_samples"], vae_samples(3, 4, 1))
    natural = "more natural, without a pattern that all share"
    assert text == f"1: squared loss {natural}: does not hold, 2: squared loss {natural}: holds"


def test_no_experiment_is_left_out():
    assert set(KNOWN) == set(EXPERIMENTS)


def test_a_picture_that_is_always_the_same_changes_little_and_does_not_pass():
    _, text = verdict(EXPERIMENTS["reencoding"], reencoding(1.0, 0.9, 0.8, simple=9))
    assert "the mean picture: not judged, as mean picture would pass too" in text
