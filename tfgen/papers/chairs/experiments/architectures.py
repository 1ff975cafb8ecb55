"""Table 1 and Figure 4: the five architectures, trained alike."""

import numpy as np

from tfgen.papers.chairs.experiments import style_errors
from tfgen.papers.chairs.experiments.style_errors import IMAGE, WHITE
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
_DEEP = "1s-S-deep"


def run(settings, options):
    """Trains each row of Table 1 with the same settings, and scores them on training views.

    Args:
      settings: `settings.GeneratorSettings`; its run_dir becomes the folder of the runs, five for
        each of the trainings.
      options: `options.Options`.
    """
    errors, drawn, sizes, views = {IMAGE: {}, WHITE: {}}, {}, {}, None
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
            found.append(style_errors.of_network(trained, views))
        for kind, of_kind in errors.items():
            of_kind[name] = np.array([one[kind] for one in found])
        sizes[name] = trained.generator.spec.expanding_parameters
    for control, found in style_errors.of_controls(views).items():
        for kind, of_kind in errors.items():
            of_kind[control] = np.tile(found[kind], (options.trainings, 1))
    rows = [_row(name, errors, sizes) for name in errors[IMAGE]]
    grid = [list(shown.over_white()), *drawn.values()]
    figure = image_grid(grid, ["ground truth", *drawn], title="architectures, training views")
    return Result(
        title="Network architectures",
        source="Dosovitskiy et al., section 4.2, Table 1, Figure 4",
        claim="1s-S-deep has the lowest error by far; the other four differ little.",
        finding=(
            f"Errors of equation (1)'s image on training views, x 1000: {_order(errors[IMAGE])}; "
            f"over white, where the mask's count too: {_order(errors[WHITE])} (~: not told "
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
    for kind, words in ((IMAGE, "of equation (1)'s image"), (WHITE, "over white")):
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
        intervals.in_row(row, f"{IMAGE}, over {whose}") for whose in (f"{_DEEP}'s", "others'")
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
        row |= intervals.as_columns(kind, intervals.mean(each[name]))
        row |= intervals.as_columns(
            f"{kind}, over {_DEEP}'s", intervals.ratio(each[name], each[_DEEP])
        )
    rest = [x for n, x in errors[IMAGE].items() if n not in (name, _DEEP) and not _is_control(n)]
    others = intervals.ratio(errors[IMAGE][name], np.mean(rest or [errors[IMAGE][name]], axis=0))
    row |= intervals.as_columns(f"{IMAGE}, over others'", others)
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
        words.append(f"{name} {errors[name].mean():.2f}")
        if following:
            apart = intervals.difference(errors[following], errors[name]).low > 0
            words.append("<" if apart else "~")
    return " ".join(words)


def _shown(examples, options, num_styles):
    chosen = options.chosen(min(_SHOWN, num_styles), num_styles)
    rng = np.random.default_rng(options.seed)
    return examples[
        np.array([rng.choice(np.flatnonzero(examples.styles == style)) for style in chosen])
    ]
