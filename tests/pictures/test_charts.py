"""Charts show what they are given."""

import numpy as np

from tfgen.pictures.bars import bar_chart
from tfgen.pictures.curves import COLORS, line_chart


def pixels(picture, color):
    return int((picture == np.array(color)).all(axis=-1).sum())


def test_bars_are_as_long_as_their_numbers():
    picture = bar_chart({"a group": {"one": 1.0, "three": 3.0}}, "a title")
    square = 11 * 11  # of the legend
    one, three = (pixels(picture, color) - square for color in COLORS[:2])
    assert abs(three / one - 3) < 0.1


def test_the_names_of_many_lines_are_all_shown():
    x = np.arange(3)
    few = line_chart({"a": (x, x)}, "a title")
    many = line_chart({f"a rather long name {i}": (x, x + i) for i in range(6)}, "a title")
    assert few.shape == many.shape
    for color in COLORS[:6]:
        near = np.abs(many[20:70].astype(int) - color).sum(axis=-1) < 60
        assert near.sum() > 5
