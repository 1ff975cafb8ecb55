"""Runs that are compared are judged by photographs that none of them has seen."""

import numpy as np
import pytest

from tfgen.errors import InputError
from tfgen.papers.inverting.experiments import recognition


def test_only_photographs_held_out_by_all_are_judged(monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (6, 4, 4, 3), dtype=np.uint8)
    held_out = {
        "first": (images[:4], 1),
        "second": (images[[5, 2, 3]], 0),
        "third": (images[4:], 0),
    }
    monkeypatch.setattr(recognition, "large_squares", lambda name, size: held_out[name])
    common, left_out = recognition.held_out_by_all(["first", "second"])
    np.testing.assert_array_equal(common, images[[2, 3]])
    assert left_out == 3  # one is smaller, two others were trained on
    assert len(recognition.held_out_by_all(["first"])[0]) == 4
    with pytest.raises(InputError, match="trained on the photographs that the first run holds out"):
        recognition.held_out_by_all(["first", "third"])
