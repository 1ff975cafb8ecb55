"""What each experiment says of its claim, by rows whose answer is known."""

import pytest

from tests.verdicts import cases, rows, verdict
from tfgen.papers.chairs.experiments import EXPERIMENTS


def architectures(*errors):
    names = ("2s-E", "2s-S", "1s-S", "1s-S-wide", "1s-S-deep")
    return rows(("network", "MSE x 1000"), *zip(names, errors, strict=True))


def training_set(errors, evenness):
    columns = ("MSE x 1000", "evenness of morphs")
    return rows(columns, *zip(errors, (0.5, evenness[0], 0.5, 0.5, evenness[1]), strict=True))


def transformations(color, spatial, zoom_out, size=1.0, control=0.1):
    """Intervals of how alike changes are; how large the drawn ones are."""
    columns = ("transformation", "alike", "low", "high", "size")
    found = {"colours": color, "spatial": spatial, "zooming out, never seen": zoom_out}
    return rows(
        columns,
        *((name, x, x - 0.05, x + 0.05, size) for name, x in found.items()),
        *(
            (f"control: {name}", control, control, control, 0.0)
            for name in ("no change", "another transformation", "blank page")
        ),
    )


def view_transfer(*lines):
    return rows(("transfer", "no transfer", "nearest, RGB", "nearest, HOG"), *lines)


def elevation_transfer(*lines):
    return rows(("trained on", "error x 1000, alone", "error x 1000, both"), *lines)


def morphing(middle, sharpness):
    columns = ("connected, middle", "connected, ends", "sharpness, middle / ends")
    return rows(columns, (middle, 1.0, sharpness), (0.0, 1.0, 0.0))


def random_objects(weak, strong_real, **others):
    columns = ("objects", "diversity", "distance to nearest real")
    return rows(
        columns,
        ("real objects", 0.4, 0.0),
        ("softmax of noise, sigma 2", weak, 0.1),
        ("softmax of noise, sigma 4", 0.3, strong_real),
        ("mixture of 3 styles", 0.2, 0.1),
        *((name.replace("_", " "), diversity, 0.1) for name, diversity in others.items()),
    )


def latent_space(prior, in_codes, in_styles):
    columns = ("diversity", "evenness of paths")
    nan = float("nan")
    return rows(columns, (0.4, nan), (prior, nan), (0.3, nan), (0.3, in_codes), (0.3, in_styles))


def correspondences(morph, direct):
    columns = ("method", "all", "simple", "difficult")
    return rows(
        columns, ("identity", 9, 9, 9), ("direct flow", *direct), ("SIFT flow style", *direct),
        ("morph", *morph),
    )  # fmt: skip


def units(own, joint, filled=0.45):
    """Intervals of both kinds of units; what a mask that fills the frame gets."""
    return rows(
        ("layer", "likeness", "low", "high"),
        ("the style's own", sum(own) / 2, *own),
        ("joint", sum(joint) / 2, *joint),
        ("control: filled frame", filled, filled, filled),
        ("control: mean object", 0.4, 0.4, 0.4),
        ("control: blank page", 0.0, 0.0, 0.0),
    )


def transformation_units(*specialised, at_random=0.1):
    columns = ("specialised", "control: any unit")
    return rows(columns, *((x, at_random) for x in specialised))


def hidden_maps(
    inside=0.2, edge=0.3, regular=2.0, others=0.5, mean_object=0.9, filters=0.5, untrained=(1, 0)
):
    """Error inside; how much more at the edge and summed; lattices, of others less; filters."""
    columns = ("what", "value", "low", "high")
    found = {
        "error inside": inside,
        "error at the edge of what is active": inside + edge,
        "edge over inside": edge,
        "control: each cell alone, summed": inside + edge,
        "sum over together": edge,
        "control: mean object": mean_object,
        "lattice without the regular maps": regular,
        "lattice without as many others": regular - others,
        "regular over others": others,
        "filters of the regular maps": filters,
        "control: untrained, error inside": untrained[0],
        "control: untrained, edge over inside": untrained[1],
        "control: untrained, sum over together": untrained[1],
    }
    return rows(columns, *((what, x, x - 0.05, x + 0.05) for what, x in found.items()))


def new_objects(*lines):
    return rows(("views", "fitted", "nearest known"), *lines)


UNSEEN_BETTER, UNSEEN_WORSE = ("no", 2, 1), ("no", 1, 2)
VARIATIONAL = "variational,_KL_weight_"
# Experiment -> verdict -> rows of it.
KNOWN = {
    "architectures": {
        "holds": architectures(5, 4, 3, 2, 1),
        "does not hold": architectures(5, 4, 3, 1, 2),
    },
    "training_set": {
        "holds": training_set((1, 2, 3, 4, 5), (0.5, 0.6)),
        "partly": training_set((1, 2, 3, 3, 5), (0.6, 0.5)),
        "does not hold": training_set((1, 2, 3, 3, 1), (0.6, 0.5)),
    },
    "transformations": {
        "holds": transformations(0.9, 0.7, 0.6),
        "partly": transformations(0.75, 0.7, 0.6),
        # Colours that do not change, or by another's change: what a share of nothing called -3.2.
        "does not hold": transformations(0.1, 0.3, 0.2),
    },
    "view_transfer": {
        "holds": view_transfer((1, 2, 3, 4), (2, 3, 4, 5)),
        "partly": view_transfer((1, 2, 3, 4), (3, 2, 4, 5)),
        "does not hold": view_transfer((1, 2, 3, 4), (6, 3, 5, 4)),
    },
    "elevation_transfer": {
        "holds": elevation_transfer(("yes", 1, 9), *[UNSEEN_BETTER] * 5),
        "partly": elevation_transfer(*[UNSEEN_BETTER] * 4, UNSEEN_WORSE),
        "does not hold": elevation_transfer(UNSEEN_BETTER, *[UNSEEN_WORSE] * 3, ("yes", 9, 1)),
        "not judged": elevation_transfer(("yes", 2, 1)),
    },
    "morphing": {
        "holds": morphing(0.96, 0.9),
        "partly": morphing(0.96, 0.8),
        "does not hold": morphing(0.9, 0.8),
    },
    "random_objects": {
        "holds": random_objects(
            *(0.1, 0.05), **{f"{VARIATIONAL}1": 0.1, f"{VARIATIONAL}10": 0.3},
            **{"noise_at_FC-2,_scale_1": 0.1},
        ),
        "partly": random_objects(0.1, 0.05, **{f"{VARIATIONAL}1": 0.1}),
        "does not hold": random_objects(0.3, 0.2, **{"noise_at_FC-2,_scale_1": 0.3}),
    },
    "latent_space": {
        "holds": latent_space(0.3, 0.8, 0.7),
        "partly": latent_space(0.1, 0.8, 0.7),
        "does not hold": latent_space(0.1, 0.7, 0.8),
    },
    "correspondences": {
        "holds": correspondences((3, 3, 3), (4, 2, 6)),
        "partly": correspondences((5, 5, 5), (4, 2, 6)),
        "does not hold": correspondences((5, 2, 8), (4, 2, 6)),
    },
    "units": {
        "holds": units((0.7, 0.8), (0.5, 0.6)),
        "partly": units((0.7, 0.8), (0.6, 0.75)),
        # Blank pages and masks that fill the frame: what was once judged "yes".
        "does not hold": units((0.4, 0.5), (0.0, 0.1), filled=0.55),
    },
    "transformation_units": {
        "holds": transformation_units("yes", "yes", "yes", "no"),
        "partly": transformation_units("yes", "no", "no", "no"),
        "does not hold": transformation_units("no", "no"),
        "not judged": transformation_units("yes", "yes", at_random=0.6),
    },
    "hidden_maps": {
        "holds": hidden_maps(),
        # Taking any maps away leaves a lattice; a mean object that is as near as the drawing.
        "partly": hidden_maps(others=-0.5, mean_object=0.3),
        "does not hold": hidden_maps(0.8, -0.3, 1.0, -0.5, filters=1.5),
        # What every network of the kind does, whatever it has learned, is no finding.
        "not told apart": hidden_maps(0.2, 0.3, 1.2, 0, filters=1, untrained=(0.2, 0.3)),
    },
    "new_objects": {
        "holds": new_objects((1, 1, 2), (2, 1, 2)),
        "partly": new_objects((1, 2, 1), (2, 1, 2)),
        "does not hold": new_objects((1, 2, 1), (2, 2, 1)),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "holds"), cases(KNOWN))
def test_the_verdict_is_that_of_the_rows(name, holds):
    assert verdict(EXPERIMENTS[name], KNOWN[name][holds])[0] == holds


@pytest.mark.parametrize(
    ("carried", "apart", "holds"),
    [(0.4, 0.1, "holds"), (0.2, 0.1, "partly"), (0.2, 0.6, "does not hold")],
)
def test_arithmetic_is_judged_by_its_layers_too(carried, apart, holds):
    lines = rows(("a - b carried over to c",), (0.9,), (carried,))
    assert verdict(EXPERIMENTS["arithmetic"], lines, apart, 1.0)[0] == holds


def test_what_no_run_tells_of_random_objects_is_not_judged():
    holds, text = verdict(EXPERIMENTS["random_objects"], random_objects(0.1, 0.05))
    assert holds == "holds"
    assert text.count("not judged") == 3


def test_no_experiment_is_left_out():
    assert {*KNOWN, "arithmetic"} == set(EXPERIMENTS)


def test_changes_of_the_wrong_size_or_like_a_control_are_not_drawn():
    experiment = EXPERIMENTS["transformations"]
    assert verdict(experiment, transformations(0.9, 0.7, 0.6, size=0.1))[0] == "partly"
    assert verdict(experiment, transformations(0.6, 0.7, 0.6, size=0.1))[0] == "does not hold"
    assert verdict(experiment, transformations(0.6, 0.7, 0.6, control=0.8))[0] == "does not hold"
