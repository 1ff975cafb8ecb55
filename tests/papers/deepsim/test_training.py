"""What images are compared by: enlarged first, by channels that count alike."""

import numpy as np
import pytest
import tensorflow as tf

from tfgen import stack
from tfgen.papers.deepsim.settings import AutoencoderSettings
from tfgen.papers.deepsim.task import AutoencoderTask
from tfgen.papers.deepsim.training import enlarging, relative


def test_features_are_centred_and_scaled_by_channel():
    factors = np.array([1.0, 100.0, 0.0, 5.0], np.float32)  # the third is dead

    def compare(images):
        return tf.concat([images, images[..., :1] ** 2], axis=-1) * factors + 7.0

    images = tf.random.stateless_uniform((20, 6, 6, 3), (0, 1))
    features = relative(compare, images)(images).numpy()
    np.testing.assert_allclose(features.mean(axis=(0, 1, 2)), 0.0, atol=1e-4)
    power = np.square(features).mean(axis=(0, 1, 2))
    np.testing.assert_allclose(power[[0, 1, 3]], power[0], rtol=1e-3)
    assert power[2] == 0
    length = np.square(features).sum(axis=(1, 2, 3)).mean()
    np.testing.assert_allclose(length, 0.75, rtol=1e-3)  # three of four channels


def test_images_are_enlarged_before_they_are_compared():
    seen = []
    enlarging(lambda x: seen.append(x) or x, 12)(tf.ones((2, 4, 4, 3)))
    assert seen[0].shape == (2, 12, 12, 3)
    np.testing.assert_allclose(seen[0], 1.0, rtol=1e-6)


def test_a_discriminators_rate_falls_or_stays():
    settings = AutoencoderSettings()
    moved = {}
    for steps in (0, settings.optimizer.hold_steps + 1):
        for constant in (False, True):
            optimizer = AutoencoderTask(settings).adam(1e-3, constant)
            weight = tf.Variable(0.0)
            optimizer.build([weight])
            stack.raw_variable(optimizer.iterations).assign(steps)
            optimizer.apply_gradients([(tf.constant(1.0), weight)])
            moved[steps, constant] = float(weight)
    # From the same moments: as far as their rates say.
    assert moved[0, False] == pytest.approx(moved[0, True])
    assert moved[steps, False] == pytest.approx(0.5 * moved[steps, True])
