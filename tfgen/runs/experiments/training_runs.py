"""Several runs that differ in a few settings: trained one after another, each resumable."""

import csv
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
    metrics = RunDirectory(settings.schedule.run_dir).metrics
    with metrics.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise InputError(f"{metrics} has no scores: remove the run and train it again.")
    return {name: float(value) for name, value in rows[-1].items() if value}
