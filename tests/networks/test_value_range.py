"""Images in the ranges that networks want, and back."""

import numpy as np
import pytest

from tfgen.networks.spec import CENTRED, SYMMETRIC, UNIT
from tfgen.networks.value_range import from_images, to_images


@pytest.mark.parametrize(
    ("image_range", "expected"),
    [(UNIT, [0, 0.25, 1]), (SYMMETRIC, [-1, -0.5, 1]), (CENTRED, [-0.5, -0.25, 0.5])],
)
def test_black_and_white_are_the_ends_of_a_range(image_range, expected):
    images = np.array([0, 0.25, 1], np.float32)
    np.testing.assert_array_equal(from_images(images, image_range), expected)
    np.testing.assert_array_equal(to_images(np.array(expected), image_range), images)
