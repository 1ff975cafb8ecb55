"""Changed feature vectors, on numbers whose answer is known."""

import numpy as np
import pytest

from tfgen.papers.inverting.experiments import perturbations
from tfgen.papers.inverting.experiments.feature_space import single_units

RNG = np.random.default_rng


def test_lengths_and_zeros_are_kept():
    features = np.maximum(RNG(0).normal(size=(5, 4, 6)), 0).astype(np.float32)
    for name, perturb in perturbations.PERTURBATIONS.items():
        changed = perturb(features, RNG(1))
        lengths = [np.linalg.norm(x.reshape(5, -1), axis=1) for x in (features, changed)]
        np.testing.assert_allclose(*lengths, rtol=1e-5, err_msg=name)
        assert np.all(changed[features == 0] == 0)


def test_values_are_what_the_names_say():
    features = np.array([[3.0, 0.0, -4.0, 1.0, 2.0]])
    length = np.sqrt(30)
    signs = perturbations.binarised(features, None)
    np.testing.assert_allclose(signs, [[length / 2, 0, -length / 2, length / 2, length / 2]])
    largest = perturbations.least_dropped(features, None)
    np.testing.assert_allclose(largest, [[3 * length / 5, 0, -4 * length / 5, 0, 0]], rtol=1e-6)
    first, rest = perturbations.top(features, 2)
    np.testing.assert_array_equal(first, [[3, 0, 0, 0, 2]])
    np.testing.assert_array_equal(first + rest, features)


def test_dropout_drops_half():
    features = np.ones((10, 1000), np.float32)
    assert (perturbations.dropped(features, RNG(0)) == 0).mean() == pytest.approx(0.5, abs=0.03)


def test_random_features_are_as_sparse_and_as_strong_as_real_ones():
    real = np.maximum(RNG(0).normal(size=(500, 40)) * np.arange(1, 41) - 5, 0)
    for draw in (perturbations.by_histograms, perturbations.by_gaussian):
        drawn = draw(real, 400, RNG(1), alpha=1.0)
        assert (drawn == 0).mean() == pytest.approx((real == 0).mean(), abs=0.02)
        assert drawn.mean() == pytest.approx(real.mean(), rel=0.05)
    by_histograms = perturbations.by_histograms(real, 400, RNG(1), alpha=1.0)
    np.testing.assert_allclose(by_histograms.mean(axis=0)[20:], real.mean(axis=0)[20:], rtol=0.2)
    np.testing.assert_allclose(
        perturbations.by_histograms(real, 4, RNG(2)),
        2 * perturbations.by_histograms(real, 4, RNG(2), alpha=1.0),
    )


def test_single_units_are_alive_and_alone():
    features = np.zeros((6, 3, 4), np.float32)
    features[:, 1, 2] = 2.0
    features[:, 2, 0] = 1.0
    found = single_units(features, 5, RNG(0)).reshape(5, -1)
    assert np.all((found > 0).sum(axis=1) == 1)
    assert set(found.argmax(axis=1)) <= {6, 8}
    np.testing.assert_allclose(found.max(axis=1), np.sqrt(5), rtol=1e-6)
