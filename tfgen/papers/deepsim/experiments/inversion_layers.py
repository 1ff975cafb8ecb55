"""DeePSiM, section 4.3: inverters of several layers, by the full loss; Figure 5 and Table 8."""

import itertools

from tfgen.metrics import photographs
from tfgen.papers.deepsim.experiments.photo_runs import (
    PhotoRun,
    batched,
    comparison,
    held_out,
    inverted_network,
)
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant

# Table 8, "our AlexNet CONV5": errors in percent in image space and in feature space.
PAPER = {"conv5": (43, 37), "fc6": (55, 48), "fc7": (61, 45), "fc8": (63, 29)}
_SCORED = 256


def run(settings, options):
    """Trains an inverter for each layer, all alike.

    Args:
      settings: `inverting.settings.InversionSettings`; the layer of --feature is replaced, its
        run_dir becomes the folder of the runs.
      options: `runs.experiments.experiment.Options`.
    """
    del options
    name = inverted_network(settings, recipe="deepsim/inversion")
    _, crops = held_out(settings, _SCORED)
    rows, drawn = [], {}
    for layer, paper in PAPER.items():
        run_settings = variant(settings, layer, features={"feature": f"{name}:{layer}"})
        trained_scores(run_settings)
        trained = PhotoRun(run_settings.schedule.run_dir)
        drawn[layer] = trained.draw(crops)
        a, b = (batched(trained.model.extract, x) for x in (crops, drawn[layer]))
        real, made = crops / 255.0, drawn[layer] / 255.0
        rows.append(
            {
                "layer": layer,
                "error % in images": 100 * photographs.normalised_error(real, made),
                "error % in features": 100 * photographs.normalised_error(a, b),
                "paper's, images": paper[0],
                "paper's, features": paper[1],
                **photographs.statistics(real, made),
            }
        )
    return Result(
        title="Inversion: layers",
        source="Dosovitskiy and Brox (DeePSiM), section 4.3, Figure 5, Table 8",
        claim="The deeper the layer, the larger the error in images; CONV5 is nearly perfect.",
        finding="Error in images: "
        + ", ".join(f"{row['layer']} {row['error % in images']:.0f} %" for row in rows)
        + ".",
        parts=parts(rows),
        rows=rows,
        pictures={"figure": comparison(crops, drawn)},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    errors = [row["error % in images"] for row in rows]
    return {
        "CONV5 is nearest": errors[0] == min(errors),
        "the deeper, the larger the error": all(a < b for a, b in itertools.pairwise(errors)),
    }
