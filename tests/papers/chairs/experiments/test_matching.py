"""Fields between pictures, on pictures whose field is known."""

import cv2
import numpy as np
import pytest

from tfgen.papers.chairs.experiments import matching

INSIDE = np.s_[16:48, 16:48]


@pytest.fixture(scope="module")
def texture():
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3)).astype(np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2.0)


def shifted(texture, x, y):
    """A window of 64 pixels, whose content has moved by (x, y)."""
    return texture[8 - y : 72 - y, 8 - x : 72 - x]


def fields(texture, x, y):
    first, second = shifted(texture, 0, 0), shifted(texture, x, y)
    costs = matching.SiftCosts(first, second, reach=6)
    frames = np.stack([shifted(texture, round(x * t), round(y * t)) for t in np.linspace(0, 1, 11)])
    return {
        "flow": matching.optical_flow(first, second),
        "morph": matching.flow_through_morph(frames, stride=5),
        "sift": matching.sift_flow(costs, window=7, stay=0.01),
        "pyramid": matching.spatial_pyramid(costs, levels=2, change=0.01),
    }


@pytest.mark.parametrize("shift", [(0, 0), (3, -2), (-4, 4)])
def test_every_method_finds_a_shift(texture, shift):
    for name, field in fields(texture, *shift).items():
        assert field.shape == (64, 64, 2)
        error = np.abs(field[INSIDE] - shift).mean()
        assert error < 0.6, (name, error)


def test_fields_are_put_together_where_the_first_one_leads():
    x = np.tile(np.arange(20, dtype=np.float32), (20, 1))
    first = np.stack([np.full((20, 20), 5.0), np.zeros((20, 20))], axis=-1).astype(np.float32)
    second = np.stack([x, np.zeros_like(x)], axis=-1)  # a point at x moves by x
    both = matching.compose(first, second)
    np.testing.assert_allclose(both[:, 3, 0], 5 + 8)
    assert matching.compose(None, first) is first


def test_boxes_are_stretched_onto_each_other():
    field = matching.between_boxes((2, 4, 10, 12), (5, 4, 21, 8), (16, 24))
    np.testing.assert_allclose(field[4, 2], (3, 0))
    np.testing.assert_allclose(field[12, 10], (11, -4))
    np.testing.assert_allclose(field[8, 6], (7, -2))
    np.testing.assert_allclose(matching.between_boxes((0, 0, 4, 4), (0, 0, 4, 4), (8, 8)), 0)
