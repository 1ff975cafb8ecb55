"""Verdicts on claims, from parts whose answer is known."""

import numpy as np
import pytest

from tfgen.runs.experiments.intervals import Interval
from tfgen.runs.experiments.verdict import (
    HOLDS,
    UNTOLD,
    above,
    below,
    controlled,
    every,
    higher,
    judged,
)


@pytest.mark.parametrize(
    ("parts", "holds", "text"),
    [
        ({"a": True, "b": True}, "holds", "a: holds, b: holds"),
        ({"a": True, "b": False}, "partly", "a: holds, b: does not hold"),
        ({"a": False, "b": False}, "does not hold", "a: does not hold, b: does not hold"),
        ({"a": True, "b": None}, "holds", "a: holds, b: not judged"),
        ({"a": None, "b": False}, "does not hold", "a: not judged, b: does not hold"),
        ({"a": True, "b": UNTOLD}, "partly", "a: holds, b: not told apart"),
        ({"a": False, "b": UNTOLD}, "does not hold", "a: does not hold, b: not told apart"),
        ({"a": UNTOLD}, "not told apart", "a: not told apart"),
        ({"a": "no chairs"}, "not judged", "a: no chairs"),
        ({"a": None}, "not judged", "a: not judged"),
        ({}, "not judged", ""),
    ],
)
def test_a_claim_holds_as_far_as_its_parts_do(parts, holds, text):
    assert judged(parts) == (holds, text)
    assert holds in HOLDS


def test_booleans_of_numpy_count_like_others():
    assert judged({"a": np.bool_(True), "b": np.bool_(False)})[0] == "partly"
    assert judged({"a": np.float32(1) < np.nan})[0] == "does not hold"


def test_a_part_holds_only_above_its_interval():
    assert above(Interval(1.0, 0.5, 1.5)) is True
    assert above(Interval(-1.0, -1.5, -0.5)) is False
    assert above(Interval(0.1, -0.5, 0.6)) == UNTOLD
    assert above(Interval(1.0, 0.5, 1.5), 2.0) is False


def test_several_are_held_together_only_if_each_is():
    for held, together in (
        ([True, np.True_], True),
        ([True, UNTOLD], UNTOLD),
        ([UNTOLD, np.False_, True], False),
    ):
        assert every(iter(held)) == together


def test_what_a_control_passes_too_is_not_judged():
    assert controlled(True, {"blank page": False, "mean image": UNTOLD}) is True
    said = controlled(True, {"blank page": True, "mean image": False})
    assert said == "not judged, as blank page would pass too"
    assert judged({"a": said, "b": True})[0] == "holds"
    assert judged({"a": said})[0] == "not judged"


def test_numbers_are_compared_by_their_intervals():
    low, middle, high = (Interval(x, x - 1, x + 1) for x in (0.0, 1.5, 3.0))
    assert below(low, 2) is True
    assert below(high, 1.5) is False
    assert below(middle, 2) == above(middle, 2) == UNTOLD
    assert higher(high, low) is True
    assert higher(low, high) is False
    assert higher(middle, low) == UNTOLD
