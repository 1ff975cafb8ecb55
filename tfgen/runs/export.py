"""Exports a run to TensorFlow Serving's layout."""

from pathlib import Path

from tfgen.export.saved_model import publish
from tfgen.runs.restore import restore


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
    name = name or Path(run_dir).resolve().name
    return publish(run.variables(), run.signatures(), run.manifest(), export_dir, name)
