"""The terms of equation (1) against numbers worked out by hand."""

import math

import numpy as np
import tensorflow as tf

from tfgen.papers.chairs.losses import (
    half_squared_error,
    mask_log_likelihood,
    reconstruction_terms,
    white_squared_error,
)


def test_squared_error_is_half_the_sum_over_pixels_and_channels():
    target = tf.zeros((2, 2, 2, 3))
    prediction = tf.concat([tf.fill((1, 2, 2, 3), 0.5), tf.zeros((1, 2, 2, 3))], axis=0)
    # 12 numbers of 0.25 each, halved.
    np.testing.assert_allclose(half_squared_error(target, prediction), [1.5, 0.0])


def test_undecided_logits_cost_log_two_a_pixel():
    target = tf.constant([1.0, 0.0, 0.25, 1.0], shape=(1, 2, 2, 1))
    np.testing.assert_allclose(
        mask_log_likelihood(target, tf.zeros((1, 2, 2, 2))), [math.log(2)], rtol=1e-6
    )


def test_likelihood_of_one_pixel_by_hand():
    target = tf.fill((1, 1, 1, 1), 0.25)
    logits = tf.constant([0.0, math.log(3.0)], shape=(1, 1, 1, 2))  # probabilities 1/4 and 3/4
    expected = -(0.75 * math.log(0.25) + 0.25 * math.log(0.75))
    np.testing.assert_allclose(mask_log_likelihood(target, logits), [expected], rtol=1e-6)


def test_likelihood_is_finite_for_extreme_logits():
    logits = tf.constant([1e4, -1e4], shape=(1, 1, 1, 2))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = mask_log_likelihood(tf.ones((1, 1, 1, 1)), logits)
    assert np.isfinite(loss).all()
    assert np.isfinite(tape.gradient(loss, logits)).all()


def test_the_masks_term_follows_the_networks_kind_of_mask():
    targets = {"image": tf.zeros((1, 2, 2, 3)), "mask": tf.ones((1, 2, 2, 1))}
    linear = {"image": tf.zeros((1, 2, 2, 3)), "mask": tf.zeros((1, 2, 2, 1))}
    assert float(reconstruction_terms(targets, linear)["mask"][0]) == 2.0
    softmax = {**linear, "mask_logits": tf.zeros((1, 2, 2, 2))}
    np.testing.assert_allclose(
        reconstruction_terms(targets, softmax)["mask"], [math.log(2)], rtol=1e-6
    )


def drawing(color, mask):
    """One pixel: a gray over black, and its mask."""
    return {
        "image": tf.constant(color, shape=(1, 1, 1, 1)) * tf.ones((1, 1, 1, 3)),
        "mask": tf.constant(mask, shape=(1, 1, 1, 1)),
    }


def test_over_white_only_what_is_seen_counts():
    # A white object and no object look alike; equation (1) sees two errors of 1.
    np.testing.assert_allclose(white_squared_error(drawing(1.0, 1.0), drawing(0.0, 0.0)), [0.0])
    # A colour that fades inside its mask is a rim: 0.5 beside 0.5 + 0.5, in three channels.
    rim = white_squared_error(drawing(0.5, 0.5), drawing(0.5, 1.0))
    np.testing.assert_allclose(rim, [0.5 * 3 * 0.25])


def test_over_white_nothing_is_clipped():
    logits = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        beyond = white_squared_error(
            drawing(1.0, 1.0), drawing(1.0, 1.0) | {"image": logits * tf.ones((1, 1, 1, 3))}
        )
    assert float(tape.gradient(beyond, logits)) == 3.0
