"""The single operation against its two-step definition."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgen.layers.up_convolution import SmoothNormal, UpConv2D


def two_steps(x, kernel, bias):
    """Unpooling, then a convolution, by loops: the definition of section 3.1 and Figure 2."""
    n, h, w, _ = x.shape
    k, out = kernel.shape[0], kernel.shape[2]
    unpooled = np.zeros((n, 2 * h, 2 * w, x.shape[3]))
    unpooled[:, ::2, ::2] = x  # the value in the top left of each block, zeros elsewhere
    # A convolution turns its kernel round. Value (i, j) reaches from -(k // 2 - even) on.
    before = k // 2 if k % 2 else k // 2 - 1
    result = np.zeros((n, 2 * h + k, 2 * w + k, out))
    for y in range(2 * h):
        for column in range(2 * w):
            result[:, y : y + k, column : column + k] += np.einsum(
                "bi,yxoi->byxo", unpooled[:, y, column], kernel
            )
    return result[:, before : before + 2 * h, before : before + 2 * w] + bias


@pytest.mark.parametrize("kernel_size", [4, 5])
def test_equals_unpooling_then_convolution(kernel_size):
    rng = np.random.default_rng(kernel_size)
    x = rng.normal(size=(2, 4, 3, 6)).astype(np.float32)
    layer = UpConv2D(5, kernel_size, "random_normal")
    layer(tf.constant(x))
    kernel = rng.normal(size=(kernel_size, kernel_size, 5, 6)).astype(np.float32)
    bias = rng.normal(size=5).astype(np.float32)
    layer.set_weights([kernel, bias])
    np.testing.assert_allclose(layer(tf.constant(x)), two_steps(x, kernel, bias), atol=1e-4)


@pytest.mark.parametrize(("kernel_size", "centre"), [(4, 1), (5, 2)])
def test_a_value_lands_on_twice_its_coordinates(kernel_size, centre):
    layer = UpConv2D(1, kernel_size, "zeros")
    x = np.zeros((1, 4, 4, 1), np.float32)
    x[0, 1, 2, 0] = 3.0
    layer(tf.constant(x))
    kernel = np.zeros((kernel_size, kernel_size, 1, 1), np.float32)
    kernel[centre, centre] = 1.0
    layer.set_weights([kernel, np.zeros(1, np.float32)])
    y = layer(tf.constant(x)).numpy()
    assert y[0, 2, 4, 0] == 3.0
    assert np.count_nonzero(y) == 1


def test_gradients_reach_kernel_bias_and_input():
    layer = UpConv2D(3, 5, "random_normal")
    x = tf.random.stateless_normal((2, 4, 4, 2), (1, 2))
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(tf.square(layer(x)))
    for gradient in tape.gradient(total, [x, *layer.trainable_variables]):
        assert float(tf.norm(gradient)) > 0


def test_traces_with_an_unknown_batch():
    layer = UpConv2D(3, 5, "random_normal")
    function = tf.function(layer, input_signature=[tf.TensorSpec((None, 8, 8, 2))])
    assert function(tf.ones((3, 8, 8, 2))).shape == (3, 16, 16, 3)


@pytest.mark.parametrize("kernel_size", [4, 5, 6])
def test_a_smooth_start_is_upsampling_and_a_convolution(kernel_size):
    layer = UpConv2D(3, kernel_size, kernel_initializer=SmoothNormal(2.0, 8, seed=1))
    x = tf.random.stateless_normal((64, 8, 8, 8), (0, 1))
    y = layer(x).numpy()
    assert y[:, 4:12, 4:12].var() == pytest.approx(2.0, rel=0.2)
    flat = layer(tf.ones((1, 8, 8, 8))).numpy()[0, 4:12, 4:12]
    np.testing.assert_allclose(flat, np.broadcast_to(flat[0, 0], flat.shape), atol=1e-5)
    drawn_apart = keras.initializers.RandomNormal(stddev=0.1, seed=1)
    apart = UpConv2D(3, kernel_size, kernel_initializer=drawn_apart)
    lattice = apart(tf.ones((1, 8, 8, 8))).numpy()[0, 4:12, 4:12]
    assert lattice.std(axis=(0, 1)).min() > 1e-3
