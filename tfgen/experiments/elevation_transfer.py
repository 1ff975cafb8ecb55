"""Section 5.3, Figures 10 and 11: elevations known from another class, and beyond any known."""

import numpy as np

from tfgen.analysis.image_grid import image_grid
from tfgen.errors import InputError
from tfgen.experiments.result import Result
from tfgen.experiments.trained import Trained
from tfgen.experiments.training_runs import trained_scores, variant

_SHOWN = 3


def run(settings, options):
    """Trains on two classes together and on each alone; scores elevations that were not trained on.

    Args:
      settings: `config.RunConfig` with two classes, elevations for both to be rendered, and
        --keep_elevations for those to train on; its run_dir becomes the folder of the three runs.
      options: `catalog.Options`.
    """
    classes = settings.data.dataset.split(",")
    if len(classes) != 2 or not settings.holdout.keep_elevations:
        raise InputError(
            f"--dataset={settings.data.dataset} needs two classes here, with --keep_elevations."
        )
    runs = {}
    for name, dataset in (*((each, each) for each in classes), ("both", ",".join(classes))):
        of_row = variant(settings, name, data={"dataset": dataset})
        trained_scores(of_row)
        runs[name] = Trained(of_row.schedule.run_dir)
    rows, pictures = [], {}
    for category in classes:
        rows += _rows(category, runs[category], runs["both"])
        pictures[category] = _figure(category, runs[category], runs["both"], options)
    unseen = [row for row in rows if row["trained on"] == "no"]
    better = [row for row in unseen if row["error x 1000, both"] < row["error x 1000, alone"]]
    told = ", ".join(
        f"{row['class']} at {row['elevation']:g} degrees {row['error x 1000, alone']:.1f} to "
        f"{row['error x 1000, both']:.1f}"
        for row in unseen
    )
    share = len(better) / max(len(unseen), 1)
    return Result(
        title="Elevation transfer and extrapolation",
        source="Dosovitskiy et al., section 5.3, Figures 10 and 11",
        claim=(
            "A network that learns tables too draws chairs from elevations that only tables were "
            "seen from, and both classes together extrapolate better to elevations never seen."
        ),
        finding=f"Error x 1000 against true renderings, alone to together: {told}.",
        holds="yes" if share > 0.8 else "partly" if share > 0.3 else "no",
        rows=rows,
        pictures=pictures,
    )


def _rows(category, alone, both):
    rows = []
    truth = alone.examples
    first = both.labels.style_names.index(alone.labels.style_names[0])
    for elevation in np.unique(truth.elevations):
        views = truth[truth.elevations == elevation]
        rows.append(
            {
                "class": category,
                "elevation": float(elevation),
                "trained on": "no" if views.held_out.all() else "yes",
                "error x 1000, alone": 1000 * _error(alone, views, 0),
                "error x 1000, both": 1000 * _error(both, views, first),
            }
        )
    return rows


def _draw(trained, views, first):
    weights = np.eye(trained.num_styles)[views.styles + first]
    return trained.draw(weights, views.azimuths, views.elevations, np.zeros((len(views), 8)))[0]


def _error(trained, views, first):
    drawn = _draw(trained, views, first).astype(np.float32)
    return float(np.square((drawn - views.over_white()) / 255).mean())


def _figure(category, alone, both, options):
    """Rows of truth, alone and both for some styles; columns of elevations."""
    truth = alone.examples
    azimuths = np.unique(truth.azimuths)
    azimuth = azimuths[np.abs((azimuths - options.azimuth + 180) % 360 - 180).argmin()]
    first = both.labels.style_names.index(alone.labels.style_names[0])
    rows, names = [], []
    for style in range(min(_SHOWN, alone.num_styles)):
        views = truth[(truth.styles == style) & (truth.azimuths == azimuth)]
        rows += [
            list(views.over_white()),
            list(_draw(alone, views, 0)),
            list(_draw(both, views, first)),
        ]
        names += ["truth", f"{category} alone", "both"]
    trained_on = truth[(truth.styles == 0) & (truth.azimuths == azimuth)]
    columns = [
        f"{e:g}{' (unseen)' if held else ''}"
        for e, held in zip(trained_on.elevations, trained_on.held_out, strict=True)
    ]
    return image_grid(rows, names, columns, f"elevations of {category}")
