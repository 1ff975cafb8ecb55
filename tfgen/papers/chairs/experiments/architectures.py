"""Table 1 and Figure 4: the five architectures, trained alike."""

import numpy as np
import tensorflow as tf

from tfgen.conditions.description import value_arrays
from tfgen.metrics.images import over_white
from tfgen.metrics.objects import squared_errors
from tfgen.papers.chairs.drawing import draw_over_black
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.papers.chairs.tables import TABLE_1, generator_spec
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments import intervals
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, trainings
from tfgen.runs.experiments.verdict import UNTOLD, above, controlled, every

# Table 1: per-pixel mean squared error, times 1000.
PAPER_MSE = {"2s-E": 3.43, "2s-S": 3.44, "1s-S": 3.51, "1s-S-wide": 3.41, "1s-S-deep": 2.90}
_SHOWN = 8
_VIEWS = 1024  # of training, that are scored
_BATCH = 128
_DEEP = "1s-S-deep"
# Equation (1)'s image is over black; what a reader sees, over white, has the mask's errors too.
_IMAGE, _WHITE = "MSE x 1000", "MSE x 1000, over white"


def run(settings, options):
    """Trains each row of Table 1 with the same settings, and scores them on training views.

    Args:
      settings: `settings.GeneratorSettings`; its run_dir becomes the folder of the runs, five for
        each of the trainings.
      options: `options.Options`.
    """
    errors, drawn, sizes, views = {_IMAGE: {}, _WHITE: {}}, {}, {}, None
    for name in TABLE_1:
        model = {"architecture": name}
        each = trainings(settings, name, options.trainings, model=model)
        found = []
        for one in each:
            trained_scores(one)
            trained = Trained(one.schedule.run_dir)
            if views is None:
                seen = trained.examples[~trained.examples.held_out]
                views, shown = seen.spread(_VIEWS), _shown(seen, options, trained.num_styles)
            drawn.setdefault(name, list(trained.draw_views(shown)))
            found.append(_errors(trained, views))
        for kind, of_kind in zip(errors, zip(*found, strict=True), strict=True):
            errors[kind][name] = np.array(of_kind)
        sizes[name] = trained.generator.spec.expanding_parameters
    for control, images in _controls(views).items():
        for kind, of_kind in zip(errors, images, strict=True):
            errors[kind][control] = np.tile(of_kind, (options.trainings, 1))
    rows = [_row(name, errors, sizes) for name in errors[_IMAGE]]
    grid = [list(shown.over_white()), *drawn.values()]
    figure = image_grid(grid, ["ground truth", *drawn], title="architectures, training views")
    return Result(
        title="Network architectures",
        source="Dosovitskiy et al., section 4.2, Table 1, Figure 4",
        claim="1s-S-deep has the lowest error by far; the other four differ little.",
        finding=(
            f"Errors of equation (1)'s image on training views, x 1000: {_order(errors[_IMAGE])}; "
            f"over white, where the mask's count too: {_order(errors[_WHITE])} (~: not told "
            f"apart). {options.trainings} trainings of each; intervals over the styles, too."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={"figure": figure},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    networks = [row for row in rows if not _is_control(row["network"])]
    others = [row for row in networks if row["network"] != _DEEP]
    held = {}
    for kind, words in ((_IMAGE, "of equation (1)'s image"), (_WHITE, "over white")):
        lowest = min(row[kind] for row in others)
        passing = {
            f"the {row['network'].removeprefix('control: ')}": row[kind] < lowest
            for row in rows
            if _is_control(row["network"])
        }
        held[f"{_DEEP} has the lowest error {words}"] = controlled(
            every(above(intervals.in_row(row, f"{kind}, over {_DEEP}'s"), 1.0) for row in others),
            passing,
        )
    held["the others differ less from each other than from it"] = every(map(_differs_less, others))
    return held


def _differs_less(row):
    """Whether a network is nearer to the mean of the others but 1s-S-deep than to that."""
    deep, rest = (
        intervals.in_row(row, f"{_IMAGE}, over {whose}") for whose in (f"{_DEEP}'s", "others'")
    )
    least, most = max(rest.low, 1 / rest.high, 1.0), max(rest.high, 1 / rest.low)
    if most < deep.low:
        return True
    return False if least > deep.high else UNTOLD


def _is_control(name):
    return name.startswith("control: ")


def _row(name, errors, sizes):
    row = {"network": name}
    for kind, each in errors.items():
        row |= intervals.as_columns(kind, intervals.mean(1000 * each[name]))
        row |= intervals.as_columns(
            f"{kind}, over {_DEEP}'s", intervals.ratio(each[name], each[_DEEP])
        )
    rest = [x for n, x in errors[_IMAGE].items() if n not in (name, _DEEP) and not _is_control(n)]
    others = intervals.ratio(errors[_IMAGE][name], np.mean(rest or [errors[_IMAGE][name]], axis=0))
    row |= intervals.as_columns(f"{_IMAGE}, over others'", others)
    known = not _is_control(name)
    paper = generator_spec(name, 128).expanding_parameters if known else 0
    return row | {
        "parameters here": f"{sizes[name] / 1e6:.1f}M" if known else "",
        "paper MSE x 1000": PAPER_MSE.get(name, ""),
        "paper parameters": f"{TABLE_1[name].parameters}M" if known else "",
        "parameters at 128 px": f"{paper / 1e6:.1f}M" if known else "",
    }


def _order(errors):
    """The networks from the best on, "<" between two only where an interval tells them apart."""
    names = sorted((n for n in errors if not _is_control(n)), key=lambda n: errors[n].mean())
    words = []
    for name, following in zip(names, [*names[1:], None], strict=True):
        words.append(f"{name} {1000 * errors[name].mean():.2f}")
        if following:
            apart = intervals.difference(errors[following], errors[name]).low > 0
            words.append("<" if apart else "~")
    return " ".join(words)


def _errors(trained, views):
    """Mean squared errors of each style's views, of equation (1)'s image and over white."""
    values = value_arrays(trained.description, views.values(trained.description))
    images, whites = [], []
    for i in range(0, len(views), _BATCH):
        batch = {name: tf.constant(array[i : i + _BATCH]) for name, array in values.items()}
        image, mask = draw_over_black(trained.generator, batch)
        images.append(255 * image.numpy())
        whites.append(255 * over_white(image, mask).numpy())
    return _of_styles(np.concatenate(images), np.concatenate(whites), views)


def _of_styles(images, whites, views):
    each = squared_errors(images, views.images), squared_errors(whites, views.over_white())
    styles = np.unique(views.styles)
    return tuple([errors[views.styles == style].mean() for style in styles] for errors in each)


def _controls(views):
    """Name -> the same errors, of guesses that no style is told of."""
    mean, mean_white = (x.mean(axis=0) for x in (views.images, views.over_white()))
    return {
        "control: mean object": _of_styles(mean[None], mean_white[None], views),
        "control: blank page": _of_styles(
            np.zeros((1, 1, 1, 1)), np.full((1, 1, 1, 1), 255), views
        ),
    }


def _shown(examples, options, num_styles):
    chosen = options.chosen(min(_SHOWN, num_styles), num_styles)
    rng = np.random.default_rng(options.seed)
    return examples[
        np.array([rng.choice(np.flatnonzero(examples.styles == style)) for style in chosen])
    ]
