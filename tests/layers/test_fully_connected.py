"""Fully connected layers, against Keras' own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgen import stack
from tfgen.layers.fully_connected import FullyConnected


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_it_is_a_dense_layer_with_the_kernel_transposed(precision):
    start = keras.initializers.RandomNormal(seed=0)
    layer = FullyConnected(7, start, dtype=precision)
    theirs = keras.layers.Dense(7, dtype=precision)
    x = tf.random.stateless_normal((3, 5), (0, 0))
    layer(x), theirs(x)
    weights = stack.raw_variable(layer.kernel), stack.raw_variable(theirs.kernel)
    weights[1].assign(tf.transpose(weights[0]))
    for each in (layer, theirs):
        stack.raw_variable(each.bias).assign(tf.range(7.0))
    with tf.GradientTape(persistent=True) as tape:
        found, expected = layer(x), theirs(x)
        losses = [tf.reduce_sum(tf.square(tf.cast(y, tf.float32))) for y in (found, expected)]
    assert layer.kernel.shape == (7, 5)
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(tf.cast(found, tf.float32), tf.cast(expected, tf.float32), rtol=1e-6)
    gradients = [tape.gradient(loss, w) for loss, w in zip(losses, weights, strict=True)]
    np.testing.assert_allclose(tf.transpose(gradients[0]), gradients[1], rtol=1e-2, atol=1e-5)
