r"""Runs an experiment of the papers on a trained model, or trains what it compares.

    python scripts/experiment.py morphing --model=runs/chairs
    python scripts/experiment.py architectures \
        --flagfile=scripts/recipes/chairs/architectures.flags
    python scripts/experiment.py report

Each writes a page with a table, the table as CSV, and figures into --out; `report` gathers all.
"""

from absl import flags

from tfgen import command_line
from tfgen.config import flags as settings
from tfgen.config.flags import numbers
from tfgen.errors import InputError, renamed
from tfgen.folders import make
from tfgen.papers.catalog import EXPERIMENTS, find_experiment

flags.DEFINE_string("model", "", "A run's folder or an exported model, where one is looked at.")
flags.DEFINE_list("other_models", [], "Further runs, where several are compared.")
flags.DEFINE_list("styles", [], "Numbers of the styles to show; empty: some.")
flags.DEFINE_float("azimuth", 30.0, "Azimuth of the views in degrees.")
flags.DEFINE_float("elevation", 20.0, "Elevation of the views in degrees.")
flags.DEFINE_integer("draw_seed", 0, "Seed of what is drawn at random.", 0)
flags.DEFINE_integer("trainings", 3, "Of each network that is compared with others; seeds.", 1)
flags.DEFINE_string("judge", "googlenet", "Classifier of photographs that judges drawings.")
flags.DEFINE_string("judge_weights", "", "Its file of weights; empty: none judges.")
flags.DEFINE_list("labelled", [], "Folders of photographs with classes, to classify by codes.")
flags.DEFINE_list("lpips_weights", [], "Files of AlexNet's and LPIPS' weights; empty: no LPIPS.")
flags.DEFINE_string("out", "experiments", "Folder for tables and figures.")


def main(argv):
    """Runs it, and writes its result."""
    values = flags.FLAGS
    if len(argv) < 2:
        listed = "\n".join(
            f"  {name:22} {experiment.summary}" for name, experiment in EXPERIMENTS.items()
        )
        raise InputError(f"the experiment's name is missing: give one of\n{listed}\n  report")
    if argv[1] == "report":
        from tfgen.runs.experiments.summary import write_report

        print(f"Wrote {write_report(values.out, EXPERIMENTS)}")
        return
    by_name = ("azimuth", "elevation", "trainings", "judge", "judge_weights")
    choices = {name: values[name].value for name in by_name} | {
        "styles": tuple(int(style) for style in numbers("styles", values.styles)),
        "seed": values.draw_seed,
        "others": tuple(values.other_models),
        "labelled": tuple(values.labelled),
        "lpips_weights": tuple(values.lpips_weights),
    }
    experiment = find_experiment(argv[1])
    make(values.out, "out")  # a mistake is told before the work
    options = experiment.choose(choices)
    from tfgen.runs.experiments.result import write
    from tfgen.runs.experiments.training_runs import scaled

    task_settings = settings.of_tasks(experiment.trains)
    if experiment.trains:
        result = experiment.function()(*task_settings.values(), options)
        config = task_settings[experiment.trains[0]]
        folder = config.schedule.run_dir
    elif not values.model:
        raise InputError("--model is missing: give a run's folder or an exported model.")
    else:
        with renamed(path="model"):
            trained = experiment.open_run(values.model)
        with renamed(others="other_models"):
            result = experiment.function()(trained, options)
        config, folder = (trained.settings, values.model) if trained.is_run else (None, "")
    path = write(scaled(result, config, folder, *options.others), values.out, argv[1])
    print(f"{result.finding}\nAt our scale: {result.verdict}\nWrote {path}")


if __name__ == "__main__":
    command_line.run(main, arguments=1, settings=True)
