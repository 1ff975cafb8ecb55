"""Which thetas are drawn, by small NumPy references."""

import numpy as np
import pytest
import tensorflow as tf

from tfgen.conditions.turntable import THETA
from tfgen.data.drawings.transform_draws import (
    SPATIAL,
    TransformRanges,
    drawn_transform,
    kept_transform,
    transforming,
)
from tfgen.data.drawings.transforms import apply_transform, warp_matrices


def drawn():
    """(ranges, [200, 8] thetas)."""
    ranges = TransformRanges.of_strength(1.0)
    unit = np.random.default_rng(0).random((200, ranges.randoms), np.float32)
    return ranges, drawn_transform(ranges, unit).numpy()


def test_draws_stay_in_range_and_fill_it():
    ranges, draws = drawn()
    for column, (low, high) in zip(draws.T, ranges.of_theta().values(), strict=True):
        assert low <= column.min() < low + 0.2 * (high - low)
        assert high - 0.2 * (high - low) < column.max() <= high


def test_zoom_is_never_below_the_paper_s():
    # The paper's networks never saw an object zoomed out: zoom without stretch is at least 1.
    _, draws = drawn()
    assert (draws[:, 3] + draws[:, 4]).min() >= -1e-7


def objects(count, low, high, size=32):
    """Masks of squares from pixel `low` to `high`, the latter left out."""
    mask = np.zeros((count, size, size, 1), np.float32)
    mask[:, low:high, low:high] = 1
    return tf.constant(mask)


def kept(how, mask, strength=1.0):
    ranges = TransformRanges.of_strength(strength, kept=how)
    unit = np.random.default_rng(1).random((len(mask), ranges.randoms), np.float32)
    return kept_transform(ranges, tf.constant(unit), None, mask).numpy()


def corners_in_input(thetas, size):
    """Where the output's corners lie in the input: [n, 4, 2]."""
    rows = warp_matrices(tf.constant(thetas), size, size).numpy()[:, :6].reshape(-1, 2, 3)
    last = size - 1.0
    corners = np.array([[0, 0, 1], [last, 0, 1], [0, last, 1], [last, last, 1]])
    return np.einsum("nij,kj->nki", rows, corners)


def test_filled_draws_show_nothing_from_beyond_the_frame():
    thetas = kept("filled", objects(300, 8, 24))
    corners = corners_in_input(thetas, 32)
    assert corners.min() > -0.01
    assert corners.max() < 31.01
    assert (np.abs(thetas[:, :5]).sum(axis=1) > 0).mean() > 0.9  # and most are no identity
    everything = drawn_transform(*_unit(300)).numpy()
    assert (corners_in_input(everything, 32).min(axis=(1, 2)) < 0).mean() > 0.3


def _unit(count):
    ranges = TransformRanges.of_strength(1.0)
    return ranges, np.random.default_rng(1).random((count, ranges.randoms), np.float32)


def test_whole_draws_cut_no_object():
    mask = objects(300, 5, 27)
    thetas = kept("whole", mask)
    area = apply_transform(tf.repeat(mask, 3, axis=-1), mask, tf.constant(thetas))[1]
    zoom = np.exp(thetas[:, 3] + thetas[:, 4])
    expected = 22**2 * zoom
    found = tf.reduce_sum(area, axis=(1, 2, 3)).numpy()
    np.testing.assert_allclose(found, expected, rtol=0.02)
    any_theta = drawn_transform(*_unit(300))
    cut = tf.reduce_sum(apply_transform(tf.repeat(mask, 3, -1), mask, any_theta)[1], (1, 2, 3))
    free = 22**2 * np.exp(any_theta.numpy()[:, 3] + any_theta.numpy()[:, 4])
    assert (cut.numpy() < 0.95 * free).mean() > 0.1


def test_where_nothing_fits_only_colours_change():
    thetas = kept("whole", objects(50, 0, 32), strength=1.0)
    assert not np.any(thetas[:, :5])
    assert np.abs(thetas[:, 5:]).min(axis=0).max() > 0


def test_an_empty_mask_is_no_obstacle():
    assert np.isfinite(kept("whole", objects(5, 0, 0))).all()


def test_ranges_widen_about_their_middles():
    ranges = TransformRanges.of_strength(1.0, growth=1e-2, start=0.25)
    steps = tf.constant([0, 100, 10**6], tf.int64)
    share = ranges.share(steps).numpy()
    np.testing.assert_allclose(share, [0.25, 0.25 + 0.75 * np.tanh(0.5), 1.0], rtol=1e-5)
    unit = np.random.default_rng(0).random((3, 500, len(ranges.low)), np.float32)
    thetas = drawn_transform(ranges, unit, tf.constant(share)[:, tf.newaxis]).numpy()
    turned = thetas[..., list(THETA).index("rotation")]
    np.testing.assert_allclose(np.abs(turned).max(axis=1), 0.2 * share, rtol=0.05)
    zoom = thetas[..., 3:5].mean(axis=-1)  # of (0, 0.4): its middle stays
    np.testing.assert_allclose(zoom.mean(axis=1), 0.2, atol=0.02)


@pytest.mark.parametrize("how", ["all", "filled", "whole"])
def test_the_step_of_the_pipeline_transforms_by_what_it_tells(how):
    ranges = TransformRanges.of_strength(1.0, kept=how, growth=1e-3)
    mask = objects(4, 8, 20)
    unit = np.random.default_rng(2).random((4, ranges.randoms), np.float32)
    batch = {"image": tf.repeat(mask, 3, axis=-1) * 0.5, "mask": mask, "random": unit}
    new = transforming(ranges)(batch | {"step": tf.constant([5, 5, 9, 9], tf.int64)})
    image, turned = apply_transform(batch["image"], mask, new["transform"])
    np.testing.assert_array_equal(new["image"], image)
    np.testing.assert_array_equal(new["mask"], turned)
    assert ranges.randoms == len(ranges.low) + (0 if how == "all" else 19 * len(SPATIAL))
