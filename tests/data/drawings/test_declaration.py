"""Mistakes in what a data set declares are told when its builder is made, before any drawing."""

import numpy as np
import pytest

from tests.data.lamps import Lamp, LampConfig, Lamps
from tfgen.conditions.description import Condition
from tfgen.data.drawings.builder import prepare
from tfgen.errors import InputError
from tfgen.rendering.turntable import Frames

GOOD = {"colour": 0, "light": 30.0, "pose": np.float32((0.5, 0.2))}


class OddLamps(Lamps, skip_registration=True):
    """Lamps of one view."""

    view = GOOD

    def views(self):
        return [self.view]

    def task(self):
        return draw_nothing


def draw_nothing(lamp):
    return Frames(lamp.name, [], [])


def build(tmp_path, **changes):
    """A builder of lamps that differ."""
    odd = type("OddLamps", (OddLamps,), changes, skip_registration=True)
    config = LampConfig(name="odd", models=(Lamp("a", 20), Lamp("b", 30)))
    return odd(config=config, data_dir=str(tmp_path))


@pytest.mark.parametrize(
    ("view", "message"),
    [
        ({"colour": 0, "light": 0.0}, r"OddLamps.views\(\)\[0\] lacks pose, a condition: give col"),
        (GOOD | {"hat": 1}, "tells hat, which is no condition"),
        (GOOD | {"pose": 0.5}, r"gives pose 0.5, of the shape \[\]: give its 2 numbers"),
        (GOOD | {"pose": (0.5, 0.3)}, "out of its range, 0 to 0.2"),
        (GOOD | {"light": 10.0}, "gives light 10.0, which is none of its values: -30, 0, 30"),
        (GOOD | {"light": 40.0}, "gives light 40.0: that is out of its range, -30 to 30"),
        (GOOD | {"colour": 2}, "gives colour 2: give a number of 0 to 1"),
        (GOOD | {"colour": "red"}, "gives colour 'red': give a number of 0 to 1"),
    ],
)
def test_a_view_agrees_with_the_conditions(view, message, tmp_path):
    with pytest.raises(InputError, match=message):
        build(tmp_path, view=view)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"views": lambda self: []}, r"views\(\) is empty"),
        ({"streams": {"look": ("shape", "hat")}}, "streams hear hat, which is no condition"),
        ({"streams": {"a": ("shape",), "b": ("shape",)}}, "streams hear shape twice"),
        ({"style": "colour"}, "declares colour twice"),
        (
            {"further_conditions": lambda self: (Condition("transform", "vector", 2),)},
            "a condition cannot be called transform",
        ),
    ],
)
def test_conditions_and_streams_have_names_of_their_own(changes, message, tmp_path):
    with pytest.raises(InputError, match=message):
        build(tmp_path, **changes)


def test_a_model_has_a_frame_of_each_view(tmp_path):
    with pytest.raises(InputError, match="a has 0 images and 0 masks of 1 views: let task"):
        prepare(build(tmp_path))
