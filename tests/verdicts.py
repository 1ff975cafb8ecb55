"""Rows of experiments whose verdict is known, and the verdict that an experiment gives."""

import importlib

from tfgen.runs.experiments.verdict import judged


def rows(columns, *lines):
    """A list of dicts, one a line."""
    return [dict(zip(columns, line, strict=True)) for line in lines]


def verdict(experiment, *arguments):
    """What `judged` says of the parts of an `experiment.Experiment`'s claim."""
    return judged(importlib.import_module(experiment.module).parts(*arguments))


def cases(known):
    """(name, verdict) of a table: name of an experiment -> verdict -> rows."""
    return [(name, holds) for name, verdicts in known.items() for holds in verdicts]
