"""The orbit camera."""

import math

import numpy as np
import pytest

from tfgen.rendering.camera import orbit, project


@pytest.mark.parametrize(
    ("azimuth", "elevation", "direction"),
    [(0, 0, (0, -1, 0)), (90, 0, (1, 0, 0)), (180, 0, (0, 1, 0)), (0, 90, (0, 0, 1))],
)
def test_the_eye_is_where_the_convention_says(azimuth, elevation, direction):
    distance = 0.5 / math.sin(math.radians(15))
    np.testing.assert_allclose(
        orbit(azimuth, elevation).eye, np.array(direction) * distance, atol=1e-9
    )


def test_the_origin_is_in_the_middle_at_the_eyes_distance():
    pixels, depth = project([[0, 0, 0]], orbit(37, 20), 64)
    np.testing.assert_allclose(pixels, [[32, 32]], atol=1e-9)
    np.testing.assert_allclose(depth, 0.5 / math.sin(math.radians(15)))


def test_right_is_right_and_up_is_up_seen_from_the_front():
    (right, up), _ = project([[0.1, 0, 0], [0, 0, 0.1]], orbit(0, 0), 100)
    assert right[0] > 50
    assert right[1] == pytest.approx(50)
    assert up[1] < 50


def test_a_point_of_the_silhouette_of_the_sphere_touches_the_frame():
    # The tangent cone of the sphere has the half angle of the field of view.
    camera = orbit(0, 0)
    half = math.radians(15)
    point = [0.5 * math.cos(half), -0.5 * math.sin(half), 0]
    pixels, _ = project([point], camera, 100)
    np.testing.assert_allclose(pixels, [[100, 50]], atol=1e-9)


def test_a_larger_margin_shows_it_smaller():
    near, _ = project([[0.3, 0, 0]], orbit(0, 0, 1.0), 100)
    far, _ = project([[0.3, 0, 0]], orbit(0, 0, 2.0), 100)
    assert 50 < far[0, 0] < near[0, 0]


def test_rotation_is_orthonormal():
    rotation = orbit(123, 45).rotation
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
