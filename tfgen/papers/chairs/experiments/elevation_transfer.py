"""Section 5.3, Figures 10 and 11: elevations known from another class, and beyond any known."""

import numpy as np

from tfgen.data.drawings import datasets
from tfgen.data.drawings.collection import collect
from tfgen.errors import InputError
from tfgen.metrics.objects import squared_error
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant

_SHOWN = 3
_BEYOND = (50.0, 70.0)  # Figure 10 goes so far


def run(settings, options):
    """Trains on two classes together and on each alone; scores elevations that were not trained on.

    Args:
      settings: `settings.GeneratorSettings` with two classes that train on different
        elevations: because their data sets have different ones, or by --keep_elevations, so that
        the others can be scored; its run_dir becomes the folder of the three runs.
      options: `options.Options`.
    """
    classes = settings.data.dataset.split(",")
    if len(classes) != 2:
        raise InputError(f"`dataset`={settings.data.dataset} is not two classes: give two, as a,b.")
    known = [_trained_on(member) for member in _members(settings)]
    if known[0] == known[1]:
        raise InputError(
            f"`dataset`={settings.data.dataset} has the same elevations in both classes: let them "
            "differ, by `keep_elevations`."
        )
    runs = {}
    for name, dataset in (*((name, name) for name in classes), ("both", ",".join(classes))):
        run_settings = variant(settings, name, data={"dataset": dataset})
        trained_scores(run_settings)
        runs[name] = Trained(run_settings.schedule.run_dir)
    rows, pictures = [], {}
    for category in classes:
        rows += _rows(category, runs[category], runs["both"])
        pictures[category] = _figure(
            category, runs[category], runs["both"], sorted(known[0] | known[1]), options
        )
    unseen = _unseen(rows)
    errors = ", ".join(
        f"{row['class']} at {row['elevation']:g} degrees {row['error x 1000, alone']:.1f} to "
        f"{row['error x 1000, both']:.1f}"
        for row in unseen
    )
    growth = ", ".join(
        f"{category} {_growth(rows, category, 'alone'):.1f} and "
        f"{_growth(rows, category, 'both'):.1f}"
        for category in classes
    )
    return Result(
        title="Elevation transfer and extrapolation",
        source="Dosovitskiy et al., section 5.3, Figures 10 and 11",
        claim=(
            "A network that learns tables too draws chairs from elevations that only tables were "
            "seen from, and both classes together extrapolate better to elevations never seen."
        ),
        finding=f"Error x 1000 against true renderings, alone to together: {errors}. Over the "
        f"error at elevations trained on, the mean of the unseen is, alone and together: {growth}."
        if unseen
        else "No true renderings of unseen elevations: see the figures.",
        parts=parts(rows),
        rows=rows,
        pictures=pictures,
    )


def _growth(rows, category, which):
    """Mean error at unseen elevations over that at those trained on."""

    def mean(trained_on):
        chosen = [
            row[f"error x 1000, {which}"]
            for row in rows
            if row["class"] == category and row["trained on"] == trained_on
        ]
        return np.mean(chosen) if chosen else np.nan

    return mean("no") / mean("yes")


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`; none without true renderings.

    The second part holds only where the first one does.
    """
    better = [row["error x 1000, both"] < row["error x 1000, alone"] for row in _unseen(rows)]
    if not better:
        return {}
    share = sum(better) / len(better)
    return {
        "together better at over 30 % of unseen elevations": share > 0.3,
        "together better at over 80 % of unseen elevations": share > 0.8,
    }


def _unseen(rows):
    return [row for row in rows if row["trained on"] == "no"]


def _members(settings):
    return collect(datasets.prepare(settings.data), settings.holdout).members


def _trained_on(member):
    """Elevations of a `data.drawings.collection.Member` that are not held out altogether: a set."""
    elevations = member.holdout.axes["elevation"].tolist()
    return set(elevations) - set(member.holdout.held_out_values("elevation").tolist())


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


def _error(trained, views, first):
    return squared_error(trained.draw_views(views, first), views.over_white())


def _figure(category, alone, both, known, options):
    """Rows of truth, alone and both for some styles; columns of elevations, unseen ones too."""
    truth = alone.examples
    azimuths = np.unique(truth.azimuths)
    azimuth = azimuths[np.abs((azimuths - options.azimuth + 180) % 360 - 180).argmin()]
    elevations = np.unique([*known, *truth.elevations, *_BEYOND])
    first = both.labels.style_names.index(alone.labels.style_names[0])
    rows, names = [], []
    for style in range(min(_SHOWN, alone.num_styles)):
        here = np.flatnonzero((truth.styles == style) & (truth.azimuths == azimuth))
        images = dict(zip(truth.elevations[here], truth[here].over_white(), strict=True))
        nothing = np.full_like(next(iter(images.values())), 255)
        rows.append([images.get(elevation, nothing) for elevation in elevations])
        for trained, number in ((alone, style), (both, style + first)):
            values = {"style": number, "azimuth": azimuth, "elevation": elevations}
            rows.append(list(trained.draw(values)[0]))
        names += ["truth", f"{category} alone", "both"]
    seen = truth.elevations[~truth.held_out]
    columns = [f"{e:g}{'' if e in seen else ' (unseen)'}" for e in elevations]
    return image_grid(rows, names, columns, f"elevations of {category}")
