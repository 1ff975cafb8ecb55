"""How far a run came, by what it left beside its checkpoints."""

import re

import tensorflow as tf
from tensorflow.core.util import event_pb2

_PREVIEW = re.compile(r"step_(\d+)\.png")


def trained_to(directory):
    """The step that a run had reached, whether its checkpoints are there or not.

    A run notes the step of each checkpoint. Of one that has no such note, from before there were
    any, the rest of its files tells.

    Args:
      directory: `run_directory.RunDirectory`.

    Returns:
      (step, name of the file that tells it); (0, …) of a run that has saved nothing yet.
    """
    noted = directory.read_step()
    if noted is not None:
        return noted, directory.step.name
    tellers = {
        directory.metrics.name: [int(row["step"]) for row in directory.read_metrics()],
        directory.export.name: _of_export(directory),
        directory.previews.name: _of_previews(directory.previews),
        directory.logs.name: _of_events(directory.logs),
    }
    return max((max(steps, default=0), name) for name, steps in tellers.items())


def _of_export(directory):
    if not directory.export.is_file():
        return []
    text = directory.export.read_bytes().decode("utf-8", "replace")
    return [int(step) for step in re.findall(r"/ckpt-(\d+)$", text, re.MULTILINE)]


def _of_previews(folder):
    matches = (_PREVIEW.fullmatch(path.name) for path in folder.glob("*/*"))
    return [int(match[1]) for match in matches if match]


def _of_events(folder):
    steps = []
    for path in folder.glob("events.out.tfevents.*"):
        try:
            for record in tf.data.TFRecordDataset(str(path)):
                steps.append(event_pb2.Event.FromString(record.numpy()).step)
        except tf.errors.OpError:  # a kill cuts the last record off
            continue
    return steps
