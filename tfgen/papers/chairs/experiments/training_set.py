"""Table 2, Figures 5 and 6: the number of models, and augmentation."""

import itertools

import numpy as np

from tfgen.errors import InputError
from tfgen.metrics.objects import smoothness
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.drawings import morph_frames, one_hot
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant

# Table 2: number of car models -> per-pixel mean squared error, times 1000; augmented last.
PAPER_MSE = {500: 0.48, 1000: 0.66, 3000: 0.84, 7124: 0.97, "1000 + T": 1.18}
_MORPHS = 4
_SHARED = 8
_FRAMES = 9


def run(settings, options):
    """Trains on an eighth, a quarter, a half and all models, and on a quarter with T_theta.

    Args:
      settings: `settings.GeneratorSettings`; `models` (of meshes `max_meshes`) is the
        largest number, run_dir the folder of the runs.
      options: `options.Options`.
    """
    number = "max_meshes" if settings.data.dataset == "meshes" else "models"
    most = getattr(settings.data, number)
    if most < 8 * _SHARED:
        raise InputError(f"`{number}`={most} is too few: give at least {8 * _SHARED}.")
    sizes = [most // 8, most // 4, most // 2, most]
    runs = [(f"{size}", size, 0.0) for size in sizes] + [(f"{sizes[1]} + T", sizes[1], 1.0)]
    rows, trained, nan = [], {}, float("nan")
    for (name, size, strength), (paper, mse) in zip(runs, PAPER_MSE.items(), strict=True):
        run_settings = variant(
            settings,
            name.replace(" + ", "_"),
            data={number: size},
            objective={"transform_strength": strength},
        )
        scores = trained_scores(run_settings)
        trained[name] = Trained(run_settings.schedule.run_dir)
        rows.append(
            {
                "models": name,
                "MSE x 1000": 1000 * scores.get("training/image_mse", nan),
                "MSE x 1000, over white": 1000 * scores["training/mse"],
                "MSE x 1000, over white, held-out views": 1000 * scores.get("held_out/mse", nan),
                "evenness of morphs": _evenness(trained[name], options),
                "paper's models": str(paper),
                "paper's MSE x 1000": mse,
            }
        )
    errors = [row["MSE x 1000"] for row in rows]
    return Result(
        title="Training-set size and augmentation",
        source="Dosovitskiy et al., section 4.3, Table 2, Figures 5 and 6",
        claim=(
            "With a fixed number of steps, more models mean a larger training error; augmentation "
            "makes it larger still, and morphs smoother."
        ),
        finding=(
            "training error of equation (1)'s image "
            f"{', '.join(f'{e:.2f}' for e in errors[:4])} e-3 for "
            f"{', '.join(map(str, sizes))} models, {errors[4]:.2f}e-3 for {sizes[1]} with T_theta; "
            f"evenness of morphs {rows[1]['evenness of morphs']:.2f} without, "
            f"{rows[4]['evenness of morphs']:.2f} with it (1: equal steps). "
            "The paper's rows beside ours are of other numbers of models, on ShapeNet's cars."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": _styles_figure(trained, options),
            "morphs": _morphs_figure(trained[runs[1][0]], trained[runs[4][0]], options),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    errors = [row["MSE x 1000"] for row in rows]
    return {
        "more models, larger error": all(a < b for a, b in itertools.pairwise(errors[:4])),
        "augmentation makes it larger": errors[4] > errors[1],
        "augmentation makes morphs smoother": rows[4]["evenness of morphs"]
        > rows[1]["evenness of morphs"],
    }


def _morphs(trained, options):
    # The smallest collection has to know the styles: all have the same first ones.
    return [
        morph_frames(
            *(trained.draw, trained.description),
            *one_hot(pair, trained.num_styles),
            *(_FRAMES, options.view),
        )[0]
        for pair in options.pairs(_MORPHS, _SHARED)
    ]


def _evenness(trained, options):
    return float(np.mean([smoothness(frames) for frames in _morphs(trained, options)]))


def _styles_figure(trained, options):
    """Figure 5: the truth, then a column for each number of models."""
    first = next(iter(trained.values()))
    truth = first.view(options.azimuth, options.elevation)[: _SHARED // 2]
    columns = [list(truth.over_white())]
    for model in trained.values():
        columns.append(list(model.draw_views(truth)))
    rows = [list(row) for row in zip(*columns, strict=True)]
    return image_grid(rows, column_labels=["truth", *trained], title="models in the training set")


def _morphs_figure(plain, augmented, options):
    """Figure 6: pairs of rows, without and with augmentation."""
    rows, names = [], []
    for a, b in zip(_morphs(plain, options), _morphs(augmented, options), strict=True):
        rows += [list(a), list(b)]
        names += ["without T", "with T"]
    return image_grid(rows, names, title="morphs without and with augmentation")
