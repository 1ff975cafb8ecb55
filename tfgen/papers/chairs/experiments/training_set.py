"""Table 2, Figures 5 and 6: the number of models, and augmentation."""

import numpy as np

from tfgen.errors import InputError
from tfgen.metrics.objects import sharpness, smoothness
from tfgen.papers.chairs.experiments import style_errors
from tfgen.papers.chairs.experiments.style_errors import IMAGE, WHITE
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.drawings import morph_frames, one_hot
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments import intervals
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, trainings
from tfgen.runs.experiments.verdict import above, controlled, every

# Table 2: number of car models -> per-pixel mean squared error, times 1000; augmented last.
PAPER_MSE = {500: 0.48, 1000: 0.66, 3000: 0.84, 7124: 0.97, "1000 + T": 1.18}
_LEAST = 8  # models of the smallest training set
_MORPHS = 8
_SHOWN_MORPHS, _SHOWN_STYLES = 4, 4
_FRAMES = 9
_VIEWS = 1024  # of training, that are scored
_CROSS_FADE = "control: cross-fade"
_OVER = "models that all know, over fewer or plain"
_EVENNESS, _EVENNESS_OVER = "evenness of morphs", "evenness, over plain"
_SHARPNESS = "sharpness in the middle, over a cross-fade's"


def run(settings, options):
    """Trains on as large shares of the models as the paper, and on the second one with T_theta.

    Args:
      settings: `settings.GeneratorSettings`; `models` (of meshes `max_meshes`; 7124 trains on the
        paper's numbers) is the largest number, run_dir the folder of the runs.
      options: `options.Options`.
    """
    number = "max_meshes" if settings.data.dataset == "meshes" else "models"
    most, (fewest, *_, all_of_paper, _) = getattr(settings.data, number), PAPER_MSE
    sizes = [round(most * paper / all_of_paper) for paper in list(PAPER_MSE)[:4]]
    if sizes[0] < _LEAST:
        needed = -(-_LEAST * all_of_paper // fewest)
        raise InputError(f"`{number}`={most} is too few: give at least {needed}.")
    runs = [(f"{size}", size, 0.0) for size in sizes] + [(f"{sizes[1]} + T", sizes[1], 1.0)]
    studies = {}
    for name, size, strength in runs:
        each = trainings(
            settings,
            name.replace(" + ", "_"),
            options.trainings,
            data={number: size},
            objective={"transform_strength": strength},
        )
        scores = [trained_scores(one) for one in each]
        trained = [Trained(one.schedule.run_dir) for one in each]
        studies[name] = _Study(trained, scores, sizes[0], options)
    rows = _rows(studies)
    plain, augmented = (studies[runs[i][0]] for i in (1, 4))
    return Result(
        title="Training-set size and augmentation",
        source="Dosovitskiy et al., section 4.3, Table 2, Figures 5 and 6",
        claim=(
            "With a fixed number of steps, more models mean a larger training error; augmentation "
            "makes it larger still, and morphs smoother."
        ),
        finding=(
            "Training error of equation (1)'s image, x 1000: "
            + ", ".join(
                f"{intervals.in_row(row, IMAGE):.2f} for {row['models']} models" for row in rows[:5]
            )
            + f"; evenness of morphs {intervals.in_row(rows[1], _EVENNESS):.2f} without T_theta, "
            f"{intervals.in_row(rows[4], _EVENNESS):.2f} with it (1: equal steps). The numbers of "
            f"models are to each other as the paper's, whose largest is {all_of_paper} of "
            f"ShapeNet's cars. {options.trainings} trainings of each; intervals over models or "
            "morphs, too."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": _styles_figure({name: s.trained[0] for name, s in studies.items()}, options),
            "morphs": _morphs_figure(plain.morphs[0], augmented.morphs[0]),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    _, plain, *more, augmented, fade, mean = rows
    # Networks that draw no better than the mean of all objects have learned nothing to compare.
    useless = {"the mean object": any(mean[IMAGE] < row[IMAGE] for row in rows[:5])}
    larger = every(above(intervals.in_row(row, _OVER), 1.0) for row in (plain, *more))
    smoother = [
        above(intervals.in_row(augmented, _EVENNESS_OVER), 1.0),
        above(intervals.in_row(augmented, _SHARPNESS), 1.0),
    ]
    return {
        "more models, larger error": controlled(larger, useless),
        "augmentation makes it larger": controlled(
            above(intervals.in_row(augmented, _OVER), 1.0), useless
        ),
        "augmentation makes morphs smoother, and they are no cross-fades": controlled(
            every(smoother),
            {"a cross-fade": fade[_EVENNESS] > plain[_EVENNESS] and fade[_SHARPNESS] > 1.0},
        ),
    }


class _Study:
    """One training set's networks, and what is measured of them.

    Attributes:
      trained: `Trained` of each training.
      own: kind of error -> [trainings, models] of the models trained on.
      shared: [trainings, models] errors of equation (1)'s image, of the models that all sets have.
      held_out: mean error over white of held-out views; NaN without any.
      morphs: [trainings, pairs] of [frames, h, w, 3] uint8.
    """

    def __init__(self, trained, scores, shared, options):
        self.trained = trained
        seen = trained[0].examples[~trained[0].examples.held_out]
        own = [style_errors.of_network(one, seen.spread(_VIEWS)) for one in trained]
        self.own = {kind: np.array([each[kind] for each in own]) for kind in (IMAGE, WHITE)}
        self.views = seen[seen.styles < shared].spread(_VIEWS)
        self.shared = np.array([style_errors.of_network(t, self.views)[IMAGE] for t in trained])
        self.held_out = np.mean([1000 * each.get("held_out/mse", np.nan) for each in scores])
        # The smallest collection has to know the styles: all have the same first ones.
        pairs = options.pairs(_MORPHS, shared)
        self.morphs = [[_morph(one, pair, options) for pair in pairs] for one in trained]

    def evenness(self):
        """[trainings, pairs] of the morphs."""
        return [[smoothness(frames) for frames in each] for each in self.morphs]

    def sharpness(self):
        """[trainings, pairs] each, of the morphs' middle and of their ends' cross-fade."""
        middle = [[sharpness(x[len(x) // 2][None]) for x in each] for each in self.morphs]
        fade = [[sharpness(_cross_fade(x)[len(x) // 2][None]) for x in e] for e in self.morphs]
        return middle, fade


def _rows(studies):
    names = list(studies)
    against = dict(zip(names, [None, *names[:3], names[1]], strict=True))
    rows = []
    for (name, study), (paper, mse) in zip(studies.items(), PAPER_MSE.items(), strict=True):
        other, plain = studies.get(against[name]), studies[names[1]]
        rows.append(
            {
                "models": name,
                **intervals.as_columns(IMAGE, intervals.mean(study.own[IMAGE])),
                WHITE: float(study.own[WHITE].mean()),
                f"{WHITE}, held-out views": float(study.held_out),
                **intervals.as_columns(
                    _OVER,
                    intervals.ratio(study.shared, other.shared) if other else intervals.UNKNOWN,
                ),
                **intervals.as_columns(_EVENNESS, intervals.mean(study.evenness())),
                **intervals.as_columns(
                    _EVENNESS_OVER, intervals.ratio(study.evenness(), plain.evenness())
                ),
                **intervals.as_columns(_SHARPNESS, intervals.ratio(*study.sharpness())),
                "paper's models": str(paper),
                "paper's MSE x 1000": mse,
            }
        )
    nothing = dict.fromkeys(rows[0], float("nan")) | {
        "paper's models": "",
        "paper's MSE x 1000": "",
    }
    fades = [smoothness(_cross_fade(frames)) for frames in plain.morphs[0]]
    mean = style_errors.of_controls(plain.views)["control: mean object"]
    return [
        *rows,
        nothing | {"models": _CROSS_FADE, _EVENNESS: float(np.mean(fades)), _SHARPNESS: 1.0},
        nothing
        | {"models": "control: mean object", **{k: float(x.mean()) for k, x in mean.items()}},
    ]


def _morph(trained, pair, options):
    return morph_frames(
        *(trained.draw, trained.description),
        *one_hot(pair, trained.num_styles),
        *(_FRAMES, options.view),
    )[0]


def _cross_fade(frames):
    """As many frames between the same ends, mixed pixel by pixel."""
    t = np.linspace(0, 1, len(frames))[:, None, None, None]
    return ((1 - t) * frames[0] + t * frames[-1]).round().astype(np.uint8)


def _styles_figure(trained, options):
    """Figure 5: the truth, then a column for each number of models."""
    first = next(iter(trained.values()))
    truth = first.view(options.azimuth, options.elevation)[:_SHOWN_STYLES]
    columns = [list(truth.over_white())]
    for model in trained.values():
        columns.append(list(model.draw_views(truth)))
    rows = [list(row) for row in zip(*columns, strict=True)]
    return image_grid(rows, column_labels=["truth", *trained], title="models in the training set")


def _morphs_figure(plain, augmented):
    """Figure 6: of each pair a morph without and with augmentation, and a cross-fade."""
    rows, names = [], []
    for a, b in list(zip(plain, augmented, strict=True))[:_SHOWN_MORPHS]:
        rows += [list(a), list(b), list(_cross_fade(b))]
        names += ["without T", "with T", "its cross-fade"]
    return image_grid(rows, names, title="morphs without and with augmentation")
