"""The losses of DeePSiM against their formulas in NumPy."""

import numpy as np
import tensorflow as tf

from tfgen.papers.deepsim import losses

rng = np.random.default_rng(0)
A, B = (rng.random((3, 4, 4, 3)).astype(np.float32) for _ in range(2))


def test_image_losses_count_in_units_of_255():
    squared = [0.5 * (255**2 * (a - b) ** 2).sum() for a, b in zip(A, B, strict=True)]
    absolute = [(255 * np.abs(a - b)).sum() for a, b in zip(A, B, strict=True)]
    np.testing.assert_allclose(losses.image_loss("squared", A, B), squared, rtol=1e-5)
    np.testing.assert_allclose(losses.image_loss("absolute", A, B), absolute, rtol=1e-5)
    np.testing.assert_array_equal(losses.image_loss("none", A, B), np.zeros(3))


def test_feature_loss_is_half_the_squared_distance():
    for a, b in ((A, B), (A.reshape(3, -1), B.reshape(3, -1))):
        expected = 0.5 * ((a - b) ** 2).reshape(3, -1).sum(axis=1)
        found = losses.feature_loss(tf.constant(a), tf.constant(b))
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_adversarial_losses_are_log_probabilities():
    real, generated = (rng.normal(size=(5, 2)).astype(np.float32) for _ in range(2))

    def probability(logits):
        return np.exp(logits[:, 0]) / np.exp(logits).sum(axis=1)

    expected = -np.log(probability(real)) - np.log(1 - probability(generated))
    np.testing.assert_allclose(losses.discriminator_loss(real, generated), expected, rtol=1e-4)
    adversarial = -np.log(probability(generated))
    np.testing.assert_allclose(losses.adversarial_loss(generated), adversarial, rtol=1e-4)
    # Undecided: log 4 and log 2, a ratio of two.
    undecided = np.zeros((1, 2), np.float32)
    np.testing.assert_allclose(losses.discriminator_loss(undecided, undecided), [np.log(4)])
    np.testing.assert_allclose(losses.adversarial_loss(undecided), [np.log(2)])
