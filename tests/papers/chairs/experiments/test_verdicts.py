"""What each experiment says of its claim, by rows whose answer is known."""

import numpy as np
import pytest

from tests.verdicts import cases, rows, verdict
from tfgen.papers.chairs.experiments import EXPERIMENTS
from tfgen.runs.experiments.intervals import Interval, as_columns


def architectures(*errors, white=None, control=9.0, width=0.01):
    """Errors of equation (1)'s image, and over white; what follows from them."""
    names = ("2s-E", "2s-S", "1s-S", "1s-S-wide", "1s-S-deep")
    found = []
    for i, name in enumerate((*names, "control: mean object")):
        row = {"network": name}
        for kind, each in (("MSE x 1000", errors), ("MSE x 1000, over white", white or errors)):
            error = (*each, control)[i]
            rest = [x for j, x in enumerate(each[:4]) if j != i]
            row |= {kind: error}
            for whose, by in (("1s-S-deep's", each[4]), ("others'", sum(rest) / len(rest))):
                ratio = Interval(error / by, error / by - width, error / by + width)
                row |= as_columns(f"{kind}, over {whose}", ratio)
        found.append(row)
    return found


def training_set(errors, evenness, sharp=1.2, mean=9.0):
    """Errors of four sizes and of T_theta; evenness over that of plain morphs; sharpness."""
    found = []
    for i, (error, other) in enumerate(zip(errors, (1, *errors[:3], errors[1]), strict=True)):
        row = {"MSE x 1000": error, "evenness of morphs": 0.5 * (evenness if i == 4 else 1)}
        for name, x in (
            ("models that all know, over fewer or plain", error / other),
            ("evenness, over plain", evenness if i == 4 else 1.0),
            ("sharpness in the middle, over a cross-fade's", sharp),
        ):
            row |= as_columns(name, Interval(x, x - 0.05, x + 0.05))
        found.append(row)
    fade = dict.fromkeys(row, float("nan")) | {"evenness of morphs": 1.0}
    fade["sharpness in the middle, over a cross-fade's"] = 1.0
    return [*found, fade, dict.fromkeys(row, float("nan")) | {"MSE x 1000": mean}]


def transformations(color, spatial, zoom_out, size=1.0, control=0.1):
    """Intervals of how alike changes are, and as far off as they are unlike; how large drawn."""
    names = {"colours": color, "spatial": spatial, "zooming out, never seen": zoom_out}
    names |= {"colours, twice the range": color, "spatial, twice the range": spatial}
    found = [(name, x, 0.05, size) for name, x in names.items()]
    found += [
        (f"control: {name}", control, 0.0, 0.0)
        for name in ("no change", "another transformation", "blank page")
    ]
    return [
        {"transformation": name, "alike": x, "low": x - end, "high": x + end, "size": larger}
        | as_columns("off by %", Interval(1 - x, 1 - x - end, 1 - x + end))
        for name, x, end, larger in found
    ]


def view_transfer(few, many, rgb=1.5, hog=1.2, mean=2.0, width=0.1):
    """Times of the error with transfer, of 1 view and of 15; errors that follow from them."""
    found = []
    for views, without in ((1, few), (15, many)):
        error = {"transfer": 1.0, "no transfer": without, "nearest, RGB": rgb}
        error |= {"nearest, HOG": rgb * hog, "control: mean object": mean}
        error["control: blank page"] = 9.0
        times = error | {"transfer": 1 / mean, "nearest, HOG": hog}
        found += [
            (views, guess, error[guess], x, x - width, x + width) for guess, x in times.items()
        ]
    columns = ("views", "guess", "error x 1000", "times", "times, low", "times, high")
    return rows(columns, *found)


def elevation_transfer(*lines, mean=9.0, width=0.05):
    """Of (trained on, alone, both, nearest elevation), errors: what they are to each other."""
    errors = ("alone", "both", "nearest elevation", "mean object", "blank page")
    ratios = ("alone / both", "nearest elevation / both", "alone / nearest elevation")
    columns = ["class", "trained on", *(f"error, {name}" for name in errors)]
    columns += [f"{name}{end}" for name in ratios for end in ("", ", low", ", high")]
    found = []
    for of, alone, both, copy in lines:
        numbers = [
            x + by for x in (alone / both, copy / both, alone / copy) for by in (0, -width, width)
        ]
        category = "tables" if of == NEVER else "chairs"
        found.append((category, of, alone, both, copy, mean, 30.0, *numbers))
    return rows(columns, *found)


def intervals(columns, *lines):
    """Rows of a first column, and of numbers that are known within 0.02 to each side."""
    first, *names = columns
    found = []
    for value, *numbers in lines:
        found.append({first: value})
        for name, x in zip(names, numbers, strict=True):
            found[-1] |= as_columns(name, Interval(x, x - 0.02, x + 0.02))
    return found


def morphing(
    sharp=1.0, connected=1.0, undecided=1.0, ahead=0.05, fade_sharp=0.5, fade_connected=0.7
):
    """Of pairs of one build: the middle over the ends; how far ahead of each control it is."""
    nan = float("nan")
    found = intervals(
        ("drawn by", "sharpness", "connected", "undecided", "error", "network ahead"),
        ("network", sharp, connected, undecided, 0.05, 0.0),
        ("cross-fade", fade_sharp, fade_connected, 3.0, 0.05 + ahead, ahead),
        ("mean object", nan, nan, nan, 0.2, 0.15),
        ("nearest real object", nan, nan, nan, 0.1, 0.1),
    )
    return [row | {"pairs": "of one build"} for row in found]


def arithmetic(pixels=0.05, plain=0.1, apart=0.05, error=0.1):
    """How far ahead of the sum of pictures, and of plain answers; how far layers are apart."""
    controls = dict.fromkeys(("a itself", "c itself", "mean object"), plain)
    controls["pixels: a - b + c"] = pixels
    return intervals(
        ("drawn by", "error", "network ahead"),
        ("FC-2", error, 0.0),
        *((how, error + ahead, ahead) for how, ahead in controls.items()),
        ("layers apart, over a and c", apart, 0.0),
    )


def sets(*lines, fades=0.75):
    """Rows of the yardstick: real objects, controls, and further sets."""
    return intervals(
        ("objects", "spread", "distance to nearest", "outline"),
        ("real objects", 1.0, 1.0, 0.92),
        ("control: mean object", 0.0, 0.7, 0.7),
        ("control: one object again and again", 0.0, 0.0, 1.0),
        ("control: cross-fades of two", 0.7, 0.8, fades),
        ("control: blank page", 0.0, 0.6, 0.0),
        *lines,
    )


def random_objects(weak=0.4, strong_nearest=0.5, noise=0.4, variational=(0.6, 0.8), outline=0.9):
    """Spread of each way, nearness of copies, likeness of outlines; by the weight of divergence."""
    names = ("variational, KL weight 1, 8 numbers", "variational, KL weight 10, 8 numbers")
    return sets(
        ("softmax of noise, sigma 2", weak, 0.9, 0.8),
        ("softmax of noise, sigma 4", 0.8, strong_nearest, 0.9),
        ("mixture of 3 styles", 0.8, 0.7, outline),
        ("mixture of 5 styles", 0.7, 0.8, outline),
        *((f"noise at FC-2, scale {scale}", noise, 0.9, 0.8) for scale in (1, 3) if noise),
        *((name, x, 0.8, outline) for name, x in zip(names, variational, strict=False)),
    )


def latent_space(prior=0.7, outline=0.9, even=0.1, itself=0.9, fades=0.75):
    """Spread and outlines of samples of the prior; evenness; how often a style is drawn as such."""
    names = (
        "samples of the prior",
        "samples of the Gaussian of all known codes",
        "samples between neighbouring codes",
    )
    found = sets(
        ("known styles, from their mean code", 0.9, 0.3, 0.95),
        *((name, prior, 0.8, outline) for name in names),
        fades=fades,
    )
    as_such = {"known": itself, "control: cross-fades": 0.48, "control: mean": 0.0}
    for row in found:
        x = next((x for name, x in as_such.items() if row["objects"].startswith(name)), np.nan)
        column = "nearest to the one it was drawn as"
        row |= as_columns(column, Interval(x, x - 0.02, x + 0.02))
    path = intervals(
        ("objects", "more even by"), ("paths between codes, over paths between styles", even)
    )
    return found + path


def correspondences(ahead=1.0, controls=2.0, suffers=0.5):
    """By how much the morph is ahead of direct matching, of no matching, more if difficult."""
    direct = ("direct flow", "SIFT flow style", "spatial pyramid style")
    return intervals(
        ("method", "morph ahead", "morph ahead, more if difficult"),
        *((name, controls, 0.0) for name in ("identity", "aligned boxes", "cross-fade")),
        *((name, ahead, suffers) for name in direct),
        ("morph", 0.0, 0.0),
    )


def units(own, joint, filled=0.45, zero=0.45):
    """Intervals of both kinds of units; what a mask that fills the frame gets."""
    return rows(
        ("layer", "likeness", "low", "high"),
        ("the style's own", sum(own) / 2, *own),
        ("joint", sum(joint) / 2, *joint),
        ("control: filled frame", filled, filled, filled),
        ("control: all zero", zero, zero - 0.02, zero + 0.02),
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


def new_objects(*lines, mean=9.0, width=0.1, shape=1.2, mean_shape=0.4):
    """Of (views, error of the fitted, of the nearest, of the mean of three); times of overlap."""
    names = ("nearest known", "mean of 3 nearest")
    columns = ["views", "fitted", *names, "mean object", "blank page"]
    columns += [f"{name} / fitted{end}" for name in names for end in ("", ", low", ", high")]
    columns += [f"overlap, {name}" for name in ("nearest known", "mean object", "blank page")]
    columns += [f"overlap, fitted / nearest known{end}" for end in ("", ", low", ", high")]
    shapes = (0.5, mean_shape, 0.0, shape, shape - width, shape + width)
    found = []
    for views, fitted, *others in lines:
        ratios = [x / fitted + by for x in others for by in (0, -width, width)]
        found.append((views, fitted, *others, mean, 30.0, *ratios, *shapes))
    return rows(columns, *found)


SEEN, OTHER, NEVER = "yes", "the other class", "no"
VARIATIONAL = "variational,_KL_weight_"
# Experiment -> verdict -> rows of it.
KNOWN = {
    "architectures": {
        "holds": architectures(3.4, 3.5, 3.4, 3.5, 2.9),
        "partly": architectures(3.4, 3.5, 3.4, 3.5, 2.9, white=(5, 5, 4, 5, 4.5)),
        "does not hold": architectures(5, 4, 3, 1, 2),
        "not told apart": architectures(3.4, 3.5, 3.4, 3.5, 3.4, width=0.1),
    },
    "training_set": {
        "holds": training_set((1, 2, 3, 4, 5), 1.2),
        # Even, but cross-fades.
        "partly": training_set((1, 2, 3, 4, 5), 1.2, sharp=0.9),
        "does not hold": training_set((1, 2, 3, 2, 1), 0.9),
        "not told apart": training_set((1, 1.04, 1.04, 1, 1.03), 1.0),
    },
    "transformations": {
        "holds": transformations(0.9, 0.7, 0.6),
        "partly": transformations(0.75, 0.7, 0.6),
        # Colours that do not change, or by another's change: what a share of nothing called -3.2.
        "does not hold": transformations(0.1, 0.3, 0.2),
    },
    "view_transfer": {
        "holds": view_transfer(2.0, 1.3),
        "partly": view_transfer(2.0, 0.8),
        "does not hold": view_transfer(0.7, 0.9, rgb=0.8, hog=0.5, mean=0.85, width=0.05),
        "not told apart": view_transfer(1.0, 1.05, rgb=1.05, hog=1.0, mean=1.08),
    },
    "elevation_transfer": {
        "holds": elevation_transfer((SEEN, 1, 9, 1), (OTHER, 4, 2, 3), (NEVER, 3, 1, 2)),
        "partly": elevation_transfer((OTHER, 4, 2, 3), (NEVER, 3, 1, 2), (NEVER, 1, 2, 3)),
        "does not hold": elevation_transfer((OTHER, 1, 5, 3), (NEVER, 1, 3, 2), (SEEN, 9, 1, 9)),
        # All are a little worse than the mean object.
        "not judged": elevation_transfer((NEVER, 5, 2, 4), mean=3.0),
    },
    "morphing": {
        "holds": morphing(),
        # As near to the true middle as a cross-fade: what lies between two pictures.
        "partly": morphing(ahead=-0.05),
        "does not hold": morphing(0.7, 0.8, 2.0, -0.05),
        "not told apart": morphing(0.9, 0.95, 1.25, 0.01),
    },
    "arithmetic": {
        "holds": arithmetic(),
        # What the sum of pictures does as well.
        "partly": arithmetic(pixels=-0.05),
        "does not hold": arithmetic(-0.05, -0.05, 0.9),
    },
    "random_objects": {
        "holds": random_objects(),
        # As diverse as real objects, and with outlines of ghosts.
        "partly": random_objects(outline=0.74),
        "does not hold": random_objects(0.9, 1.2, 0.9, (0.4, 0.3), outline=0.7),
    },
    "latent_space": {
        "holds": latent_space(),
        # Ten times the same smudge.
        "partly": latent_space(prior=0.2),
        "does not hold": latent_space(0.2, 0.7, -0.1, 0.3),
    },
    "correspondences": {
        "holds": correspondences(),
        # A tie with direct matching; flow through a cross-fade that is as good.
        "partly": correspondences(ahead=0.01),
        "does not hold": correspondences(-1.0, -0.5, -0.5),
        "not told apart": correspondences(0.01, 0.01, 0.01),
    },
    "units": {
        "holds": units((0.7, 0.8), (0.5, 0.6)),
        "partly": units((0.7, 0.8), (0.6, 0.75)),
        # Blank pages and masks that fill the frame: what was once judged "yes".
        "does not hold": units((0.4, 0.5), (0.0, 0.1), filled=0.55),
    },
    "transformation_units": {
        "holds": transformation_units("yes", "yes", "yes", "yes"),
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
        "holds": new_objects((1, 1, 2, 1.5), (2, 1, 2, 1.5)),
        # The right colours, and blobs.
        "partly": new_objects((1, 1, 2, 1.5), shape=0.8),
        "does not hold": new_objects((1, 2, 1, 1), (2, 2, 1, 1), shape=0.8),
        # The mean of all objects is nearer than the nearest.
        "not judged": new_objects((1, 1, 4, 3), mean=2.0, mean_shape=0.6),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "holds"), cases(KNOWN))
def test_the_verdict_is_that_of_the_rows(name, holds):
    assert verdict(EXPERIMENTS[name], KNOWN[name][holds])[0] == holds


def test_arithmetic_is_not_judged_where_the_true_object_is_not_known():
    holds, text = verdict(EXPERIMENTS["arithmetic"], arithmetic(error=float("nan")))
    assert holds == "holds"  # the layers alone
    assert text.count("not judged, as the true a - b + c is not known") == 2


def test_a_cross_fade_that_is_as_sharp_makes_sharpness_no_evidence():
    _, text = verdict(EXPERIMENTS["morphing"], morphing(fade_sharp=1.0))
    assert "not judged, as cross-fade would pass too" in text


def test_what_no_run_tells_of_random_objects_is_not_judged():
    holds, text = verdict(EXPERIMENTS["random_objects"], random_objects(noise=0, variational=()))
    assert holds == "holds"
    assert text.count("not judged") == 4


def test_blank_pages_are_as_near_to_real_objects_as_bad_copies():
    _, text = verdict(EXPERIMENTS["random_objects"], random_objects(strong_nearest=0.6))
    assert "mean object, blank page: not told apart" in text


def test_what_a_layer_at_zero_draws_as_well_is_no_unit():
    part = "the layer at zero: does not hold"
    assert part in verdict(EXPERIMENTS["units"], units((0.6, 0.7), (0.5, 0.6), zero=0.8))[1]


def test_other_maps_that_leave_a_lattice_too_tell_nothing():
    _, text = verdict(EXPERIMENTS["hidden_maps"], hidden_maps(others=-0.5))
    assert "images have a lattice: not judged, as others would pass too" in text


def test_cross_fades_hang_together_too():
    _, text = verdict(EXPERIMENTS["morphing"], morphing(fade_connected=1.0))
    assert "the middle hangs together: not judged, as cross-fade would pass too" in text


def test_samples_are_not_told_from_cross_fades_where_their_intervals_meet():
    experiment = EXPERIMENTS["latent_space"]
    text = verdict(experiment, latent_space(outline=0.78))[1]
    assert "the prior are diverse objects: not told apart" in text
    # Nor is anything where real objects, each beside the others, are like cross-fades too.
    text = verdict(experiment, latent_space(outline=0.99, fades=0.95))[1]
    assert text.count("not judged, as real objects would not pass") == 3
    assert "are drawn from their codes: holds" in text


def test_weights_of_the_divergence_are_compared_at_one_length_of_the_code():
    found = random_objects()
    for row in found:
        row["objects"] = row["objects"].replace("KL weight 10, 8", "KL weight 10, 256")
    text = verdict(EXPERIMENTS["random_objects"], found)[1]
    assert "the heavier the divergence, the more diverse: not judged" in text
    assert "variational, KL weight 10, 256 numbers, is of diverse objects: holds" in text


def test_no_experiment_is_left_out():
    assert set(KNOWN) == set(EXPERIMENTS)


def test_changes_of_the_wrong_size_or_like_a_control_are_not_drawn():
    experiment = EXPERIMENTS["transformations"]
    assert verdict(experiment, transformations(0.9, 0.7, 0.6, size=0.1))[0] == "partly"
    assert verdict(experiment, transformations(0.6, 0.7, 0.6, size=0.1))[0] == "does not hold"
    assert verdict(experiment, transformations(0.6, 0.7, 0.6, control=0.8))[0] == "does not hold"


def test_the_mean_object_must_not_pass_for_a_network():
    experiment = EXPERIMENTS["view_transfer"]
    words = verdict(experiment, view_transfer(3.0, 2.5, rgb=2.5, mean=2.0))[1]
    both = "the mean object at 1 and the mean object at 15 would pass too"
    assert f"neighbours by RGB: not judged, as {both}" in words
    assert "transfer helps, where its opponent is better than the mean object: not judged" in words


def test_without_unseen_elevations_nothing_is_judged():
    assert verdict(EXPERIMENTS["elevation_transfer"], elevation_transfer((SEEN, 2, 1, 2)))[1] == ""


def test_networks_that_draw_no_better_than_the_mean_object_are_not_compared():
    words = verdict(EXPERIMENTS["architectures"], architectures(3, 3, 3, 3, 2, control=2.5))[1]
    assert words.count("not judged, as the mean object would pass too") == 2


def test_cars_drawn_no_better_than_the_mean_car_tell_nothing_of_their_number():
    words = verdict(EXPERIMENTS["training_set"], training_set((1, 2, 3, 4, 5), 1.2, mean=4.5))[1]
    assert words.count("not judged, as the mean object would pass too") == 2
