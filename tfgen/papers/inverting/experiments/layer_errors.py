"""Inverting Visual Representations, section 5: each layer of AlexNet inverted, with the network
fixed or trained along, and its features perturbed; Figures 4 to 6 and 9.
"""

import numpy as np

from tfgen.data.source import spread_places
from tfgen.metrics import photographs
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
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant

LAYERS = ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8")
KINDS = {"fixed": False, "fine-tuned": True}
# Weight of total variation by layer, as the authors of the descent take it.
_SMOOTHNESS = {"conv1": 1.0, "conv2": 10.0, "conv3": 10.0, "conv4": 10.0}
_SMOOTHEST = 100.0
_AS_IT_IS = "as it is"
_SCORED = 256
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
    _, crops = held_out(settings, _SCORED)
    rows, drawn, perturbed = [], {kind: {} for kind in (*KINDS, "descent")}, {}
    for layer in LAYERS:
        row = {"layer": layer}
        for kind, finetune in KINDS.items():
            changes = {"feature": f"{name}:{layer}", "finetune": finetune}
            run_settings = variant(settings, f"{kind}_{layer}", features=changes)
            trained_scores(run_settings)
            model = PhotoRun(run_settings.schedule.run_dir).model
            errors, images = perturbed_errors(model, crops, np.random.default_rng(options.seed))
            row |= {
                kind if what == _AS_IT_IS else f"{kind}, {what}": e for what, e in errors.items()
            }
            drawn[kind][layer] = images[_AS_IT_IS]
            if kind == "fixed":
                perturbed[layer] = images
                row["descent"], drawn["descent"][layer] = _descended(
                    model, layer, crops, options.seed
                )
        rows.append(row)
    return Result(
        title="Every layer of AlexNet inverted",
        source="Dosovitskiy and Brox (Inverting Visual Representations), sections 5.1 to 5.4",
        claim=(
            "The error grows with depth, about twofold from CONV5 to FC6; training the network "
            "along lowers it much in high layers; of FC6 the pattern of zeros is enough, dropping "
            "units is worse than binarising, dropping the smallest is not; descent is less exact."
        ),
        finding="Errors with the network fixed (trained along): "
        + ", ".join(f"{r['layer']} {r['fixed']:.2f} ({r['fine-tuned']:.2f})" for r in rows)
        + ".",
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": _figure(crops, drawn),
            "perturbed": _perturbed_figure(crops, perturbed),
            "errors": _chart(rows, [*KINDS, "descent"]),
            "perturbations": _chart(rows, ["fixed", *(f"fixed, {p}" for p in PERTURBATIONS)]),
        },
    )


def perturbed_errors(model, crops, rng):
    """Errors and images of features as they are and perturbed.

    Args:
      model: `inverter.Inverter`.
      crops: [n, s, s, 3] uint8.
      rng: numpy Generator.

    Returns:
      (what was done -> normalised error, what was done -> [n, s, s, 3] uint8).
    """
    features = batched(model.extract, crops)
    changed = {_AS_IT_IS: features}
    changed |= {name: perturb(features, rng) for name, perturb in PERTURBATIONS.items()}
    images = {name: inverted(model, x) for name, x in changed.items()}
    errors = {
        name: photographs.normalised_error(crops / 255.0, x / 255.0) for name, x in images.items()
    }
    return errors, images


def _descended(model, layer, crops, seed):
    few = crops[spread_places(len(crops), _DESCENDED)]
    descent = Descent(OF_NETWORKS.rates, _SMOOTHNESS.get(layer, _SMOOTHEST))
    features = batched(model.extract, few)
    images = preimages(model.extract, features, few.shape[1], descent, seed=seed)
    return photographs.normalised_error(few / 255.0, images), (255 * images).round().astype(
        np.uint8
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    by_layer = {row["layer"]: row for row in rows}
    fixed = [row["fixed"] for row in rows]
    fc6, conv5 = by_layer["fc6"], by_layer["conv5"]
    high = [by_layer[layer] for layer in ("fc6", "fc7", "fc8")]
    return {
        "growing with depth": bool(np.corrcoef(fixed, range(len(fixed)))[0, 1] > 0.8),
        "FC6 at least 1.5 times CONV5": fc6["fixed"] >= 1.5 * conv5["fixed"],
        "training along lowers it in high layers": all(
            row["fine-tuned"] < 0.9 * row["fixed"] for row in high
        ),
        "binarising hardly matters in FC6": fc6["fixed, binarised"] < 1.1 * fc6["fixed"],
        "dropping is worse than binarising": fc6["fixed, dropout"] > fc6["fixed, binarised"],
        "dropping the smallest is better than any": all(
            row["fixed, least dropped"] < row["fixed, dropout"] for row in rows
        ),
        "descent is less exact": all(row["descent"] > row["fixed"] for row in rows),
    }


def _figure(crops, drawn):
    """Images of every layer by kind; the descent drew those that it was given."""
    few = spread_places(len(crops), _DESCENDED)
    grid, names = [], []
    for place in spread_places(len(few), _SHOWN):
        for kind, by_layer in drawn.items():
            images = [x[place if kind == "descent" else few[place]] for x in by_layer.values()]
            grid.append([crops[few[place]], *images])
            names.append(kind)
    return image_grid(grid, names, column_labels=["image", *LAYERS])


def _perturbed_figure(crops, perturbed):
    place = len(crops) // 3
    names = [_AS_IT_IS, *PERTURBATIONS]
    grid = [[crops[place], *(x[name][place] for x in perturbed.values())] for name in names]
    return image_grid(grid, names, column_labels=["image", *LAYERS])


def _chart(rows, columns):
    x = list(range(1, len(rows) + 1))
    series = {column: (x, [row[column] for row in rows]) for column in columns}
    return line_chart(series, "normalised error", "layer, 1 to 5: convolutions, 6 to 8: FC")
