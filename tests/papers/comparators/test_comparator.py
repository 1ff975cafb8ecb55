"""Comparators as features: random ones, and those whose layers branch."""

import numpy as np
import pytest
import tensorflow as tf

from tfgen.papers.comparators.opening import comparator_from

IMAGES = tf.random.stateless_uniform((2, 64, 64, 3), (0, 1))


@pytest.mark.parametrize("name", ["caffenet:conv3", "squeezenet:fire3", "keras.VGG16:block1_conv2"])
def test_random_networks_are_the_same_each_time(name):
    first, again = (comparator_from(name, "random", 64)(IMAGES).numpy() for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.std() > 0.1


def test_a_random_network_keeps_the_size_of_what_goes_through_it():
    features = comparator_from("googlenet:inception_3a", "random", 64)(IMAGES).numpy()
    assert features.shape == (2, 8, 8, 256)
    assert 0.1 < np.sqrt(np.square(features).mean()) < 30
    other = comparator_from("googlenet:inception_3a", "random", 64)(IMAGES[:, ::-1]).numpy()
    assert np.abs(features - other).mean() > 0.01
