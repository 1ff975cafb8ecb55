"""HOG, LBP and SIFT against arrays that VLFeat made of real photographs (`make_golden.py`)."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tfgen.features.cells import gray
from tfgen.features.hog import hog
from tfgen.features.lbp import lbp
from tfgen.features.sift import keypoints, sift

GOLDEN = np.load(Path(__file__).with_name("golden.npz"))
PHOTOS = ("china", "flower")


@pytest.mark.parametrize("photo", PHOTOS)
@pytest.mark.parametrize("feature", [hog, lbp])
def test_features_are_vlfeats(photo, feature):
    found = feature(tf.constant(GOLDEN[photo], tf.float32)[tf.newaxis])[0].numpy()
    golden = GOLDEN[f"{photo}_{feature.__name__}"]
    assert found.shape == golden.shape
    assert np.linalg.norm(found - golden) < 1e-5 * np.linalg.norm(golden)


@pytest.mark.parametrize("photo", PHOTOS)
@pytest.mark.parametrize("crop", ["", "_crop"])
def test_keypoints_are_vlfeats_with_their_descriptors(photo, crop):
    image = GOLDEN[photo][-64:, :64] if crop else GOLDEN[photo]
    ours, golden = keypoints(image[np.newaxis])[0], GOLDEN[f"{photo}{crop}_sift"]
    assert len(golden) > 8
    assert _recall(golden, ours) >= 0.98
    assert _recall(ours, golden) >= 0.98


def _recall(wanted, found):
    """The share of keypoints that are found, with an orientation and a descriptor like theirs."""
    turned = np.abs((found[:, 3] - wanted[:, 3:4] + np.pi) % (2 * np.pi) - np.pi)
    apart = np.linalg.norm(found[:, :3] - wanted[:, np.newaxis, :3], axis=-1) + turned
    described = np.linalg.norm(found[:, 4:] - wanted[:, np.newaxis, 4:], axis=-1)
    return np.mean(np.any((apart < 0.02) & (described < 0.02), axis=1))


def test_keypoints_of_an_image_do_not_depend_on_its_companions():
    image = GOLDEN["china"]
    others = np.stack([image, image[::-1], np.full_like(image, 255), GOLDEN["flower"]])
    alone, blank = keypoints(image[np.newaxis])[0], 2
    found = keypoints(others)
    np.testing.assert_array_equal(found[0], alone)
    assert found[blank].shape == (0, 132)
    assert len(found[1]) > 8


def test_sift_of_a_blank_image_is_zero():
    assert not sift(np.full((2, 64, 64), 100.37)).any()


def test_keypoints_lie_in_their_cells_on_the_grid():
    image = GOLDEN["flower"]
    found, (points,) = sift(image[np.newaxis])[0], keypoints(image[np.newaxis])
    assert found.shape == (32, 35, 133)
    rows, columns = np.nonzero(np.abs(found).sum(axis=-1))
    cells = {(int(y) // 4, int(x) // 4) for x, y in points[:, :2]}
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) == cells
    for row, column in cells:
        x, y, sine, cosine, log_scale = found[row, column, 128:]
        differs = np.abs(points[:, :2] - (4 * column + x, 4 * row + y)).max(axis=1)
        same = points[differs < 1e-3]
        assert 0 <= x < 4
        assert 0 <= y < 4
        assert np.any(np.isclose(same[:, 3], np.arctan2(sine, cosine) % (2 * np.pi), atol=1e-3))
        assert np.any(np.isclose(np.log(same[:, 2]), log_scale, atol=1e-4))


@pytest.mark.parametrize(
    ("feature", "cell"), [(hog, 8), (lbp, 16), (lambda x: sift(np.asarray(x)), 4)]
)
def test_colour_and_images_below_a_cell_are_refused(feature, cell):
    with pytest.raises(ValueError, match="takes gray images"):
        feature(tf.zeros((1, 32, 32, 3)))
    with pytest.raises(ValueError, match=f"has cells of {cell} pixels"):
        feature(tf.zeros((1, cell - 1, 32)))


def test_hog_hardly_depends_on_brightness():
    image = tf.constant(GOLDEN["china"], tf.float32)[tf.newaxis]
    for factor in (0.1, 10.0):
        assert tf.norm(hog(image * factor) - hog(image)) < 0.05 * tf.norm(hog(image))


def test_hogs_gradient_is_the_difference_quotient():
    rng = np.random.default_rng(0)
    image = tf.constant(rng.uniform(0, 255, (1, 24, 24)), tf.float32)
    direction = tf.constant(rng.normal(size=image.shape), tf.float32)
    weights = tf.constant(rng.normal(size=(1, 3, 3, 31)), tf.float32)

    def value(step):
        # Steps too small to change any pixel's orientation, but for a few.
        return tf.reduce_sum(weights * hog(image + step * direction))

    with tf.GradientTape() as tape:
        step = tf.constant(0.0)
        tape.watch(step)
        found = value(step)
    quotient = (value(tf.constant(1e-2)) - value(tf.constant(-1e-2))) / 2e-2
    np.testing.assert_allclose(tape.gradient(found, step), quotient, rtol=0.05)


def test_gray_is_luma():
    colours = tf.constant([[[[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]]])
    np.testing.assert_allclose(gray(colours)[0, 0], [76.245, 149.685, 29.07], rtol=1e-5)
