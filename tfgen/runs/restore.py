"""The one door back from a run's folder: its settings, its facts, its trained networks."""

import dataclasses
from pathlib import Path

from tfgen.config import registry
from tfgen.errors import InputError
from tfgen.export.manifest import Manifest
from tfgen.training import checkpoint_files
from tfgen.training.checkpoints import restore_networks
from tfgen.training.run_directory import RunDirectory


@dataclasses.dataclass(frozen=True)
class Restored:
    """A run, brought back.

    Attributes:
      path: of its folder.
      settings: `config.run.Settings` of its task.
      facts: what networks and exports need to know beside the settings.
      task: `runs.task.Task`.
      networks: name -> network, in float32, trained.
      checkpoint: path of the checkpoint that the networks are of.
    """

    path: Path
    settings: object
    facts: dict
    task: object
    networks: dict
    checkpoint: object = None

    def signatures(self):
        """What an export of the run answers: name -> `export.servable.Signature`."""
        return self.task.signatures(self.networks, self.facts)

    def variables(self):
        """All variables that the signatures read."""
        return self.task.variables(self.networks)

    def manifest(self):
        """What an export of the run says of itself: an `export.manifest.Manifest`."""
        facts = self.task.manifest(self.networks, self.facts)
        scores = _scores(RunDirectory(self.path), self.checkpoint)
        seed = self.settings.schedule.seed
        return Manifest(kind=self.task.kind, scores=scores, seed=seed, **facts)


def restore(path, checkpoint=None):
    """Brings a run back.

    Args:
      path: the run's folder.
      checkpoint: path of one of its checkpoints; None for the newest.

    Returns:
      Restored.

    Raises:
      InputError: there is no run, no checkpoint, or it belongs to other networks.
    """
    directory = RunDirectory(path)
    settings = directory.read_settings()
    task = registry.find(settings.task).task_class()(settings)
    facts = read_facts(directory, task)
    networks = task.networks(facts)
    checkpoint = checkpoint or checkpoint_files.newest(directory.checkpoints)
    restore_networks(directory.checkpoints, networks, checkpoint)
    return Restored(Path(path), settings, facts, task, networks, checkpoint)


def read_facts(directory, task):
    """The facts of a run, those of runs from before they were kept included; InputError."""
    facts = directory.read_facts()
    if facts is None:
        facts = task.earlier_facts(directory)
    if facts is None:
        raise InputError(
            f"{directory.path} holds a run that has not started to train: train it first."
        )
    return facts


def _scores(directory, checkpoint):
    """Scores of the exported step: name -> float; none where that step was not scored."""
    step = str(checkpoint).rsplit("-", 1)[-1]
    rows = [row for row in directory.read_metrics() if row["step"] == step]
    if not rows:
        return {}
    return {
        name: float(value)
        for name, value in rows[-1].items()
        if "/" in name and not name.startswith("train/") and value
    }
