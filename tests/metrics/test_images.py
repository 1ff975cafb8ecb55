"""Image metrics against numbers worked out by hand."""

import numpy as np
import pytest
import tensorflow as tf

from tfgen.metrics import images


def test_compositing_fills_the_background_with_white():
    image = tf.constant([[[[0.2, 0.0, 0.1], [0.0, 0.0, 0.0]]]])
    mask = tf.constant([[[[0.5], [0.0]]]])
    np.testing.assert_allclose(
        images.over_white(image, mask), [[[[0.7, 0.5, 0.6], [1.0, 1.0, 1.0]]]], rtol=1e-6
    )


def test_compositing_cuts_off_what_lies_outside_the_mask():
    image = tf.constant([[[[0.9, -0.2, 0.4], [0.3, 0.3, 0.3]]]])
    mask = tf.constant([[[[0.5], [0.0]]]])
    np.testing.assert_allclose(
        images.over_white(image, mask), [[[[1.0, 0.5, 0.9], [1.0, 1.0, 1.0]]]], rtol=1e-6
    )


def test_mse_is_the_mean_over_pixels_and_channels_of_each_image():
    a = tf.zeros((2, 4, 4, 3))
    b = tf.concat([tf.fill((1, 4, 4, 3), 0.1), tf.fill((1, 4, 4, 3), 0.2)], axis=0)
    np.testing.assert_allclose(images.mean_squared_error(a, b), [0.01, 0.04], rtol=1e-5)


def test_object_error_counts_the_objects_pixels_only():
    a = tf.zeros((1, 1, 2, 3))
    b = tf.constant([[[[0.3, 0.3, 0.3], [1.0, 1.0, 1.0]]]])
    mask = tf.constant([[[[1.0], [0.0]]]])
    np.testing.assert_allclose(images.object_squared_error(a, b, mask), [0.09], rtol=1e-5)


def test_psnr_of_a_constant_error_of_a_tenth_is_20_decibel():
    a = tf.zeros((1, 4, 4, 3))
    np.testing.assert_allclose(images.psnr(a, a + 0.1), [20.0], rtol=1e-4)


def test_iou_of_half_overlapping_masks_is_a_third():
    a = np.zeros((1, 1, 4, 1), np.float32)
    b = a.copy()
    a[0, 0, :2], b[0, 0, 1:3] = 1.0, 0.8
    np.testing.assert_allclose(images.mask_iou(a, b), [1 / 3], rtol=1e-6)


def test_iou_of_empty_masks_is_one():
    np.testing.assert_allclose(images.mask_iou(tf.zeros((1, 4, 4, 1)), tf.zeros((1, 4, 4, 1))), [1])


def test_outline_error_counts_two_pixels_on_both_sides():
    mask = np.zeros((1, 20, 20, 1), np.float32)
    mask[:, 6:14, 6:14] = 1
    target = np.zeros((1, 20, 20, 3), np.float32)
    for row, counted in [(0, 0), (3, 0), (4, 1), (5, 1), (6, 1), (7, 1), (8, 0), (10, 0)]:
        drawn = target.copy()
        drawn[:, row, 10] = 1
        error = float(images.outline_squared_error(target, drawn, mask)[0])
        assert error == pytest.approx(counted / (12**2 - 4**2)), row


def test_without_an_outline_there_is_no_error_at_it():
    target = tf.zeros((1, 8, 8, 3))
    for mask in (tf.zeros((1, 8, 8, 1)), tf.ones((1, 8, 8, 1))):
        assert float(images.outline_squared_error(target, target + 1, mask)[0]) == 0
