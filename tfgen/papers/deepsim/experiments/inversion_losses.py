"""DeePSiM, section 4.3: inversion with parts of the loss left out, and with other comparators."""

from tfgen.metrics import photographs
from tfgen.metrics.baselines import BASELINES
from tfgen.papers.comparators.comparator import parse
from tfgen.papers.comparators.tables import COMPARATORS
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun, batched, comparison, held_out
from tfgen.pixels import as_float32, as_uint8
from tfgen.runs.experiments.intervals import as_columns, difference, in_row, mean
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import recipe_error, trained_scores, variant
from tfgen.runs.experiments.verdict import above, every

# Table 8: inverting FC6, errors in percent in image space and in feature space.
PAPER = {"full": (55, 48), "without features and adversary": (46, 79)}
_SCORED = 256
_FEATURES, _BEYOND = "error % in features", "more in features than by the full loss"


def run(settings, options):
    """Trains an inverter by the whole loss and by parts of it, all alike.

    Args:
      settings: `inverting.settings.InversionSettings` with all three losses; its run_dir becomes
        the folder of the runs.
      options: `runs.experiments.experiment.Options`.
    """
    weights = settings.perceptual
    if not (weights.lambda_feat and weights.lambda_adv):
        raise recipe_error(
            "`lambda_feat` and `lambda_adv` must be those of an inversion with all losses",
            recipe="deepsim/inversion",
        )
    no_features = {"lambda_feat": 0.0, "comparator": "", "comparator_weights": ""}
    no_adversary = {"lambda_adv": 0.0}
    changes = {
        "full": {},
        "without image": {"image_loss": "none"},
        "without features": no_features,
        "without adversary": no_adversary,
        "without features and adversary": no_features | no_adversary,
        **_deeper(weights.comparator),
        "random comparator": {"comparator_weights": "random"},
    }
    _, crops = held_out(settings, _SCORED)
    drawn, extract = {}, None
    for name, change in changes.items():
        run_settings = variant(settings, name.replace(" ", "_"), perceptual=change)
        trained_scores(run_settings)
        trained = PhotoRun(run_settings.schedule.run_dir)
        # The features that are inverted are the same in all runs.
        extract = extract or trained.model.extract
        drawn[name] = trained.draw(crops)
    answers = {how: as_uint8(f(as_float32(crops))) for how, f in BASELINES.items()}
    rows = _rows(crops, drawn | answers, extract, options.seed)
    return Result(
        title="Inversion: parts of the loss",
        source="Dosovitskiy and Brox (DeePSiM), section 4.3, Figures 7 and 10, Table 8",
        claim=(
            "The full loss is best: without features images are of other things, without adversary "
            "noisy, by the image loss alone blurred; a random comparator still works."
        ),
        finding=f"Errors in features, in percent, on {len(crops)} held-out crops (95 % interval): "
        + ", ".join(f"{row['loss']} {in_row(row, _FEATURES):.1f}" for row in rows)
        + ".",
        parts=parts(rows),
        rows=rows,
        pictures={"figure": comparison(crops, drawn)},
    )


def _rows(crops, drawn, extract, seed):
    """A row of each loss and of each answer without a network."""
    real, targets = crops / 255.0, batched(extract, crops)
    apart = {
        name: 100 * photographs.errors(targets, batched(extract, images))
        for name, images in drawn.items()
    }
    rows = []
    for name, images in drawn.items():
        paper = PAPER.get(name, (float("nan"),) * 2)
        in_images = 100 * photographs.errors(real, images / 255.0)
        rows.append(
            {
                "loss": name,
                **as_columns("error % in images", mean(in_images, seed)),
                **as_columns(_FEATURES, mean(apart[name], seed)),
                **as_columns(_BEYOND, difference(apart[name], apart["full"], seed)),
                "paper's, images": paper[0],
                "paper's, features": paper[1],
                **photographs.statistics(real, images / 255.0),
            }
        )
    return rows


def _deeper(comparator):
    """The comparator with its first vector, FC6, instead (Figures 8 and 10); Keras' have none."""
    name, _ = parse(comparator)
    if name not in COMPARATORS:
        return {}
    layer = COMPARATORS[name].first_vector
    return {f"comparator's {layer}": {"comparator": f"{name}:{layer}"}}


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    by_name = {row["loss"]: row for row in rows}
    full, image_only = by_name["full"], by_name["without features and adversary"]
    random = by_name["random comparator"]
    beyond = {name: above(in_row(row, _BEYOND)) for name, row in by_name.items()}
    other_losses = [name for name in beyond if name not in ("full", *BASELINES)]
    return {
        "nearer in features than without them": beyond["without features"],
        "nearer in features than by the image loss": beyond["without features and adversary"],
        "nearest in features of all losses": every(beyond[name] for name in other_losses),
        "nearer in features than gray and the mean colour": every(beyond[n] for n in BASELINES),
        "sharper than by the image loss": full[photographs.GRADIENTS]
        < image_only[photographs.GRADIENTS],
        "no detail that all pictures share": full[photographs.COMMON] < 0.05,
        "spectrum nearer than without adversary": full[photographs.SPECTRA]
        < by_name["without adversary"][photographs.SPECTRA],
        "a random comparator is sharper than the image loss": random[photographs.GRADIENTS]
        < image_only[photographs.GRADIENTS],
    }
