"""Answers without a network, where the right one is known."""

import numpy as np
import pytest

from tfgen.metrics.baselines import Nearest, Ridge, gray, mean_colour

RNG = np.random.default_rng(0)
IMAGES = RNG.random((40, 16, 16, 3), np.float32)


def cells(images):
    """Every fourth pixel's colours: a map [n, h / 4, w / 4, 3] that tells a sixteenth of them."""
    return images[:, ::4, ::4]


def test_ridge_finds_what_a_map_tells_linearly_at_any_size():
    blocks = cells(IMAGES).repeat(4, axis=1).repeat(4, axis=2)
    ridge = Ridge(cells(blocks), blocks)
    large = RNG.random((2, 24, 32, 3), np.float32)[:, ::4, ::4]
    drawn = ridge(large)
    assert drawn.shape == (2, 24, 32, 3)
    np.testing.assert_allclose(drawn, large.repeat(4, axis=1).repeat(4, axis=2), atol=0.02)


@pytest.mark.parametrize("numbers", [5, 60])
def test_ridge_finds_what_a_vector_tells_linearly(numbers):
    mixing = RNG.normal(size=(numbers, 8 * 8 * 3)) * 0.1 / numbers**0.5
    features = RNG.normal(size=(40, numbers)).astype(np.float32)
    images = (0.5 + features @ mixing).reshape(-1, 8, 8, 3).astype(np.float32)
    drawn = Ridge(features[:30], images[:30])(features)
    known, new = (
        np.abs(drawn - images).mean(axis=(1, 2, 3))[part] for part in (slice(30), slice(30, 40))
    )
    mean = np.abs(images - images[:30].mean(axis=0)).mean()
    assert known.mean() < 0.1 * mean
    assert new.mean() < (0.1 if numbers < 30 else 0.95) * mean


def test_ridge_falls_back_to_the_mean_where_features_tell_nothing():
    noise = RNG.normal(size=(40, 60)).astype(np.float32)
    drawn = Ridge(noise, IMAGES)(RNG.normal(size=(10, 60)).astype(np.float32))
    assert np.abs(drawn - IMAGES.mean(axis=0)).mean() < 0.15


def test_the_nearest_picture_is_found_and_plain_answers_are_plain():
    features = RNG.normal(size=(40, 7)).astype(np.float32)
    noisy = features[::-1] + 0.01
    np.testing.assert_array_equal(Nearest(features, IMAGES)(noisy), IMAGES[::-1])
    assert (gray(IMAGES) == 0.5).all()
    np.testing.assert_allclose(mean_colour(IMAGES)[:, 3, 5], IMAGES.mean(axis=(1, 2)))
