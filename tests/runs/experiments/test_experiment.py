"""Entries of the tables of experiments: what they open, and what a user may choose."""

import pytest

from tfgen.errors import InputError
from tfgen.papers.catalog import EXPERIMENTS
from tfgen.papers.chairs.experiments.options import Options as ChairsOptions
from tfgen.runs.experiments.experiment import Options, told_apart

CHOICES = {"styles": (1,), "azimuth": 5.0, "elevation": 6.0, "seed": 7, "others": ("a",)}


def test_each_paper_has_the_choices_that_it_knows():
    assert EXPERIMENTS["morphing"].choose(CHOICES) == ChairsOptions(**CHOICES)
    assert EXPERIMENTS["reencoding"].choose(CHOICES) == Options(seed=7, others=("a",))
    for experiment in EXPERIMENTS.values():
        assert experiment.choose({}).seed == 0


def test_further_runs_are_opened_alike():
    assert Options(others=("a", "b")).further(str.upper) == ["A", "B"]


def test_runs_are_named_by_what_tells_them_apart():
    assert told_apart(["runs/chairs"]) == ["chairs"]
    assert told_apart(["chairs/run", "cars/run"]) == ["chairs", "cars"]
    assert told_apart(["a/x/run", "b/x/run"]) == ["a", "b"]
    named = told_apart(["a/x", "b/x", "c/y"])
    assert [name.split("/")[-2:] for name in named] == [["a", "x"], ["b", "x"], ["c", "y"]]
    with pytest.raises(InputError, match="is named twice: give each run once"):
        told_apart(["runs/a", "runs/b", "runs/a"])
