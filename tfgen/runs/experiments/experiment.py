"""What an experiment is, and what a user may choose of it."""

import dataclasses
import importlib

import numpy as np

from tfgen.errors import InputError, renamed


@dataclasses.dataclass(frozen=True)
class Experiment:
    """One experiment.

    Attributes:
      module: its `run` does the work and returns a `result.Result`.
      summary: for `--help`.
      takes: "module:Class" of what `run` takes before `Options`, made of the path of a run or of
        an export; empty, if it trains what it needs.
      trains: the tasks that it trains, the main one first: `run` takes the `config.run.Settings` of
        each, in this order, before `Options`.
    """

    module: str
    summary: str
    takes: str = ""
    trains: tuple = ()

    def function(self):
        """Its `run`."""
        return importlib.import_module(self.module).run

    def open_run(self, path):
        """What `run` takes, of a run or an export; InputError if it cannot be."""
        module, _, cls = self.takes.partition(":")
        return getattr(importlib.import_module(module), cls)(path)


@dataclasses.dataclass(frozen=True)
class Options:
    """What a user may choose.

    Attributes:
      styles: numbers of the styles to show; () for some.
      azimuth, elevation: of the views, in degrees.
      seed: of what is drawn at random.
      others: paths of further runs, where an experiment compares several.
    """

    styles: tuple = ()
    azimuth: float = 30.0
    elevation: float = 20.0
    seed: int = 0
    others: tuple = ()

    def further(self, kind):
        """`others`, each opened as a `trained.Trained` or a `photo_runs.PhotoRun`; InputError."""
        with renamed(path="others"):
            return [kind(path) for path in self.others]

    @property
    def view(self):
        """Azimuth and elevation by their names, as a generator is told them."""
        return {"azimuth": self.azimuth, "elevation": self.elevation}

    def chosen(self, count, num_styles):
        """`count` styles: those given, or some spread over all; InputError for unknown ones."""
        wrong = [style for style in self.styles if not 0 <= style < num_styles]
        if wrong:
            raise InputError(
                f"`styles`={wrong[0]} does not exist: give numbers from 0 to {num_styles - 1}."
            )
        if self.styles and len(self.styles) < count:
            raise InputError(f"`styles` has {len(self.styles)}, this experiment needs {count}.")
        if num_styles < count:
            raise InputError(f"`model` knows {num_styles} styles, this experiment needs {count}.")
        spread = [round((i + 0.5) * num_styles / count - 0.5) for i in range(count)]
        return list(self.styles or spread)

    def pairs(self, count, num_styles):
        """At most `count` pairs of styles that are all different, drawn by the seed."""
        order = np.random.default_rng(self.seed).permutation(num_styles)
        count = min(count, num_styles // 2)
        return [(int(a), int(b)) for a, b in order[: 2 * count].reshape(count, 2)]
