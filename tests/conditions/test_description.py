"""Conditions by name: what they say of themselves, and batches of their values."""

import json

import numpy as np
import pytest

from tests.descriptions import LAMPS
from tfgen.conditions.description import Condition, Description, value_arrays
from tfgen.conditions.turntable import (
    SWEEPS,
    THETA,
    description_of_labels,
    numbered_turntable,
    turntable_description,
)

CHAIRS = turntable_description(
    ["a", "b"], ["chair", "table"], range(0, 360, 30), [20, 30], {n: (-1, 1) for n in THETA}
)


@pytest.mark.parametrize("description", [CHAIRS, LAMPS])
def test_json_gives_the_description_back(description):
    assert Description.from_dict(json.loads(json.dumps(description.to_dict()))) == description


def test_the_chairs_streams_are_those_of_table_1():
    assert CHAIRS.code_sizes == {"style": 2, "viewpoint": 4, "transform": 8}
    assert CHAIRS.style.categories == ("chair", "table")
    assert CHAIRS["transform"].sweeps == SWEEPS
    assert numbered_turntable(5).code_sizes["style"] == 5


def test_an_old_labels_file_tells_the_same_description(labels):
    facts = json.loads(labels.to_json()) | {"version": 3}
    assert description_of_labels(facts) == labels.description
    assert labels.description["transform"].ranges[-1] == (-1.5, 1.5)


@pytest.mark.parametrize(
    ("values", "ranges", "goes_round"),
    [
        (range(0, 360, 30), (), True),
        ([0, 120, 240], (), True),
        (range(0, 330, 30), (), False),  # one is missing: the widest gap is there
        (range(0, 190, 10), (), False),
        ([20], (), False),
        ([], (), False),
        ([], [(0, 360)], True),
        ([], [(-90, 90)], False),
    ],
)
def test_an_angle_goes_round_where_it_was_trained_on_all_around(values, ranges, goes_round):
    assert Condition("light", "angle", values=values, ranges=ranges).goes_round == goes_round


def test_what_turns_is_the_azimuth_or_the_first_angle_that_goes_round():
    assert numbered_turntable(3).turning.name == "azimuth"
    assert LAMPS.turning is None
    angles = (
        Condition("tilt", "angle", values=[0, 10]),
        Condition("sun", "angle", values=[0, 90, 180, 270]),
    )
    sky = Description(angles, {"sky": ("tilt", "sun")})
    assert sky.turning.name == "sun"
    assert sky.style is None
    assert sky.style_stream is None


def test_values_are_completed_and_repeated():
    arrays = value_arrays(LAMPS, {"shape": [2, 0], "pose": [0.5, 1, 0]}, usual={"colour": 1})
    np.testing.assert_array_equal(arrays["shape"], [[0, 0, 1], [1, 0, 0]])
    np.testing.assert_array_equal(arrays["colour"], [[0, 1], [0, 1]])
    np.testing.assert_array_equal(arrays["light"], [30, 30])
    np.testing.assert_array_equal(arrays["pose"], [[0.5, 1, 0], [0.5, 1, 0]])
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float32)}
    again = value_arrays(LAMPS, arrays)
    assert all((again[name] == arrays[name]).all() for name in arrays)


def test_a_vector_is_as_usual_where_it_was_trained():
    ranges = ((0.5, 1.0), (-1.0, 1.0), (-4.0, -2.0))
    assert Condition("pose", "vector", 3, ranges=ranges).usual == (0.75, 0.0, -3.0)
    assert Condition("pose", "vector", 2).usual == (0.0, 0.0)


def test_a_latent_code_stands_for_all_that_its_stream_hears():
    arrays = value_arrays(LAMPS, {"latent": np.ones((2, 7)), "light": 10})
    assert set(arrays) == {"latent", "light", "pose"}
    assert {len(array) for array in arrays.values()} == {2}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"style": 0}, "style is no condition of this generator: give shape, colour, light, pose"),
        ({"shape": [3]}, "shape 3 does not exist: give 0 to 2"),
        ({"shape": [0.5, 0.5]}, r"shape has the shape \[2\]: give \[n, 3\], or one value"),
        ({"light": [[1.0]]}, r"light has the shape \[1, 1\]: give \[n\]"),
        ({"shape": [0, 1], "light": [1, 2, 3]}, "there are 2 of shape, 3 of light"),
    ],
)
def test_wrong_values_are_told_by_their_condition(values, message):
    with pytest.raises(ValueError, match=message):
        value_arrays(LAMPS, values)


def test_conditions_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="is of kind 'word'"):
        Condition("caption", "word")
    with pytest.raises(ValueError, match="has 1 names for a size of 2"):
        Condition("shape", "one-hot", 2, names=("desk",))
    with pytest.raises(ValueError, match="pose sweeps twist, which is none of its names"):
        Condition("pose", "vector", 1, names=("lean",), sweeps={"twist": {"twist": (0, 1)}})
    with pytest.raises(ValueError, match="let each be heard once"):
        Description((Condition("light", "angle"),), {"a": ("light",), "b": ("light",)})
