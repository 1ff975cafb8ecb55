"""Images in [0, 1] and their levels: TensorFlow's functions and NumPy's give the same bits."""

import numpy as np
import tensorflow as tf

from tfgen import pixels


def test_both_round_and_clip_alike():
    halves = (np.arange(-2, 258, dtype=np.float32) + np.float32(0.5)) / np.float32(255)
    x = np.concatenate([halves, np.random.default_rng(0).uniform(-0.2, 1.2, 10_000)])
    x = x.astype(np.float32)
    levels = pixels.as_uint8(x)
    np.testing.assert_array_equal(levels, pixels.to_uint8(tf.constant(x)).numpy())
    np.testing.assert_array_equal(levels, pixels.as_uint8(tf.constant(x)))
    assert levels.dtype == np.uint8
    assert levels.min() == 0
    assert levels.max() == 255


def test_levels_come_back_alike():
    levels = np.arange(256, dtype=np.uint8)
    x = pixels.as_float32(levels)
    assert x.dtype == np.float32
    np.testing.assert_array_equal(x, pixels.from_uint8(levels).numpy())
    np.testing.assert_array_equal(levels, pixels.as_uint8(x))
