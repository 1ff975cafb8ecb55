"""What an experiment is, and what a user may choose of it."""

import dataclasses
import importlib
from pathlib import Path

from tfgen.errors import InputError, renamed


@dataclasses.dataclass(frozen=True)
class Experiment:
    """One experiment.

    Attributes:
      module: its `run` does the work and returns a `result.Result`; its `parts` say of the rows of
        that which parts of the claim hold, as `verdict.judged` takes them.
      summary: for `--help`.
      takes: "module:Class" of what `run` takes before `Options`, made of the path of a run or of
        an export; empty, if it trains what it needs.
      trains: the tasks that it trains, the main one first: `run` takes the `config.run.Settings` of
        each, in this order, before `Options`.
      options: "module:Class" of its `Options`.
    """

    module: str
    summary: str
    takes: str = ""
    trains: tuple = ()
    options: str = "tfgen.runs.experiments.experiment:Options"

    def function(self):
        """Its `run`."""
        return importlib.import_module(self.module).run

    def open_run(self, path):
        """What `run` takes, of a run or an export; InputError if it cannot be."""
        return _named(self.takes)(path)

    def choose(self, values):
        """Its `Options`: of a dict, the values of those names that it has."""
        kind = _named(self.options)
        names = {field.name for field in dataclasses.fields(kind)}
        return kind(**{name: value for name, value in values.items() if name in names})


def _named(name):
    """What "module:Class" names."""
    module, _, cls = name.partition(":")
    return getattr(importlib.import_module(module), cls)


@dataclasses.dataclass(frozen=True)
class Options:
    """What a user may choose of any experiment; a paper's own choices are a subclass of it.

    Attributes:
      seed: of what is drawn at random.
      others: paths of further runs, where an experiment compares several.
      trainings: of each network, with as many seeds, where trained networks are compared.
    """

    seed: int = 0
    others: tuple = ()
    trainings: int = 3

    def further(self, kind):
        """`others`, each opened by `kind`, a function of a path; InputError."""
        with renamed(path="others"):
            return [kind(path) for path in self.others]


def told_apart(paths):
    """Names of runs' folders by which they differ: of chairs/run and cars/run, chairs and cars.

    Args:
      paths: of folders, at least one.

    Raises:
      InputError: two of them are the same.
    """
    parts = [Path(path).absolute().parts for path in paths]
    if len(set(parts)) < len(parts):
        twice = next(path for i, path in enumerate(paths) if parts[i] in parts[:i])
        raise InputError(f"`others`={twice} is named twice: give each run once.")
    while len(parts) > 1 and len({each[-1] for each in parts}) == 1:
        parts = [each[:-1] for each in parts]
    names = [each[-1] for each in parts]
    return names if len(set(names)) == len(names) else [str(Path(*each)) for each in parts]
