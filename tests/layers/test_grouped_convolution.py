"""Convolutions of maps of one pixel, where most of the kernel meets padding."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgen import stack
from tfgen.layers.grouped_convolution import Conv2D


@pytest.mark.parametrize(("kernel", "stride", "groups"), [(3, 1, 1), (5, 2, 1), (4, 2, 2)])
def test_a_single_pixel_is_convolved_as_any_map(kernel, stride, groups):
    layer = Conv2D(6, kernel, keras.initializers.RandomNormal(), stride, groups)
    x = tf.random.stateless_normal((2, 1, 1, 4), (0, 0))
    with tf.GradientTape() as tape:
        y = layer(x)
        loss = tf.reduce_sum(tf.square(y))
    weights = stack.raw_variable(layer.kernel)
    gradient = tape.gradient(loss, weights)
    with tf.GradientTape() as tape:
        parts = [
            tf.nn.conv2d(part, of_group, stride, "SAME")
            for part, of_group in zip(
                tf.split(x, groups, axis=-1), tf.split(weights, groups, axis=-1), strict=True
            )
        ]
        expected = tf.concat(parts, axis=-1)
        loss = tf.reduce_sum(tf.square(expected))
    np.testing.assert_allclose(y, expected, atol=1e-6)
    np.testing.assert_allclose(gradient, tape.gradient(loss, weights), atol=1e-5)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", ["same", "valid", 2])
def test_a_channel_a_group_is_what_groups_are(stride, padding):
    x = tf.random.stateless_normal((2, 9, 8, 6), (0, 1))
    layer = Conv2D(6, 3, "random_normal", stride, groups=6, padding=padding)
    y = layer(x)
    kernel = tf.convert_to_tensor(layer.kernel)  # [3, 3, 1, 6]
    for channel in range(6):
        alone = Conv2D(1, 3, "zeros", stride, padding=padding)
        alone.build((2, 9, 8, 1))
        alone.kernel.assign(kernel[..., channel : channel + 1])
        expected = alone(x[..., channel : channel + 1])
        np.testing.assert_allclose(y[..., channel : channel + 1], expected, atol=1e-5)
