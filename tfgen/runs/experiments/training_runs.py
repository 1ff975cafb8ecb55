"""Several runs that differ in a few settings: trained one after another, each resumable."""

import dataclasses
from pathlib import Path

from tfgen.errors import InputError
from tfgen.runs.train import train
from tfgen.training.run_directory import RunDirectory


def variant(settings, name, **parts):
    """The settings of one run of several.

    Args:
      settings: `config.run.Settings` that they share; its run_dir is the folder of them all.
      name: of the run's own folder in it.
      **parts: part of the settings -> dict of changes.
    """
    parts.setdefault("schedule", {})
    parts["schedule"] |= {"run_dir": str(Path(settings.schedule.run_dir) / name), "export_dir": ""}
    changed = {
        part: dataclasses.replace(getattr(settings, part), **changes)
        for part, changes in parts.items()
    }
    return dataclasses.replace(settings, **changed)


def trainings(settings, name, count, **parts):
    """`variant`s that differ in their seeds: a list of `count`, each in a folder of its own."""
    schedule, first = parts.pop("schedule", {}), settings.schedule.seed
    return [
        variant(settings, f"{name}_{seed}", schedule=schedule | {"seed": seed}, **parts)
        for seed in range(first, first + count)
    ]


def recipe_error(fact, recipe):
    """InputError of settings that an experiment cannot start from.

    Args:
      fact: what is wrong with them.
      recipe: of settings that are right: a file in scripts/recipes, without its ending.
    """
    return InputError(f"{fact}: give the settings of scripts/recipes/{recipe}.flags.")


def trained_scores(settings):
    """Trains a run to its end, unless that has been done.

    Args:
      settings: `config.run.Settings`.

    Returns:
      The last row of its metrics: "training/mse", "held_out/psnr", … -> float.

    Raises:
      InputError: the settings are wrong.
      KeyboardInterrupt: the run was stopped by a signal; it goes on next time.
    """
    print(f"--- {settings.schedule.run_dir}", flush=True)
    if train(settings).interrupted:
        raise KeyboardInterrupt
    directory = RunDirectory(settings.schedule.run_dir)
    rows = directory.read_metrics()
    if not rows:
        raise InputError(f"{directory.metrics} has no scores: remove the run and train it again.")
    return {name: float(value) for name, value in rows[-1].items() if value}


def scaled(result, settings, *folders):
    """A result that says at what scale it was found.

    Args:
      result: `result.Result`.
      settings: `config.run.Settings`, of data, network and training; None: nothing is known.
      *folders: of the runs that it was found on.
    """
    if settings is None:
        return result
    scale = ", ".join(settings.facts()) + "."
    return dataclasses.replace(result, scale=scale, minutes=minutes_trained(*folders))


def minutes_trained(*folders):
    """How long all runs in some folders were trained, by the rates that they noted; nan: no runs.

    Args:
      *folders: of runs, or of several.
    """
    found = [path.parent for folder in folders for path in Path(folder).glob("**/metrics.csv")]
    seconds = [_seconds(run) for run in sorted(found)]
    return sum(seconds) / 60 if seconds else float("nan")


def _seconds(run):
    """Of one run: images over their rate, epoch by epoch."""
    directory = RunDirectory(run)
    batch_size = directory.read_settings().schedule.batch_size
    total, before = 0.0, 0
    for row in directory.read_metrics():
        step = int(row["step"])
        total += (step - before) * batch_size / float(row["images_per_second"])
        before = step
    return total
