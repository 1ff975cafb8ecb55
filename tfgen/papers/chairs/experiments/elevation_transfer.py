"""Section 5.3, Figures 10 and 11: elevations known from another class, and beyond any known."""

import numpy as np

from tfgen.data.drawings import datasets
from tfgen.data.drawings.collection import collect
from tfgen.errors import InputError
from tfgen.metrics.objects import squared_errors
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments import intervals
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, trainings
from tfgen.runs.experiments.verdict import above, controlled, every

_SHOWN = 3
_BEYOND = (50.0, 70.0, 90.0)  # Figures 10 and 11 go so far
_YES, _OTHER, _NO = "yes", "the other class", "no"
_COPY, _MEAN, _BLANK = "nearest elevation", "mean object", "blank page"
# Column -> those whose errors it divides.
_RATIOS = {
    "alone / both": ("alone", "both"),
    f"{_COPY} / both": (_COPY, "both"),
    f"alone / {_COPY}": ("alone", _COPY),
}


def run(settings, options):
    """Trains on two classes together and on each alone; scores elevations that were not trained on.

    Together both classes are seen equally often, in twice as many steps: each as often as alone.

    Args:
      settings: `settings.GeneratorSettings` with two classes that train on different
        elevations: because their data sets have different ones, or by --keep_elevations, so that
        the others can be scored; its run_dir becomes the folder of the runs, three for each of
        the trainings.
      options: `options.Options`.
    """
    classes = settings.data.dataset.split(",")
    if len(classes) != 2:
        raise InputError(f"`dataset`={settings.data.dataset} is not two classes: give two, as a,b.")
    known = dict(zip(classes, map(_trained_on, _members(settings)), strict=True))
    if known[classes[0]] == known[classes[1]]:
        raise InputError(
            f"`dataset`={settings.data.dataset} has the same elevations in both classes: let them "
            "differ, by `keep_elevations`."
        )
    alone = {name: _trained(settings, options, name, name) for name in classes}
    both = _trained(settings, options, "both", ",".join(classes), **_twice(settings))
    rows, pictures = [], {}
    for category in classes:
        (other,) = set(classes) - {category}
        rows += _rows(category, alone[category], both, known[category], known[other])
        every_known = sorted(known[category] | known[other])
        pictures[category] = _figure(category, alone[category][0], both[0], every_known, options)
    unseen = [row for row in rows if row["trained on"] != _YES]
    return Result(
        title="Elevation transfer and extrapolation",
        source="Dosovitskiy et al., section 5.3, Figures 10 and 11",
        claim=(
            "A network that learns tables too draws chairs very well from elevations that only "
            "tables were seen from, one of chairs alone hardly at all; and both classes together "
            "extrapolate better, and well, to elevations never seen."
        ),
        finding="Error against true renderings, alone over together: "
        + ", ".join(
            f"{row['class']} at {row['elevation']:g} degrees "
            f"{intervals.in_row(row, 'alone / both'):.2f}"
            for row in unseen
        )
        + f". {options.trainings} trainings of each network; intervals over the styles, too."
        if unseen
        else "No true renderings of unseen elevations: see the figures.",
        parts=parts(rows),
        rows=rows,
        pictures=pictures,
    )


def _trained(settings, options, name, dataset, **changes):
    """`Trained` of each training."""
    data = {"dataset": dataset, "evenly": "classes"}
    each = trainings(settings, name, options.trainings, data=data, **changes)
    for one in each:
        trained_scores(one)
    return [Trained(one.schedule.run_dir) for one in each]


def _twice(settings):
    """A schedule twice as long, the rate's with it."""
    names = {"schedule": ("steps",), "optimizer": ("hold_steps", "halve_every")}
    return {
        part: {name: 2 * getattr(getattr(settings, part), name) for name in of}
        for part, of in names.items()
    }


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`; none without true renderings."""
    groups = {}
    for row in rows:
        if row["trained on"] != _YES:
            groups.setdefault((row["class"], row["trained on"]), []).append(row)
    held = {}
    for (category, of), some in groups.items():
        shown = f"{category} from elevations " + (
            "of the other class" if of == _OTHER else "unseen"
        )
        held |= {
            f"{shown}: better together than alone": controlled(
                _above(some, "alone / both"), _passing(some, "alone")
            ),
            f"{shown}: together better than the nearest elevation trained on": controlled(
                _above(some, f"{_COPY} / both"), _passing(some, _COPY)
            ),
        }
        if of == _OTHER:
            held[f"{shown}: alone worse than that"] = _above(some, f"alone / {_COPY}")
    return held


def _above(rows, column):
    return every(above(intervals.in_row(row, column), 1.0) for row in rows)


def _passing(rows, opponent):
    """Control -> whether it would be better than the opponent at all elevations."""
    return {
        f"the {name}": all(row[f"error, {name}"] < row[f"error, {opponent}"] for row in rows)
        for name in (_MEAN, _BLANK)
    }


def _members(settings):
    return collect(datasets.prepare(settings.data), settings.holdout).members


def _trained_on(member):
    """Elevations of a `data.drawings.collection.Member` that are not held out altogether: a set."""
    elevations = member.holdout.axes["elevation"].tolist()
    return set(elevations) - set(member.holdout.held_out_values("elevation").tolist())


def _rows(category, alone, both, known, known_of_other):
    """A row an elevation: errors x 1000, and ratios of them with intervals over the styles."""
    rows = []
    truth = alone[0].examples
    first = both[0].labels.style_names.index(alone[0].labels.style_names[0])
    for elevation in np.unique(truth.elevations).tolist():
        views = truth[truth.elevations == elevation]
        guesses = {
            "alone": [one.draw_views(views) for one in alone],
            "both": [one.draw_views(views, first) for one in both],
            **_controls(truth, views, elevation, known),
        }
        errors = {name: [_errors(x, views) for x in each] for name, each in guesses.items()}
        rows.append(
            {
                "class": category,
                "elevation": elevation,
                "trained on": _trained_on_by(elevation, known, known_of_other),
                **{f"error, {name}": 1000 * float(np.mean(x)) for name, x in errors.items()},
            }
        )
        for column, (a, b) in _RATIOS.items():
            pair = [_repeated(errors[name], len(alone)) for name in (a, b)]
            ratio = intervals.ratio(*pair) if np.all(pair[1]) else intervals.UNKNOWN
            rows[-1] |= intervals.as_columns(column, ratio)
    return rows


def _trained_on_by(elevation, known, known_of_other):
    if elevation in known:
        return _YES
    return _OTHER if elevation in known_of_other else _NO


def _controls(truth, views, elevation, known):
    """Guesses that any picture of the class would do for, a list of one array [n, h, w, 3] each."""
    nearest = min((known - {elevation}) or known, key=lambda other: (abs(other - elevation), other))
    # Both are sorted by style and azimuth.
    copies = truth[np.isclose(truth.elevations, nearest)].over_white().astype(np.float32)
    means = np.empty_like(copies)
    for azimuth in np.unique(views.azimuths):
        same = views.azimuths == azimuth
        means[same] = copies[same].mean(axis=0)
    return {_COPY: [copies], _MEAN: [means], _BLANK: [np.full_like(copies, 255)]}


def _errors(images, views):
    """Mean squared error of each style."""
    errors = squared_errors(images, views.over_white())
    return [errors[views.styles == style].mean() for style in np.unique(views.styles)]


def _repeated(errors, count):
    return errors if len(errors) == count else errors * count


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
