"""Inverting Visual Representations, section 5: each layer of a network inverted, with the network
fixed or trained along, and its features perturbed; Figures 4 to 6 and 9.
"""

import numpy as np

from tfgen.data.crops import divided_photographs, fixed_crops
from tfgen.data.source import spread_places
from tfgen.errors import InputError
from tfgen.metrics import photographs
from tfgen.metrics.baselines import BASELINES, Nearest
from tfgen.papers.deepsim.experiments.photo_runs import (
    PhotoRun,
    batched,
    held_out,
    inverted,
    inverted_network,
)
from tfgen.papers.inverting.experiments.perturbations import PERTURBATIONS
from tfgen.papers.inverting.preimage import OF_NETWORKS, Descent, preimages
from tfgen.pictures.curves import line_chart
from tfgen.pictures.image_grid import image_grid
from tfgen.pixels import as_float32, as_uint8
from tfgen.runs.experiments.intervals import UNKNOWN, as_columns, difference, in_row, mean, ratio
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant
from tfgen.runs.experiments.verdict import above, below, controlled, every

_ALEXNET = ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8")
# Network -> layers that are inverted, the earliest first: maps, then vectors.
LAYERS = {
    **dict.fromkeys(("alexnet", "caffenet", "alexnet_owt"), _ALEXNET),
    "googlenet": (
        *("conv2_3x3", "inception_3b", "inception_4b", "inception_4e", "inception_5b"),
        *("pool5", "loss3_classifier"),
    ),
}
FIXED, TUNED, DESCENT, ANOTHER = "fixed", "trained along", "descent", "another photograph's"
NEAREST = "nearest training picture"
_OF_IMAGES = "no layer"
_ERROR, _TIMES, _MORE, _DEEPER = "error", "times fixed", "more than fixed", "more than layer before"
# Weight of total variation by how deep a layer is, as the authors of the descent take it.
_SMOOTHNESS = (1.0, 10.0, 10.0, 10.0)
_SMOOTHEST = 100.0
_SCORED = 256
_LEARNED = 1000
_DESCENDED = 16
_SHOWN = 3


def run(settings, options):
    """Trains an inverter for each layer, twice, all alike.

    Args:
      settings: `settings.InversionSettings`; the layer of --feature is replaced, its
        run_dir becomes the folder of the runs, "fixed_conv1" and so on.
      options: `runs.experiments.experiment.Options`.
    """
    name = inverted_network(settings, recipe="inverting/layers")
    if name not in LAYERS:
        raise InputError(f"`feature`={name}: has no list of layers: give {', '.join(LAYERS)}.")
    _, crops = held_out(settings, _SCORED)
    data = settings.data
    training = divided_photographs(data, settings.schedule).training
    learned = fixed_crops(training, data.image_size, _LEARNED, data.crop_zoom).columns["image"]
    drawn, is_map = {}, {}
    for number, layer in enumerate(LAYERS[name]):
        for kind, finetune in ((FIXED, False), (TUNED, True)):
            changes = {"feature": f"{name}:{layer}", "finetune": finetune}
            folder = f"{kind.replace(' ', '_')}_{layer}"
            run_settings = variant(settings, folder, features=changes)
            trained_scores(run_settings)
            model = PhotoRun(run_settings.schedule.run_dir).model
            drawn[layer, kind] = inverted(model, batched(model.extract, crops))
            if kind == FIXED:
                is_map[layer] = len(model.feature_shape) == 3
                others = _otherwise(model, number, crops, learned, options.seed)
                drawn |= {(layer, how): images for how, images in others.items()}
    drawn |= {(_OF_IMAGES, how): as_uint8(f(as_float32(crops))) for how, f in BASELINES.items()}
    rows = _rows(crops, drawn, is_map, options.seed)
    by = _by(rows)
    return Result(
        title=f"Every layer of {name} inverted",
        source="Dosovitskiy and Brox (Inverting Visual Representations), sections 5.1 to 5.4",
        claim=(
            "The error grows with depth, about twofold from the last map (CONV5) to the first "
            "vector (FC6); training the network along lowers it much for vectors; of the first "
            "vector the pattern of zeros is enough, dropping units is worse than binarising, "
            "dropping the smallest is not; descent is less exact."
        ),
        finding=(
            f"Errors on {len(crops)} held-out crops (95 % interval), the network fixed; trained "
            "along: "
            + ", ".join(
                f"{layer} {in_row(by[layer, FIXED], _ERROR):.2f}; "
                f"{in_row(by[layer, TUNED], _ERROR):.2f}"
                for layer in is_map
            )
            + "; "
            + ", ".join(f"{how} {in_row(by[_OF_IMAGES, how], _ERROR):.2f}" for how in BASELINES)
            + "."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": _figure(crops, drawn, list(is_map)),
            "perturbed": _perturbed_figure(crops, drawn, list(is_map)),
            "errors": _chart(by, list(is_map), [FIXED, TUNED, DESCENT, NEAREST]),
            "perturbations": _chart(by, list(is_map), [FIXED, *PERTURBATIONS]),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    by = _by(rows)
    layers = [row["layer"] for row in rows if row["features"] == FIXED]
    vectors = [layer for layer in layers if not by[layer, FIXED]["a map"]]
    first = vectors[0]
    after_maps = layers.index(first)

    def times(how, layer=first):
        return in_row(by[layer, how], _TIMES)

    jump = by[first, FIXED][_ERROR] / by[layers[after_maps - 1], FIXED][_ERROR]
    return {
        "growing with depth, from each layer to the next": every(
            above(in_row(by[layer, FIXED], _DEEPER)) for layer in layers[1:]
        ),
        "from the last map to the first vector at least 1.5 times": (
            above(in_row(by[first, FIXED], _DEEPER)) is True and bool(jump >= 1.5)
        ),
        "training along lowers it by a tenth or more for vectors": every(
            below(times(TUNED, layer), 0.9) for layer in vectors
        ),
        "of the first vector signs are enough": controlled(
            below(times("binarised"), 1.1), {ANOTHER: below(times(ANOTHER), 1.1)}
        ),
        "dropping half is worse": above(times("dropout"), by[first, "binarised"][_TIMES]),
        "dropping the smallest half is better than any half": every(
            below(times("least dropped", layer), by[layer, "dropout"][_TIMES]) for layer in layers
        ),
        "descent is less exact": every(
            above(in_row(by[layer, DESCENT], _MORE)) for layer in layers
        ),
        "each nearer than gray, the mean colour, the nearest training picture": every(
            above(in_row(row, _MORE)) for row in rows if row["features"] in (*BASELINES, NEAREST)
        ),
    }


def _by(rows):
    return {(row["layer"], row["features"]): row for row in rows}


def _otherwise(model, number, crops, learned, seed):
    """How -> what is drawn of crops by features that are changed, or without the inverter."""
    rng = np.random.default_rng(seed)
    features = batched(model.extract, crops)
    found = {how: inverted(model, f(features, rng)) for how, f in PERTURBATIONS.items()}
    found[ANOTHER] = inverted(model, np.roll(features, 1, axis=0))
    found[NEAREST] = Nearest(batched(model.extract, learned), learned)(features)
    few = spread_places(len(crops), _DESCENDED)
    smoothness = (*_SMOOTHNESS, _SMOOTHEST)[min(number, len(_SMOOTHNESS))]
    descent = Descent(OF_NETWORKS.rates, smoothness)
    size = crops.shape[1]
    found[DESCENT] = as_uint8(preimages(model.extract, features[few], size, descent, seed=seed))
    return found


def _rows(crops, drawn, is_map, seed):
    """A row for each layer and way, beside the layer's fixed network on the same photographs."""
    few = spread_places(len(crops), _DESCENDED)
    scale = photographs.pairwise_normaliser(crops / 255.0)
    errors = {}
    for (layer, how), images in drawn.items():
        truth = crops[few] if how == DESCENT else crops
        errors[layer, how] = photographs.errors(truth / 255.0, images / 255.0, scale)
    layers = list(is_map)
    worst = max(layers, key=lambda layer: errors[layer, FIXED].mean())
    rows = []
    for (layer, how), error in errors.items():
        fixed = errors[worst if layer == _OF_IMAGES else layer, FIXED]
        fixed = fixed[few] if how == DESCENT else fixed
        deeper = UNKNOWN
        if how == FIXED and layer != layers[0]:
            before = errors[layers[layers.index(layer) - 1], FIXED]
            deeper = difference(error, before, seed)
        rows.append(
            {
                "layer": layer,
                "features": how,
                "a map": is_map.get(layer, False),
                "photographs": len(error),
                **as_columns(_ERROR, mean(error, seed)),
                **as_columns(_TIMES, ratio(error, fixed, seed)),
                **as_columns(_MORE, difference(error, fixed, seed)),
                **as_columns(_DEEPER, deeper),
            }
        )
    return rows


def _figure(crops, drawn, layers):
    """Images of every layer by way; the descent drew those that it was given."""
    few = spread_places(len(crops), _DESCENDED)
    grid, names = [], []
    for place in spread_places(len(few), _SHOWN):
        for how in (FIXED, TUNED, DESCENT, NEAREST):
            at = place if how == DESCENT else few[place]
            grid.append([crops[few[place]], *(drawn[layer, how][at] for layer in layers)])
            names.append(how)
    return image_grid(grid, names, column_labels=["image", *layers])


def _perturbed_figure(crops, drawn, layers):
    place = len(crops) // 3
    names = [FIXED, *PERTURBATIONS]
    grid = [[crops[place], *(drawn[layer, how][place] for layer in layers)] for how in names]
    return image_grid(grid, names, column_labels=["image", *layers])


def _chart(by, layers, columns):
    x = list(range(1, len(layers) + 1))
    series = {how: (x, [by[layer, how][_ERROR] for layer in layers]) for how in columns}
    return line_chart(series, "normalised error", f"layer, {layers[0]} to {layers[-1]}")
