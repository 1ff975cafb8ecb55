"""The folder of a run: its flags, checkpoints, logs, previews and numbers."""

import contextlib
import csv
import hashlib
import json
import re
from pathlib import Path

from tfgen.config import flags
from tfgen.errors import InputError, one_line
from tfgen.files import write_text, writing
from tfgen.folders import make
from tfgen.locks import HeldError, Lock
from tfgen.training import checkpoint_files
from tfgen.training.traces import trained_to

_SUM = "# sha256 of what follows: "
_SUM_OF_FACTS = "sha256"
# What `files.replacing` leaves of a killed process: ".metrics.csv.4711".
_UNFINISHED = re.compile(r"\..+\.\d+")


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
        self.step = self.path / "step.txt"
        self.lock = self.path / "run.lock"

    @contextlib.contextmanager
    def opened(self, settings):
        """The folder as this process's alone, while the context lasts: yields its `locks.Lock`.

        It is made, or the settings are checked against those of an earlier start; what killed
        processes left in it is removed.

        Raises:
          InputError: it holds another run, another process works in it, it cannot be written, or
            the run has lost its checkpoints.
        """
        make(self.path, "run_dir")
        self._check_kinds()
        with writing(f"`run_dir`={self.path}"):
            try:
                lock = Lock(self.lock)
            except HeldError as held:
                raise InputError(
                    f"`run_dir`={self.path} is in use by {held}: wait until it ends, or give "
                    "another."
                ) from None
        with lock:
            if self.flags.exists():
                self._check_same(settings)
            self._check_checkpoints()
            self._remove_unfinished()
            yield lock

    def begin(self, settings, facts, step):
        """Writes the flags, and what networks and exports need to know beside them.

        Args:
          settings: `config.run.Settings`.
          facts: see `write_facts`.
          step: number of steps trained.

        Raises:
          InputError: they cannot be written.
        """
        self.write_facts(facts)
        text = flags.to_text(settings)
        write_text(self.flags, f"{_SUM}{_sum(text)}\n{text}")
        self.note_step(step)

    def note_step(self, step):
        """Keeps the step of the newest checkpoint, by which it is known that there was one."""
        write_text(self.step, f"{step}\n")

    def read_step(self):
        """The step that `note_step` kept; None if there is none that can be read."""
        text = self.step.read_bytes().strip() if self.step.is_file() else b""
        return int(text) if text.isdigit() else None

    def lost_checkpoints(self):
        """What became of the checkpoints of a run that has trained and holds none; "" else."""
        if checkpoint_files.steps(self.checkpoints):
            return ""
        step, teller = trained_to(self)
        told = f"was trained to step {step} ({teller}), and {self.checkpoints} holds no checkpoint"
        return told if step else ""

    def read_settings(self):
        """The `config.run.Settings` of the run that it holds; InputError if it holds none."""
        self._check_kinds()
        if not self.flags.is_file():
            raise InputError(f"{self.path} holds no run (no flags.txt): give a run's folder.")
        try:
            text = _checked(self.flags.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self.flags} is damaged ({one_line(error)}): remove it, and train on with the "
                "flags that the run was trained with."
            ) from None
        return flags.from_text(text)

    def write_facts(self, facts):
        """Keeps what networks and exports need to know beside the settings, as JSON."""
        facts = {_SUM_OF_FACTS: _sum(json.dumps(facts)), **facts}
        write_text(self.facts, json.dumps(facts, indent=1) + "\n")

    def read_facts(self):
        """What `write_facts` kept; None of a run from before, or that has not started to train.

        Raises:
          InputError: the file is damaged.
        """
        if not self.facts.is_file():
            return None
        try:
            facts = json.loads(self.facts.read_text(encoding="utf-8"))
            if not isinstance(facts, dict):
                raise ValueError("it holds something else")
            kept = facts.pop(_SUM_OF_FACTS, None)
            if kept not in (None, _sum(json.dumps(facts))):
                raise ValueError("its checksum does not match")
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self.facts} is damaged ({one_line(error)}): start the run's command again, "
                "which writes it anew."
            ) from None
        return facts

    def read_metrics(self):
        """The rows of metrics.csv that can be read, as `read_scores` gives them."""
        return self.read_scores()[0]

    def read_scores(self):
        """What metrics.csv holds.

        Returns:
          (list of dicts of text by column, [] before the first score; number of rows that are
          damaged, and left out)
        """
        if not self.metrics.is_file():
            return [], 0
        text = self.metrics.read_bytes().decode("utf-8", "replace").replace("\0", "?")
        rows = list(csv.DictReader(text.splitlines()))
        good = [row for row in rows if _holds_numbers(row)]
        if good and good[-1] is rows[-1] and not text.endswith("\n"):  # cut off within a number
            good.pop()
        return good, len(rows) - len(good)

    def describe_losses(self, step):
        """What of the folder's files was lost: a list of lines; with no step trained, none.

        Args:
          step: number of steps trained.
        """
        lines = []
        if step and not self.flags.is_file():
            lines.append(f"{self.flags} is missing: what is given now is taken for the run's")
        _, damaged = self.read_scores()
        if damaged:
            lines.append(f"{self.metrics}: rows that cannot be read and are left out: {damaged}")
        return lines

    def exported(self, checkpoint):
        """The path that a checkpoint has been exported to; None if it has not, or it is gone."""
        if not self.export.is_file():
            return None
        lines = self.export.read_bytes().decode("utf-8", "replace").splitlines()
        if len(lines) != 2 or lines[0] != checkpoint or not Path(lines[1]).is_dir():
            return None
        return Path(lines[1])

    def _check_kinds(self):
        """Raises InputError if a file stands where a folder belongs, or the other way round."""
        folders = (self.checkpoints, self.logs, self.previews)
        files = (self.flags, self.metrics, self.facts, self.export, self.step, self.lock)
        for path in (*folders, *files):
            belongs = "folder" if path in folders else "file"
            if path.is_symlink() and not path.exists():
                found = "link that leads nowhere"
            elif path.exists() and path.is_dir() != (path in folders):
                found = "file" if path in folders else "folder"
            else:
                continue
            raise InputError(
                f"{path} is a {found}, and a {belongs} belongs there: move it away, or give "
                "another folder of a run."
            )

    def _check_checkpoints(self):
        """Raises InputError of a run that would begin anew over what it has trained."""
        if lost := self.lost_checkpoints():
            raise InputError(
                f"`run_dir`={self.path} {lost}: restore them, or, to begin anew, give another or "
                "remove that folder."
            )

    def _check_same(self, settings):
        before = self.read_settings().flat()
        for name, value in settings.flat().items():
            # The task comes first: of another one, nothing else is compared.
            if before[name] != value and name not in settings.changeable():
                raise InputError(
                    f"`run_dir`={self.path} holds a run with `{name}`={before[name]}, not {value}: "
                    "give the same to resume it, or another `run_dir`."
                )

    def _remove_unfinished(self):
        """Removes what a killed process was writing, of files that appear when they are whole."""
        for folder in (self.path, self.logs, self.previews, *self.previews.glob("*/")):
            for path in folder.glob(".*"):
                if _UNFINISHED.fullmatch(path.name) and path.is_file():
                    path.unlink(missing_ok=True)


def _sum(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _checked(text):
    """The flags in the text of a flags.txt; those of runs from before come without a checksum."""
    first, _, rest = text.partition("\n")
    if not text.strip():
        raise ValueError("it is empty")
    if not first.startswith(_SUM):
        return text
    if first.removeprefix(_SUM) != _sum(rest):
        raise ValueError("its checksum does not match")
    return rest


def _holds_numbers(row):
    """Whether a row of metrics.csv is as long as its header, and holds a step and numbers."""
    try:
        int(row["step"])
        for value in row.values():
            float("nan" if value == "" else value)
    except (KeyError, TypeError, ValueError):
        return False
    return True
