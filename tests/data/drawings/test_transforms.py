"""T_theta against small NumPy references."""

import colorsys
import math

import numpy as np
import pytest
import tensorflow as tf

from tfgen.data.drawings import transforms


def theta(**values):
    vector = np.zeros((1, transforms.TRANSFORM_SIZE), np.float32)
    for name, value in values.items():
        vector[0, list(transforms.THETA).index(name)] = value
    return tf.constant(vector)


def random_object(size=16, seed=0):
    rng = np.random.default_rng(seed)
    mask = rng.random((1, size, size, 1)).astype(np.float32)
    return (rng.random((1, size, size, 3)).astype(np.float32) * mask), mask


def dot(row, column, size=17):
    mask = np.zeros((1, size, size, 1), np.float32)
    mask[0, row, column] = 1
    return np.repeat(mask, 3, axis=-1), mask


def centroid(mask):
    rows, columns = np.indices(mask.shape[1:3])
    weight = np.asarray(mask)[0, ..., 0]
    return (rows * weight).sum() / weight.sum(), (columns * weight).sum() / weight.sum()


def test_zero_theta_is_the_identity_bit_for_bit():
    image, mask = random_object()
    new_image, new_mask = transforms.apply_transform(image, mask, theta())
    np.testing.assert_array_equal(new_image, image)
    np.testing.assert_array_equal(new_mask, mask)


def test_translation_moves_right_and_down_by_a_fraction_of_the_image():
    image, mask = dot(8, 8, size=20)
    moved, moved_mask = transforms.apply_transform(
        image, mask, theta(translate_x=0.1, translate_y=-0.2)
    )
    np.testing.assert_allclose(moved_mask, dot(4, 10, size=20)[1], atol=1e-5)
    np.testing.assert_allclose(moved, dot(4, 10, size=20)[0], atol=1e-5)


def test_rotation_turns_counter_clockwise_about_the_centre():
    image, mask = dot(8, 14)  # right of the centre
    _, turned = transforms.apply_transform(image, mask, theta(rotation=math.pi / 2))
    np.testing.assert_allclose(turned, dot(2, 8)[1], atol=1e-5)  # above it


@pytest.mark.parametrize(("zoom_x", "zoom_y"), [(2.0, 2.0), (2.0, 1.0), (1.0, 0.5)])
def test_zoom_multiplies_the_distance_from_the_centre(zoom_x, zoom_y):
    mask = np.zeros((1, 33, 33, 1), np.float32)
    mask[0, 18:21, 20:23] = 1  # its middle 3 below and 5 right of the centre, (16, 16)
    _, zoomed = transforms.apply_transform(
        np.repeat(mask, 3, -1),
        mask,
        theta(log_zoom_x=math.log(zoom_x), log_zoom_y=math.log(zoom_y)),
    )
    row, column = centroid(zoomed)
    assert row - 16 == pytest.approx(3 * zoom_y, abs=0.1)
    assert column - 16 == pytest.approx(5 * zoom_x, abs=0.1)


def test_warp_equals_a_numpy_bilinear_reference():
    image, mask = random_object(12)
    values = {"translate_x": 0.07, "translate_y": -0.1, "rotation": 0.3}
    zooms = {"log_zoom_x": 0.2, "log_zoom_y": -0.1}
    _, warped = transforms.apply_transform(image, mask, theta(**values, **zooms))
    expected = np.zeros((12, 12))
    padded = np.pad(mask[0, ..., 0], 20)  # zero outside
    cos, sin = math.cos(0.3), math.sin(0.3)
    for y in range(12):
        for x in range(12):
            u, v = x - 5.5 - 0.07 * 12, y - 5.5 + 0.1 * 12
            sx = 5.5 + (cos * u - sin * v) / math.exp(0.2) + 20
            sy = 5.5 + (sin * u + cos * v) / math.exp(-0.1) + 20
            i, j = math.floor(sy), math.floor(sx)
            a, b = sy - i, sx - j
            expected[y, x] = (
                padded[i, j] * (1 - a) * (1 - b)
                + padded[i, j + 1] * (1 - a) * b
                + padded[i + 1, j] * a * (1 - b)
                + padded[i + 1, j + 1] * a * b
            )
    np.testing.assert_allclose(warped[0, ..., 0], expected, atol=1e-4)


def flat(color):
    return np.full((1, 4, 4, 3), color, np.float32), np.ones((1, 4, 4, 1), np.float32)


def test_brightness_multiplies_colours():
    new, _ = transforms.apply_transform(*flat([0.2, 0.3, 0.4]), theta(log_brightness=math.log(2)))
    np.testing.assert_allclose(new[0, 0, 0], [0.4, 0.6, 0.8], rtol=1e-5)


def test_saturation_moves_colours_away_from_their_gray():
    new, _ = transforms.apply_transform(*flat([0.4, 0.5, 0.6]), theta(log_saturation=math.log(3)))
    np.testing.assert_allclose(new[0, 0, 0], [0.2, 0.5, 0.8], rtol=1e-5)


def test_hue_turns_red_to_green_by_a_third_of_the_circle():
    new, _ = transforms.apply_transform(*flat([0.5, 0.2, 0.2]), theta(hue=2 * math.pi / 3))
    np.testing.assert_allclose(new[0, 0, 0], [0.2, 0.5, 0.2], atol=1e-5)
    assert colorsys.rgb_to_hsv(*new[0, 0, 0].numpy())[0] == pytest.approx(1 / 3, abs=1e-3)


def test_gray_has_no_hue():
    new, _ = transforms.apply_transform(*flat([0.4, 0.4, 0.4]), theta(hue=1.0, log_saturation=0.5))
    np.testing.assert_allclose(new[0, 0, 0], [0.4] * 3, atol=1e-6)


def test_the_background_stays_exactly_zero_and_colours_within_the_mask():
    image, mask = random_object(seed=1)
    mask[:, :4] = image[:, :4] = 0
    colour = theta(log_brightness=0.7, log_saturation=0.7, hue=1.5)
    new, new_mask = transforms.apply_transform(image, mask, colour)
    assert not np.any(new[:, :4])
    assert np.all(new <= new_mask + 1e-7)
    assert np.all(new >= 0)
