"""What each experiment on inverted features says of its claim, by rows whose answer is known."""

import numpy as np
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


def _with_ends(name, value, spread):
    return {name: value, f"{name}, low": value - spread, f"{name}, high": value + spread}


def feature_space(*layers, average=20.0, pattern=0.01, gaussian=0.2):
    """Of layers (name, overlay of the middle, dB that spectra are off), and of a mean picture."""
    found = []
    for name, overlay, off in layers:
        for how, more in (("by histograms", 0.0), ("by a Gaussian", gaussian)):
            row = {"features": name, "drawn": how, "common": pattern}
            row |= _with_ends("overlay", overlay, 0.02)
            row |= _with_ends("spectrum off by dB", off + more, 0.5)
            found.append(row | _with_ends("by Gaussian less", more, 0.3))
    mean = {"features": "mean picture", "drawn": "", "common": 1.0}
    for name, value in (
        ("overlay", np.nan),
        ("spectrum off by dB", average),
        ("by Gaussian less", np.nan),
    ):
        mean |= _with_ends(name, value, 0.5)
    return [*found, mean]


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


def dark_knowledge(top=0.9, rest=0.55, another=1.2, stays=0.3, follows=0.5, others=0.0):
    """Errors by parts of the scores, all of them 0.5; of hues; of another photograph's scores."""
    found = []
    for picture in ("as it is", "mirrored", "hue + 120", "hue + 240"):
        turned = picture.startswith("hue")
        for scores, error in (
            *(("all", 0.5), ("top 5", top), ("all but top 5", rest)),
            ("another photograph's", another),
        ):
            row = {"picture": picture, "scores": scores}
            row |= _with_ends("times all scores'", error / 0.5, 0.02)
            row |= _with_ends("more than without top 5", error - rest, 0.02)
            row |= _with_ends("class stays", stays if turned else 0.9, 0.04)
            colour = others if scores.startswith("another") else follows
            found.append(row | _with_ends("colour follows", colour if turned else 0, 0.05))
    return found


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
        "does not hold": feature_space(
            *(("conv5", 0.5, 4), ("fc6", 0.9, 8)), pattern=0.5, gaussian=3.0
        ),
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
        "holds": dark_knowledge(),
        "partly": dark_knowledge(rest=0.7),
        "does not hold": dark_knowledge(top=0.6, rest=0.7, stays=1.0, follows=0.0),
        # All scores draw the same blur: another photograph's are as good.
        "not told apart": dark_knowledge(0.5, 0.5, 0.5, stays=0.86, follows=0.1),
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
    # One colour all over is nearer than patches, too.
    assert "the mean colour would pass too" in parts(shallow_features(simple=0.4))[part]


def test_blurs_do_not_pass_for_likely_pictures():
    found = verdict(
        EXPERIMENTS["feature_space"],
        feature_space(("conv5", 0.9, 30), ("fc6", 0.5, 25), average=20),
    )
    assert "likelier: not judged, as mean picture would pass too" in found[1]


def test_scores_that_all_draw_the_same_are_not_judged():
    found = verdict(EXPERIMENTS["dark_knowledge"], dark_knowledge(another=0.55, others=0.5))
    assert "the image stays: not judged, as another photograph's would pass too" in found[1]
    assert "drawn from the scores: not judged, as another photograph's would pass too" in found[1]
