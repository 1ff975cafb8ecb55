"""Beyond the paper: an object never trained on, from a few of its views, turned all around."""

import dataclasses

import numpy as np

from tfgen.data.drawings import datasets
from tfgen.data.drawings.collection import collect
from tfgen.data.drawings.examples import load_examples
from tfgen.data.source import spread_places
from tfgen.errors import InputError
from tfgen.metrics.objects import overlap, squared_error
from tfgen.papers.chairs.style_fitting import StyleFitter
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments import intervals
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, controlled

VIEWS = (1, 2, 3, 5)
OBJECTS = 16
_MEAN_OF = 3
_SHOWN = 3
_FRAMES = 8
_FITTED, _NEAREST, _SEVERAL = "fitted", "nearest known", f"mean of {_MEAN_OF} nearest"
_ROWS = (_FITTED, _NEAREST, _SEVERAL)
_CONTROLS = ("mean object", "blank page")
_SHAPE = f"overlap, {_FITTED} / {_NEAREST}"


def run(trained, options):
    """Fits styles to 1 to 5 views of new parametric objects, and scores their other views.

    The baselines are the known object whose true views are nearest to the views given, and the mean
    of the three nearest.

    Args:
      trained: `trained.Trained`, a run on a parametric class.
      options: `options.Options`.
    """
    new, (known, known_masks) = _new_objects(trained), _known_views(trained)
    fitter = StyleFitter(trained.generator)
    rng = np.random.default_rng(options.seed)
    rows, shown = [], []
    for count in VIEWS:
        errors = {name: [] for name in (*_ROWS, *_CONTROLS)}
        shapes = {name: [] for name in (_FITTED, _NEAREST, *_CONTROLS)}
        for style in range(OBJECTS):
            views = new[new.styles == style]
            given = rng.choice(len(views), count, replace=False)
            others = np.setdiff1d(np.arange(len(views)), given)
            code = _fit(fitter, views[given]).code
            image, mask = fitter.draw(code, _angles(views))
            order, truth = _nearest_first(known, views, given), views.over_white()
            drawn = {_FITTED: image, **_guesses(known, order, 255)}
            masks = {_FITTED: mask, **_guesses(known_masks, order, 0)}
            for name, images in drawn.items():
                errors[name].append(1000 * squared_error(images[others], truth[others]))
            for name, found in shapes.items():
                found.append(overlap(masks[name][others], views.masks[others]))
            if count == VIEWS[-2] and style < _SHOWN:
                shown += _strips(views, given, drawn)
        rows.append(_row(count, errors, shapes))
    return Result(
        title="A new object from a few pictures",
        source="beyond the paper; baseline after section 5.2",
        claim=(
            "A style fitted to a few views draws the others better than the nearest known one, and "
            f"than the mean of the {_MEAN_OF} nearest; its shape is nearer, too."
        ),
        finding="Error of unseen views over that of the fitted style: "
        + "; ".join(
            f"{name} "
            + ", ".join(
                f"{intervals.in_row(row, f'{name} / {_FITTED}'):.2f} from {row['views']}"
                for row in rows
            )
            for name in (_NEAREST, _SEVERAL)
        )
        + "; overlap of masks, over that of the nearest known "
        + ", ".join(f"{intervals.in_row(row, _SHAPE):.2f} from {row['views']}" for row in rows)
        + f". Intervals over {OBJECTS} objects.",
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(
                shown,
                ["given", "truth", *_ROWS] * (len(shown) // (2 + len(_ROWS))),
                title=f"new objects from {VIEWS[-2]} views, turned",
            )
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    return {
        f"better than the {name}, from {row['views']} views": controlled(
            above(intervals.in_row(row, f"{name} / {_FITTED}"), 1.0),
            {f"the {control}": row[control] < row[name] for control in _CONTROLS},
        )
        for name in (_NEAREST, _SEVERAL)
        for row in rows
    } | {
        f"a nearer shape, from {row['views']} views": controlled(
            above(intervals.in_row(row, _SHAPE), 1.0),
            {
                f"the {control}": row[f"overlap, {control}"] > row[f"overlap, {_NEAREST}"]
                for control in _CONTROLS
            },
        )
        for row in rows
    }


def _row(count, errors, shapes):
    row = {"views": count} | {name: float(np.mean(x)) for name, x in errors.items()}
    for name in (_NEAREST, _SEVERAL):
        ratio = intervals.ratio(errors[name], errors[_FITTED])
        row |= intervals.as_columns(f"{name} / {_FITTED}", ratio)
    row |= {f"overlap, {name}": float(np.mean(x)) for name, x in shapes.items()}
    return row | intervals.as_columns(_SHAPE, intervals.ratio(shapes[_FITTED], shapes[_NEAREST]))


def _new_objects(trained):
    """Views of parametric objects of other seeds than the run's."""
    data = trained.settings.data
    other = dataclasses.replace(data, models=OBJECTS, data_seed=data.data_seed + 10_000)
    holdout = dataclasses.replace(
        trained.settings.holdout, holdout_azimuths=0, holdout_views=0.0, holdout_styles=0.0
    )
    return load_examples(collect(datasets.prepare(other), holdout))


def _angles(views):
    return {"azimuth": views.azimuths, "elevation": views.elevations}


def _fit(fitter, views):
    images, masks = (x.astype(np.float32) / 255 for x in (views.images, views.masks))
    return fitter.fit(images, masks, _angles(views))


def _known_views(trained):
    """True images and masks of all known styles, [styles, views, h, w, c] uint8 each."""
    examples = trained.examples
    if len(examples) % trained.num_styles:
        raise InputError(
            f"`model`={trained.path} lacks views of some styles: train on whole turns."
        )
    return (
        x.reshape(trained.num_styles, -1, *x.shape[1:])
        for x in (examples.over_white(), examples.masks)
    )


def _nearest_first(known, views, given):
    """[styles] int, the known ones by how alike the given views are."""
    away = known[:, given].astype(np.float32) - views[given].over_white()
    return np.square(away).mean(axis=(1, 2, 3, 4)).argsort()


def _guesses(known, order, nothing):
    """Guesses at all views of an object, of images or masks: name -> [views, h, w, c]."""
    return {
        _NEAREST: known[order[0]],
        _SEVERAL: known[order[:_MEAN_OF]].mean(axis=0),
        "mean object": known.mean(axis=0),
        "blank page": np.full_like(known[0], nothing),
    }


def _strips(views, given, drawn):
    """Rows of pictures of a turn: the views given at their places, the truth, the guesses."""
    turn = np.flatnonzero(views.elevations == views.elevations[0])
    turn = turn[spread_places(len(turn), _FRAMES)]
    away = np.abs((views.azimuths[turn][:, None] - views.azimuths[given] + 180) % 360 - 180)
    shown = [None] * len(turn)
    for place, frame in zip(given, away.argmin(axis=0), strict=True):
        shown[frame] = views[[place]].over_white()[0]
    guesses = [list(drawn[name][turn].round().astype(np.uint8)) for name in _ROWS]
    return [shown, list(views.over_white()[turn]), *guesses]
