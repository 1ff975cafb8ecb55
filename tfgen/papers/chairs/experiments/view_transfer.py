"""Section 5.2, Figures 8 and 9: views of objects that were seen from few sides."""

import numpy as np

from tfgen.data.drawings.holdout import target_styles
from tfgen.errors import InputError
from tfgen.metrics.objects import squared_errors
from tfgen.papers.chairs.experiments.neighbours import KnownObjects
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.curves import line_chart
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments import intervals
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, trainings
from tfgen.runs.experiments.verdict import above, controlled, every, higher

VIEWS = (15, 8, 4, 2, 1)
_TARGETS = 0.1
_SHOWN_FRAMES = 12
_NETWORKS = {"transfer": _TARGETS, "no transfer": 1.0}  # share of the styles seen in few views
_MEAN, _BLANK = "control: mean object", "control: blank page"
# Guess -> that over whose error its own is told.
_OVER = {
    "transfer": _MEAN,
    "no transfer": "transfer",
    "nearest, RGB": "transfer",
    "nearest, HOG": "nearest, RGB",
    _MEAN: "transfer",
    _BLANK: "transfer",
}


def run(settings, options):
    """Trains with few views of a tenth of the styles, and with as few of all; scores unseen views.

    Styles are seen equally often in training, so that a target's few views are seen as often with
    transfer as without.

    Args:
      settings: `settings.GeneratorSettings`; its run_dir becomes the folder of the runs, ten for
        each of the trainings.
      options: `options.Options`.
    """
    if round(_TARGETS * settings.data.models) < 2:
        raise InputError(f"`models`={settings.data.models} is too few: give at least 20.")
    rows, strips = [], []
    for views in VIEWS:
        runs = {}
        for name, share in _NETWORKS.items():
            each = trainings(
                settings,
                f"{name.replace(' ', '_')}_{views}",
                options.trainings,
                data={"evenly": "styles"},
                holdout={"holdout_styles": share, "holdout_style_views": views},
            )
            for one in each:
                trained_scores(one)
            runs[name] = [Trained(one.schedule.run_dir) for one in each]
        study = _Study(runs["transfer"][0])
        rows += study.rows(views, runs)
        strips += study.strips({name: each[0] for name, each in runs.items()})
    kinds = ("given", "truth", "with transfer", "without", "nearest, RGB")
    return Result(
        title="Interpolation between viewpoints",
        source="Dosovitskiy et al., section 5.2, Figures 8 and 9",
        claim=(
            "All views of other objects help to draw unseen views of an object, most where few of "
            "its own are known; the network works from a single view; nearest neighbours are "
            "always worse than it, by RGB distance better than by HOG."
        ),
        finding=(
            "Error of unseen views over that with transfer: without it "
            f"{_listed(rows, 'no transfer')}; of the nearest by RGB {_listed(rows, 'nearest, RGB')}"
            f"; of the mean object {_listed(rows, _MEAN)}. {options.trainings} trainings of each "
            f"network; intervals over the {len(study.targets)} target styles, too."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": _chart(rows),
            "strips": image_grid(
                strips,
                [f"{views} views, {kind}" for views in VIEWS for kind in kinds],
                title="one target style around the turn, from the views that were given",
            ),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""

    def better(than):
        return every(
            above(intervals.in_row(row, "times"), 1.0) for row in rows if row["guess"] == than
        )

    def passing(opponent):
        """Whether guesses that know nothing of the object would be better than the opponent."""
        error = {(row["guess"], row["views"]): row["error x 1000"] for row in rows}
        views = {row["views"] for row in rows}
        return {
            f"the {control.removeprefix('control: ')} at {v}": bool(
                error[control, v] < error[opponent, v]
            )
            for v in sorted(views)
            for control in (_MEAN, _BLANK)
        }

    return {
        "transfer helps, where its opponent is better than the mean object": _where_it_counts(rows),
        "it helps more with fewer views than the most": _more_with_fewer(rows),
        "the network beats the mean object from any number of views": every(
            [better(_MEAN), better(_BLANK)]
        ),
        "the network beats neighbours by RGB": controlled(
            better("nearest, RGB"), passing("nearest, RGB")
        ),
        "these beat neighbours by HOG": controlled(better("nearest, HOG"), passing("nearest, HOG")),
    }


def _where_it_counts(rows):
    """Whether transfer helps wherever the network without it is better than the mean object."""
    error = {(row["guess"], row["views"]): row["error x 1000"] for row in rows}
    counting = [
        row
        for row in rows
        if row["guess"] == "no transfer" and row["error x 1000"] < error[_MEAN, row["views"]]
    ]
    return (
        every(above(intervals.in_row(row, "times"), 1.0) for row in counting) if counting else None
    )


def _more_with_fewer(rows):
    """Whether transfer's factor with any fewer views is above that with the most."""
    factors = {
        row["views"]: intervals.in_row(row, "times")
        for row in rows
        if row["guess"] == "no transfer"
    }
    most = factors.pop(max(factors))
    return every(higher(factor, most) for factor in factors.values()) if factors else None


def _listed(rows, guess):
    return ", ".join(
        f"{intervals.in_row(row, 'times'):.2f} at {row['views']}"
        for row in rows
        if row["guess"] == guess
    )


class _Study:
    """Unseen views of the target styles, and guesses at them.

    Attributes:
      targets: [t] int, the styles.
    """

    def __init__(self, trained):
        self._examples = examples = trained.examples
        self.targets = target_styles(trained.settings.holdout, trained.num_styles)
        target = np.isin(examples.styles, self.targets)
        self._given, self._unseen = (
            {style: np.flatnonzero(some & (examples.styles == style)) for style in self.targets}
            for some in (target & ~examples.held_out, target & examples.held_out)
        )
        self._known = KnownObjects(examples, np.unique(examples.styles[~target]))

    def rows(self, views, runs):
        """A row a guess, of its errors and how they compare, with intervals.

        Args:
          views: number of views given.
          runs: name of a network -> `Trained`, one a training.
        """
        errors = {
            name: [self._errors(one.draw_views) for one in each] for name, each in runs.items()
        }
        repeated = len(next(iter(errors.values())))
        for name, images in self._guesses().items():
            guessed = [
                squared_errors(images[style], self._truth(style)).mean() for style in self.targets
            ]
            errors[name] = [guessed] * repeated
        rows = []
        for guess, over in _OVER.items():
            error = intervals.mean(1000 * np.array(errors[guess]))
            times = intervals.ratio(errors[guess], errors[over])
            rows.append(
                {
                    "views": views,
                    "guess": guess,
                    **intervals.as_columns("error x 1000", error),
                    "over": over,
                    **intervals.as_columns("times", times),
                }
            )
        return rows

    def _errors(self, draw):
        """Mean squared error of a network on the unseen views of each target."""
        return [
            squared_errors(draw(self._examples[self._unseen[style]]), self._truth(style)).mean()
            for style in self.targets
        ]

    def _truth(self, style):
        return self._examples[self._unseen[style]].over_white()

    def _guesses(self):
        """Guess without a network -> style -> images of the unseen views."""
        known, given, unseen = self._known, self._given, self._unseen
        return {
            "nearest, RGB": {s: known.nearest(given[s], unseen[s], "RGB") for s in self.targets},
            "nearest, HOG": {s: known.nearest(given[s], unseen[s], "HOG") for s in self.targets},
            _MEAN: {s: known.mean(unseen[s]) for s in self.targets},
            _BLANK: {s: np.full((1, 1, 1, 1), 255) for s in self.targets},
        }

    def strips(self, networks):
        """Rows of pictures around one target: given views, truth, each network, the neighbours."""
        style, examples = self.targets[0], self._examples
        given = self._given[style]
        here = (examples.styles == style) & (examples.elevations == examples.elevations[given[0]])
        turn = np.flatnonzero(here)
        turn = np.roll(
            turn, -np.abs(examples.azimuths[turn] - examples.azimuths[given[0]]).argmin()
        )
        turn = turn[:: max(1, len(turn) // _SHOWN_FRAMES)]
        away = np.abs(
            (examples.azimuths[turn][:, None] - examples.azimuths[given] + 180) % 360 - 180
        )
        shown = [None] * len(turn)
        for place, frame in zip(given, away.argmin(axis=0), strict=True):
            shown[frame] = examples[[place]].over_white()[0]
        nearest = self._known.nearest(given, turn, "RGB").round().astype(np.uint8)
        drawn = [list(one.draw_views(examples[turn])) for one in networks.values()]
        return [shown, list(examples[turn].over_white()), *drawn, list(nearest)]


def _chart(rows):
    series = {}
    for guess in (*_NETWORKS, "nearest, RGB", "nearest, HOG", _MEAN):
        here = [row for row in rows if row["guess"] == guess]
        series[guess] = [row["views"] for row in here], [row["error x 1000"] for row in here]
    return line_chart(series, "error of unseen views x 1000", "views of each target style")
