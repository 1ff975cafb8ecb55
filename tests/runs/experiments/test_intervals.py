"""Intervals against known distributions."""

import numpy as np
import pytest

from tfgen.runs.experiments.intervals import (
    as_columns,
    difference,
    in_row,
    listed,
    mean,
    ratio,
    unpaired_difference,
)


def test_a_mean_is_known_as_far_as_its_standard_error_says():
    values = np.random.default_rng(0).normal(3.0, 2.0, 400)
    found = mean(values)
    assert found.mean == pytest.approx(values.mean())
    error = values.std() / 20
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.05)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.05)


def test_ninety_five_of_a_hundred_intervals_hold_the_truth():
    rng = np.random.default_rng(1)
    found = [mean(rng.normal(0.0, 1.0, 50)) for _ in range(200)]
    assert 0.90 <= np.mean([each.low < 0 < each.high for each in found]) <= 0.99


def test_pairs_are_told_apart_where_their_means_are_not():
    rng = np.random.default_rng(2)
    easy = rng.normal(10.0, 5.0, 100)
    assert difference(easy + 0.2 + rng.normal(0, 0.1, 100), easy).low > 0.1
    assert mean(easy).high - mean(easy).low > 1
    assert ratio(2 * easy, easy).low == pytest.approx(2.0)


def test_sets_of_different_items_are_compared_by_their_means():
    rng = np.random.default_rng(4)
    a, b = rng.normal(1.0, 1.0, 200), rng.normal(0.0, 2.0, 100)
    found = unpaired_difference(a, b)
    assert found.mean == pytest.approx(a.mean() - b.mean())
    error = np.sqrt(a.var() / 200 + b.var() / 100)
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.1)
    assert unpaired_difference(b, b[:50]).low < 0 < unpaired_difference(b, b[:50]).high


def test_trainings_that_disagree_widen_an_interval():
    rng = np.random.default_rng(3)
    items = rng.normal(0.0, 0.1, (1, 500))
    alike, apart = items + np.zeros((3, 1)), items + np.array([[-1.0], [0.0], [1.0]])
    assert mean(alike).high - mean(alike).low < 0.05
    assert mean(apart).low < -0.5 < 0.5 < mean(apart).high


def test_an_interval_is_kept_in_a_row():
    found = mean([1.0, 2.0, 4.0])
    row = {"x": 5} | as_columns("error", found)
    assert list(row) == ["x", "error", "error, low", "error, high"]
    assert in_row(row, "error") == found


def test_an_interval_is_told_in_words():
    assert f"{mean([1.0, 1.0])}" == "1 [1, 1]"
    assert f"{mean([1.0, 1.0]):.2f}" == "1.00 [1.00, 1.00]"
    rows = [{"of": name, "x": 0.5, "low": 0.4, "high": 0.6} for name in "ab"]
    assert listed(rows, "of", "x") == "a 0.50 [0.40, 0.60], b 0.50 [0.40, 0.60]"
