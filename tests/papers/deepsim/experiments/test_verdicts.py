"""What each experiment of DeePSiM says of its claim, by rows whose answer is known."""

import pytest

from tests.verdicts import cases, rows, verdict
from tfgen.papers.deepsim.experiments import EXPERIMENTS
from tfgen.runs.experiments.intervals import Interval, as_columns


def _with_ends(row, name, value, spread):
    row |= as_columns(name, Interval(value, value - spread, value + spread))


def autoencoders(image_space, deepsim, common=0.01, pixels=20):
    """Error, accuracy, gradients, spectra, lattice of losses in image space, and of DeePSiM's."""
    columns = ("error %", "accuracy %", "gradients off", "spectrum off by dB")
    losses = dict.fromkeys(("SE loss", "l1 loss"), image_space)
    losses |= dict.fromkeys(("DeePSiM, Exemplar-CNN", "DeePSiM, AlexNet"), deepsim)
    found = []
    for loss, values in losses.items():
        row = {"loss": loss, "lattice / real": values[4], "detail common to all": common}
        for column, value, rival in zip(columns, values, image_space, strict=False):
            beyond = value - rival if column in columns[:2] else rival - value
            _with_ends(row, column, value, 0.2)
            _with_ends(row, f"{column}, beyond the losses in image space", beyond, 0.2)
        found.append(row)
    few = {"loss": "pixels, as many numbers"}
    _with_ends(few, "accuracy %", pixels, 0.2)
    return [*found, few]


def vae_samples(*distances, common=0.01, apart=0.2, repeated=0.0):
    """Samples so far from photographs in gradients and spectra, the first by the image loss."""
    noise = ("noise", 9.0, 0.0, 0.3)
    lines = [("photographs", 0.1, 0.0, 0.25), ("blurred", 0.5, 0.0, 0.2), noise]
    lines += [("ten of them repeated", 0.1, 0.0, repeated)]
    found = []
    for name, off, shared, likest in (
        *lines,
        *(("squared loss", x, common, apart) for x in distances),
    ):
        row = {"samples": name, "detail common to all": shared, "from the likest other": likest}
        for column in ("gradients off", "spectrum off by dB"):
            _with_ends(row, column, off, 0.05)
        found.append(row)
    return found


def classification(ahead, best=50.0, pixels=20.0):
    """Accuracy of a code by the image loss, of one by others, of pixels, by the likeliest class."""
    found = []
    accuracies = {"image": best - ahead, "deepsim": best, "pixels, as many numbers": pixels}
    for by, accuracy in (accuracies | {"the most frequent class": 10.0}).items():
        row = {"photographs": "birds", "by": by}
        _with_ends(row, "accuracy %", accuracy, 2.0)
        _with_ends(row, "ahead of the image loss", accuracy - best + ahead, 2.0)
        found.append(row)
    return found


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
        "does not hold": autoencoders((10, 40, 3, 3, 9), (9, 30, 4, 4, 3), common=0.5, pixels=45),
    },
    "classification": {
        "holds": classification(10),
        # Better than the other code, and no better than a few pixels.
        "partly": classification(10, pixels=55),
        "does not hold": classification(-10, pixels=65),
        "not told apart": classification(1, pixels=50),
    },
    "vae_samples": {
        "holds": vae_samples(3, 2, 1),
        "partly": vae_samples(3, 4, 1),
        # As sharp as can be: one lattice over all of them.
        "does not hold": vae_samples(3, 1, 2, common=0.5),
        "not told apart": vae_samples(3, 2.98),
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
    natural = "more natural, not alike, without a pattern that all share"
    assert text == f"1: squared loss {natural}: does not hold, 2: squared loss {natural}: holds"


def test_samples_that_are_all_alike_do_not_pass():
    _, text = verdict(EXPERIMENTS["vae_samples"], vae_samples(3, 1, apart=0.05))
    assert text.endswith("does not hold")
    _, text = verdict(EXPERIMENTS["vae_samples"], vae_samples(3, 1, repeated=0.2))
    assert text.endswith("not judged, as ten of them repeated would pass too")


def test_no_experiment_is_left_out():
    assert set(KNOWN) == set(EXPERIMENTS)


def test_a_picture_that_is_always_the_same_changes_little_and_does_not_pass():
    _, text = verdict(EXPERIMENTS["reencoding"], reencoding(1.0, 0.9, 0.8, simple=9))
    assert "the mean picture: not judged, as mean picture would pass too" in text
