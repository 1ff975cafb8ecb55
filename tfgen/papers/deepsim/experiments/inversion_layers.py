"""DeePSiM, section 4.3: inverters of several layers, by the full loss; Figure 5 and Table 8."""

from tfgen.metrics import photographs
from tfgen.metrics.baselines import BASELINES
from tfgen.papers.deepsim.experiments.photo_runs import (
    PhotoRun,
    batched,
    comparison,
    held_out,
    inverted_network,
)
from tfgen.pixels import as_float32, as_uint8
from tfgen.runs.experiments.intervals import as_columns, difference, in_row, mean
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant
from tfgen.runs.experiments.verdict import above, every

# Table 8, "our AlexNet CONV5": errors in percent in image space and in feature space.
PAPER = {"conv5": (43, 37), "fc6": (55, 48), "fc7": (61, 45), "fc8": (63, 29)}
# Table 8, of two earlier methods: the same of each; Dosovitskiy and Brox have none in features.
_DESCENT = {"conv5": (71, 19), "fc6": (80, 19), "fc7": (82, 16), "fc8": (84, 9)}
_INVERTING = {"conv5": 35, "fc6": 51, "fc7": 56, "fc8": 58}
_SCORED = 256
_ERROR = "error % in images"
# By how much more a row's error is than another's, over the same photographs; that of answers
# without a network than the worst layer's.
_BEFORE, _FIRST = "more than the one before", "more than CONV5"


def run(settings, options):
    """Trains an inverter for each layer, all alike.

    Args:
      settings: `inverting.settings.InversionSettings`; the layer of --feature is replaced, its
        run_dir becomes the folder of the runs.
      options: `runs.experiments.experiment.Options`.
    """
    name = inverted_network(settings, recipe="deepsim/inversion")
    _, crops = held_out(settings, _SCORED)
    drawn, in_features = {}, {}
    for layer in PAPER:
        run_settings = variant(settings, layer, features={"feature": f"{name}:{layer}"})
        trained_scores(run_settings)
        trained = PhotoRun(run_settings.schedule.run_dir)
        drawn[layer] = trained.draw(crops)
        a, b = (batched(trained.model.extract, x) for x in (crops, drawn[layer]))
        in_features[layer] = 100 * photographs.normalised_error(a, b)
    answers = {how: as_uint8(f(as_float32(crops))) for how, f in BASELINES.items()}
    errors = {
        how: 100 * photographs.errors(crops / 255.0, images / 255.0)
        for how, images in (drawn | answers).items()
    }
    rows, layers, nan = [], list(PAPER), float("nan")
    worst = max(layers, key=lambda layer: errors[layer].mean())
    for how, images in (drawn | answers).items():
        before = layers[max(0, layers.index(how) - 1)] if how in layers else worst
        paper = PAPER.get(how, (nan, nan))
        rows.append(
            {
                "layer": how,
                **as_columns(_ERROR, mean(errors[how], options.seed)),
                **as_columns(_BEFORE, difference(errors[how], errors[before], options.seed)),
                **as_columns(_FIRST, difference(errors[how], errors[layers[0]], options.seed)),
                "error % in features": in_features.get(how, nan),
                "paper's, images": paper[0],
                "paper's, features": paper[1],
                "Mahendran and Vedaldi, images": _DESCENT.get(how, (nan, nan))[0],
                "Mahendran and Vedaldi, features": _DESCENT.get(how, (nan, nan))[1],
                "Dosovitskiy and Brox, images": _INVERTING.get(how, nan),
                **photographs.statistics(crops / 255.0, images / 255.0),
            }
        )
    return Result(
        title="Inversion: layers",
        source="Dosovitskiy and Brox (DeePSiM), section 4.3, Figure 5, Table 8",
        claim="The deeper the layer, the larger the error in images; CONV5 is nearly perfect.",
        finding=f"Error in images, in percent, on {len(crops)} held-out crops (95 % interval): "
        + ", ".join(f"{row['layer']} {in_row(row, _ERROR):.1f}" for row in rows)
        + ".",
        parts=parts(rows),
        rows=rows,
        pictures={"figure": comparison(crops, drawn)},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    layers, others = rows[: len(PAPER)], rows[len(PAPER) :]
    return {
        "CONV5 is nearest": every(above(in_row(row, _FIRST)) for row in layers[1:]),
        "the deeper, the larger the error": every(
            above(in_row(row, _BEFORE)) for row in layers[1:]
        ),
        "all nearer than gray and than a picture's mean colour": every(
            above(in_row(row, _BEFORE)) for row in others
        ),
    }
