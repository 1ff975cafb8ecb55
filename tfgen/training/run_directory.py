"""The folder of a run: its flags, checkpoints, logs, previews and numbers."""

import os
from pathlib import Path

from tfgen import config, flags
from tfgen.errors import InputError

# What may change when a run goes on: how long, how often, how fast, and where results go; and the
# learning rate, for runs that diverged.
_MAY_CHANGE = {
    "learning_rate",
    "hold_steps",
    "halve_every",
    "steps",
    "data_dir",
    "processes",
    "run_dir",
    "steps_per_epoch",
    "replicas",
    "cache_gb",
    "evaluation_images",
    "keep_checkpoints",
    "profile",
    "export_dir",
    "export_name",
}


def write_text(path, text):
    """Writes a text file whole or not at all."""
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


class RunDirectory:
    """Paths of a run, by what they hold."""

    def __init__(self, path):
        self.path = Path(path)
        self.flags = self.path / "flags.txt"
        self.checkpoints = self.path / "checkpoints"
        self.logs = self.path / "logs"
        self.previews = self.path / "previews"
        self.metrics = self.path / "metrics.csv"
        self.labels = self.path / "labels.json"
        self.classes = self.path / "classes.txt"
        self.export = self.path / "export.txt"

    def create(self, run_config):
        """Makes the folder and writes the flags, or checks them against those of an earlier start.

        Raises:
          InputError: the folder holds another run, or cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if self.flags.exists():
                self._check_same(run_config)
            write_text(self.flags, flags.to_text(run_config))
        except OSError as error:
            raise InputError(
                f"--run_dir={self.path} cannot be written ({error.strerror}): choose another."
            ) from None

    def read_config(self):
        """The RunConfig of the run that the folder holds; InputError if it holds none."""
        if not self.flags.is_file():
            raise InputError(f"{self.path} holds no run (no flags.txt): give a run's folder.")
        return flags.from_text(self.flags.read_text(encoding="utf-8"))

    def _check_same(self, run_config):
        before = self.read_config()
        for part in config.PARTS:
            old, new = getattr(before, part), getattr(run_config, part)
            for name in old.__dataclass_fields__:
                a, b = getattr(old, name), getattr(new, name)
                if a != b and name not in _MAY_CHANGE:
                    raise InputError(
                        f"--run_dir={self.path} holds a run with --{name}={a}, not {b}: give the "
                        "same flags to resume it, or another --run_dir."
                    )
