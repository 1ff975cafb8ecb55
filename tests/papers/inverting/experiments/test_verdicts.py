"""What each experiment on inverted features says of its claim, by rows whose answer is known."""

import pytest

from tests.verdicts import cases, rows, verdict
from tfgen.papers.inverting.experiments import EXPERIMENTS
from tfgen.papers.inverting.experiments.shallow_features import parts


def shallow_features(
    hog=0.2, sift=0.3, lbp=0.4, simple=0.6, earlier=0.6, chroma=0.9, moved=0.03, pasted=0.6
):
    """Errors of the networks, of simple answers and of earlier methods; in colour; by light."""
    columns = ("method", "feature", "error", "behind by", "behind by, low", "behind by, high")
    columns += tuple(f"chroma error / gray's{end}" for end in ("", ", low", ", high"))
    columns += ("moved by 0.1 x", "moved by 10 x")
    found = {"hog": hog, "sift": sift, "lbp": lbp}
    before = {"hog": hog, "sift": hog, "lbp": sift}

    def line(method, feature, error, rival, colour=1.5):
        behind = error - rival
        interval = (behind, behind - 0.02, behind + 0.02)
        return (
            method,
            feature,
            error,
            *interval,
            colour,
            colour - 0.05,
            colour + 0.05,
            moved,
            0.01,
        )

    simple_answers = ("gray", "mean colour", "ridge", "nearest training picture")
    return rows(
        columns,
        *(line("network", f, error, before[f], chroma) for f, error in found.items()),
        *(line(name, f, simple, found[f]) for name in simple_answers for f in found),
        *(line("another photograph's drawing", f, 1.2, found[f]) for f in found),
        *(line(name, "hog", earlier, hog) for name in ("HOGgles", "gradient descent")),
        line("pasted patches", "sift", pasted, sift),
    )


def layer_errors(
    errors, tuned=0.8, binarised=1.05, dropped=1.3, least=1.1, descent=1.5, simple=2.0, another=1.6
):
    """Rows of three maps and two vectors: errors, and how many times as large otherwise."""
    columns = ["layer", "features", "a map", "error"]
    for name in ("times fixed", "more than fixed", "more than layer before"):
        columns += [f"{name}{end}" for end in ("", ", low", ", high")]

    def line(layer, how, is_map, error, times, before=float("nan")):
        found = (times, error * (times - 1), before)
        spread = (0.02, 0.01, 0.01)
        ends = [(x, x - d, x + d) for x, d in zip(found, spread, strict=True)]
        return (layer, how, is_map, error * times, *(number for end in ends for number in end))

    lines = []
    for i, error in enumerate(errors):
        layer, before = f"layer {i}", error - errors[i - 1] if i else float("nan")
        ways = {"fixed": 1, "trained along": tuned, "binarised": binarised, "dropout": dropped}
        ways |= {"least dropped": least, "descent": descent, "another photograph's": another}
        ways |= {"nearest training picture": simple}
        lines += [line(layer, how, i < 3, error, t, before) for how, t in ways.items()]
    lines += [line("no layer", how, False, max(errors), simple) for how in ("gray", "mean colour")]
    return rows(columns, *lines)


def feature_space(*lines):
    return rows(("features", "overlay", "spectra by histograms, dB"), *lines)


def recognition(*features, photographs=120, another=None):
    """By how much a feature's drawings are recognised more often than each control's."""
    columns = (
        "feature",
        "drawn by",
        "photographs",
        "network ahead",
        "network ahead, low",
        "network ahead, high",
    )
    controls = ("gray", "mean colour", "ridge", "nearest training picture")
    lines = []
    for number, ahead in enumerate(features):
        feature = f"feature {number}"
        lines.append((feature, "network", photographs, 0.0, 0.0, 0.0))
        by = dict.fromkeys(controls, ahead)
        by["another photograph's drawing"] = ahead if another is None else another
        lines += [(feature, how, photographs, x, x - 0.03, x + 0.03) for how, x in by.items()]
    return rows(columns, *lines)


def dark_knowledge(full, five, others, correlation, stays):
    columns = ("error", "colour's correlation", "class stays")
    return rows(columns, *[(x, correlation, stays) for _ in range(3) for x in (full, five, others)])


GROWING = (0.1, 0.2, 0.3, 0.5, 0.6)
# Experiment -> verdict -> rows of it.
KNOWN = {
    "shallow_features": {
        "holds": shallow_features(),
        # Better than earlier methods, and no better than a picture's mean colour.
        "partly": shallow_features(simple=0.35),
        "does not hold": shallow_features(0.9, 0.8, 0.7, chroma=1.1, moved=0.5),
    },
    "layer_errors": {
        "holds": layer_errors(GROWING),
        # What other photographs' features draw is as near.
        "partly": layer_errors(GROWING, another=1.05, simple=0.9),
        "does not hold": layer_errors(
            GROWING[::-1], 1.0, 1.5, 1.3, 1.4, descent=0.5, simple=0.9, another=1.9
        ),
    },
    "feature_space": {
        "holds": feature_space(("conv5", 0.9, 8), ("fc6, along", 0, 0), ("fc6", 0.5, 4)),
        "partly": feature_space(("conv5", 0.9, 4), ("fc6", 0.5, 8)),
        "does not hold": feature_space(("conv5", 0.5, 4), ("fc6", 0.9, 8)),
        "not judged": feature_space(("conv5", 0.9, 8), ("conv5, along", 0.5, 4)),
    },
    "recognition": {
        "holds": recognition(0.1, 0.2),
        "partly": recognition(0.1, -0.1),
        "not told apart": recognition(0.01, 0.02),
        # Drawings that are all alike are recognised as often as another photograph's.
        "does not hold": recognition(0.1, another=-0.04),
        "not judged": recognition(0.1, photographs=20),
    },
    "dark_knowledge": {
        "holds": dark_knowledge(0.5, 0.9, 0.55, 0.6, 0.3),
        "partly": dark_knowledge(0.5, 0.9, 0.7, 0.6, 0.3),
        "does not hold": dark_knowledge(0.5, 0.6, 0.7, 0.1, 1.0),
    },
}


@pytest.mark.parametrize(("name", "holds"), cases(KNOWN))
def test_the_verdict_is_that_of_the_rows(name, holds):
    assert verdict(EXPERIMENTS[name], KNOWN[name][holds])[0] == holds


def test_no_experiment_is_left_out():
    assert set(KNOWN) == set(EXPERIMENTS)


def test_patches_that_do_as_well_as_the_network_are_told():
    part = "SIFT better than pasted patches"
    assert parts(shallow_features())[part] is True
    assert parts(shallow_features(pasted=0.3))[part] is not True
    assert parts(shallow_features(pasted=0.2))[part] is False
