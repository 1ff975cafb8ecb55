"""Exports a run to TensorFlow Serving's layout."""

import csv
from pathlib import Path

from tfgen.export.manifest import Manifest
from tfgen.export.saved_model import publish
from tfgen.runs.restore import restore
from tfgen.training.run_directory import RunDirectory


def export(run_dir, export_dir, name="", checkpoint=None):
    """Exports a checkpoint of a run as the next version of a model.

    Args:
      run_dir: the run's folder.
      export_dir: folder of models.
      name: of the model; empty for the run's.
      checkpoint: path of the checkpoint; None for the newest.

    Returns:
      Path of the version directory.

    Raises:
      InputError: there is no such run or checkpoint, or `export_dir` cannot be written.
    """
    run = restore(run_dir, checkpoint)
    manifest = Manifest(
        kind=run.kind,
        scores=_scores(RunDirectory(run_dir), checkpoint),
        seed=run.settings.schedule.seed,
        **run.task.manifest(run.networks, run.facts),
    )
    name = name or Path(run_dir).resolve().name
    return publish(run.variables(), run.signatures(), manifest, export_dir, name)


def _scores(directory, checkpoint):
    """Scores of the exported step: name -> float; none where that step was not scored."""
    if not directory.metrics.is_file():
        return {}
    with directory.metrics.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if checkpoint:
        step = str(checkpoint).rsplit("-", 1)[-1]
        rows = [row for row in rows if row["step"] == step]
    if not rows:
        return {}
    return {
        name: float(value)
        for name, value in rows[-1].items()
        if "/" in name and not name.startswith("train/") and value
    }
