"""The viewpoint code."""

import numpy as np

from tfgen.data.drawings.viewpoint import viewpoint_code


def test_code_is_sine_and_cosine_of_azimuth_then_elevation():
    code = viewpoint_code([0.0, 90.0, 210.0], [0.0, 30.0, 90.0])
    half, root = 0.5, np.sqrt(3) / 2
    expected = [[0, 1, 0, 1], [1, 0, half, root], [-half, -root, 1, 0]]
    np.testing.assert_allclose(code, expected, atol=1e-6)


def test_a_full_turn_comes_back():
    np.testing.assert_allclose(
        viewpoint_code([0.0], [20.0]), viewpoint_code([360.0], [20.0]), atol=1e-6
    )
