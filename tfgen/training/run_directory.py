"""The folder of a run: its flags, checkpoints, logs, previews and numbers."""

import csv
import json
from pathlib import Path

from tfgen.config import flags
from tfgen.errors import InputError
from tfgen.files import write_text


class RunDirectory:
    """Paths of a run, by what they hold."""

    def __init__(self, path):
        self.path = Path(path)
        self.flags = self.path / "flags.txt"
        self.checkpoints = self.path / "checkpoints"
        self.logs = self.path / "logs"
        self.previews = self.path / "previews"
        self.metrics = self.path / "metrics.csv"
        self.facts = self.path / "facts.json"
        self.export = self.path / "export.txt"

    def open(self, settings):
        """Makes the folder, or checks the settings against those of an earlier start.

        Raises:
          InputError: the folder holds another run, or cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if self.flags.exists():
                self._check_same(settings)
        except OSError as error:
            raise InputError(
                f"`run_dir`={self.path} cannot be written ({error.strerror}): choose another."
            ) from None

    def begin(self, settings, facts):
        """Writes the flags, and what networks and exports need to know beside them."""
        self.write_facts(facts)
        write_text(self.flags, flags.to_text(settings))

    def read_settings(self):
        """The `config.run.Settings` of the run that it holds; InputError if it holds none."""
        if not self.flags.is_file():
            raise InputError(f"{self.path} holds no run (no flags.txt): give a run's folder.")
        return flags.from_text(self.flags.read_text(encoding="utf-8"))

    def write_facts(self, facts):
        """Keeps what networks and exports need to know beside the settings, as JSON."""
        write_text(self.facts, json.dumps(facts, indent=1) + "\n")

    def read_facts(self):
        """What `write_facts` kept; None of a run from before, or that has not started to train."""
        if not self.facts.is_file():
            return None
        return json.loads(self.facts.read_text(encoding="utf-8"))

    def read_metrics(self):
        """The rows of metrics.csv: a list of dicts of text by column; [] before the first score."""
        if not self.metrics.is_file():
            return []
        with self.metrics.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def _check_same(self, settings):
        before = self.read_settings().flat()
        for name, value in settings.flat().items():
            # The task comes first: of another one, nothing else is compared.
            if before[name] != value and name not in settings.changeable():
                raise InputError(
                    f"`run_dir`={self.path} holds a run with `{name}`={before[name]}, not {value}: "
                    "give the same to resume it, or another `run_dir`."
                )
