"""Table 1 and Figure 4: the five architectures, trained alike."""

import numpy as np

from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.papers.chairs.tables import TABLE_1, generator_spec
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant

# Table 1: per-pixel mean squared error, times 1000.
PAPER_MSE = {"2s-E": 3.43, "2s-S": 3.44, "1s-S": 3.51, "1s-S-wide": 3.41, "1s-S-deep": 2.90}
_SHOWN = 8


def run(settings, options):
    """Trains each row of Table 1 with the same settings, and scores them.

    Args:
      settings: `settings.GeneratorSettings`; its run_dir becomes the folder of the five
        runs.
      options: `options.Options`.
    """
    rows, drawn, truth = [], {}, None
    for name in TABLE_1:
        run_settings = variant(settings, name, model={"architecture": name})
        scores = trained_scores(run_settings)
        trained = Trained(run_settings.schedule.run_dir)
        truth = _views(trained, options) if truth is None else truth
        drawn[name] = trained.draw_views(truth)
        here = trained.generator.spec.expanding_parameters
        paper = generator_spec(name, 128).expanding_parameters
        rows.append(
            {
                "network": name,
                "MSE x 1000": 1000 * scores.get("training/image_mse", float("nan")),
                "MSE x 1000, over white": 1000 * scores["training/mse"],
                "PSNR dB": scores["training/psnr"],
                "mask IoU": scores["training/mask_iou"],
                "parameters here": f"{here / 1e6:.1f}M",
                "paper MSE x 1000": PAPER_MSE[name],
                "paper parameters": f"{TABLE_1[name].parameters}M",
                "parameters at 128 px": f"{paper / 1e6:.1f}M",
            }
        )
    best, deep = _best_and_deep(rows)
    others = [row["MSE x 1000"] for row in rows if row is not deep]
    grid = [list(truth.over_white()), *(list(images) for images in drawn.values())]
    figure = image_grid(grid, ["ground truth", *drawn], title="architectures, training views")
    return Result(
        title="Network architectures",
        source="Dosovitskiy et al., section 4.2, Table 1, Figure 4",
        claim="1s-S-deep has the lowest error by far; the other four differ little.",
        finding=(
            f"{best['network']} has the lowest error of equation (1)'s image on training views, "
            f"{best['MSE x 1000']:.2f}e-3; 1s-S-deep has {deep['MSE x 1000']:.2f}e-3, the others "
            f"{min(others):.2f} to {max(others):.2f}e-3, after {settings.schedule.steps} steps at "
            f"{settings.data.image_size} px."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={"figure": figure},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    best, deep = _best_and_deep(rows)
    return {"1s-S-deep has the lowest error": best is deep}


def _best_and_deep(rows):
    best = min(rows, key=lambda row: row["MSE x 1000"])
    return best, next(row for row in rows if row["network"] == "1s-S-deep")


def _views(trained, options):
    examples = trained.examples[~trained.examples.held_out]
    chosen = options.chosen(min(_SHOWN, trained.num_styles), trained.num_styles)
    rng = np.random.default_rng(options.seed)
    return examples[
        np.array([rng.choice(np.flatnonzero(examples.styles == style)) for style in chosen])
    ]
