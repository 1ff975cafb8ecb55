"""Verdicts on claims, from parts whose answer is known."""

import numpy as np
import pytest

from tfgen.runs.experiments.verdict import HOLDS, judged


@pytest.mark.parametrize(
    ("parts", "holds", "text"),
    [
        ({"a": True, "b": True}, "yes", "a: yes, b: yes"),
        ({"a": True, "b": False}, "partly", "a: yes, b: no"),
        ({"a": False, "b": False}, "no", "a: no, b: no"),
        ({"a": True, "b": None}, "yes", "a: yes, b: not judged"),
        ({"a": None, "b": False}, "no", "a: not judged, b: no"),
        ({"a": None}, "not judged", "a: not judged"),
        ({}, "not judged", ""),
    ],
)
def test_a_claim_holds_as_far_as_its_parts_do(parts, holds, text):
    assert judged(parts) == (holds, text)
    assert holds in HOLDS


def test_booleans_of_numpy_count_like_others():
    assert judged({"a": np.bool_(True), "b": np.bool_(False)}) == ("partly", "a: yes, b: no")
    assert judged({"a": np.float32(1) < np.nan}) == ("no", "a: no")
