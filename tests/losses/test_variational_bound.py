"""The terms of equation (5), against distributions and a Monte-Carlo estimate of the bound."""

import numpy as np
import pytest
import tensorflow as tf

from tfgen.losses import variational_bound

RNG = np.random.default_rng(0)


def normal_log_density(x, mean, variance):
    return -0.5 * (np.log(2 * np.pi * variance) + (x - mean) ** 2 / variance)


def test_the_masks_probability_is_bernoullis():
    target = RNG.integers(0, 2, (2, 4, 4, 1)).astype(np.float32)
    logits = RNG.normal(size=target.shape).astype(np.float32)
    p = 1 / (1 + np.exp(-logits))
    expected = np.log(np.where(target == 1, p, 1 - p)).sum(axis=(1, 2, 3))
    got = variational_bound.mask_log_probability(target, logits)
    np.testing.assert_allclose(got, expected, rtol=1e-5)


def test_the_images_probability_is_gaussian():
    target, mean = RNG.normal(size=(2, 3, 4, 4, 3)).astype(np.float32)
    expected = normal_log_density(target, mean, 0.3**2).sum(axis=(1, 2, 3))
    got = variational_bound.image_log_probability(tf.constant(target), tf.constant(mean), 0.3)
    np.testing.assert_allclose(got, expected, rtol=1e-5)


def test_the_divergence_is_what_samples_of_q_tell():
    mean = RNG.normal(size=(3, 5)).astype(np.float32)
    log_variance = RNG.normal(size=(3, 5)).astype(np.float32)
    z = mean + np.exp(0.5 * log_variance) * RNG.normal(size=(400_000, 3, 5))
    ratio = normal_log_density(z, mean, np.exp(log_variance)) - normal_log_density(z, 0.0, 1.0)
    got = variational_bound.divergence_from_prior(mean, log_variance)
    np.testing.assert_allclose(got, ratio.sum(axis=-1).mean(axis=0), rtol=0.01)
    zeros = tf.zeros((1, 5))
    assert float(variational_bound.divergence_from_prior(zeros, zeros)[0]) == 0.0


def test_divergence_that_is_free_costs_nothing_number_by_number():
    mean = tf.Variable(RNG.normal(size=(64, 3)) * (2.0, 0.1, 0.1), dtype=tf.float32)
    log_variance = tf.zeros((64, 3))
    each = 0.5 * tf.square(mean).numpy().mean(axis=0)
    assert each[0] > 0.5 > each[1]
    with tf.GradientTape() as tape:
        cost = tf.reduce_mean(variational_bound.divergence_from_prior(mean, log_variance, 0.5))
    assert float(cost) == pytest.approx(each[0] + 0.5 + 0.5, rel=1e-5)
    gradient = tape.gradient(cost, mean).numpy()
    np.testing.assert_allclose(gradient[:, 0], mean.numpy()[:, 0] / 64, rtol=1e-5)
    assert (gradient[:, 1:] == 0).all()


def test_the_bound_stays_below_the_likelihood_and_meets_it_at_the_true_posterior():
    """A linear decoder: the likelihood of equation (4) is known, so is the posterior."""
    weight, sigma = np.array([0.8, -0.5, 0.3], np.float32), 0.4
    x = np.array([0.5, 0.1, -0.2], np.float32)
    covariance = np.outer(weight, weight) + sigma**2 * np.eye(3)
    _, determinant = np.linalg.slogdet(2 * np.pi * covariance)
    likelihood = -0.5 * (determinant + x @ np.linalg.solve(covariance, x))
    variance = 1 / (1 + weight @ weight / sigma**2)
    mean = variance * weight @ x / sigma**2

    def bound(mean, variance, samples=200_000):
        mean, log_variance = np.full((1, 1), mean), np.full((1, 1), np.log(variance))
        z = mean + np.sqrt(variance) * RNG.normal(size=(samples, 1))
        images = (z * weight).astype(np.float32).reshape(samples, 1, 1, 3)
        target = np.broadcast_to(x.reshape(1, 1, 1, 3), images.shape)
        log_p = variational_bound.image_log_probability(
            tf.constant(target), tf.constant(images), sigma
        )
        divergence = variational_bound.divergence_from_prior(
            mean.astype(np.float32), log_variance.astype(np.float32)
        )
        return float(tf.reduce_mean(log_p)) - float(divergence[0])

    assert bound(mean, variance) == pytest.approx(likelihood, abs=0.01)
    assert bound(mean + 0.5, variance) < likelihood - 0.1
    assert bound(mean, 4 * variance) < likelihood - 0.1
