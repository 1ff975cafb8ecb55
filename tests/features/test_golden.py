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
def test_most_keypoints_of_vlfeat_are_found_with_their_descriptors(photo):
    ours, golden = keypoints(GOLDEN[photo]), GOLDEN[f"{photo}_sift"].astype(np.float32)
    likeness = []
    for x, y, scale, angle, *descriptor in golden:
        turned = np.abs((ours[:, 3] - angle + np.pi) % (2 * np.pi) - np.pi)
        apart = np.hypot(ours[:, 0] - x, ours[:, 1] - y) + turned
        nearest = (apart + 3 * np.abs(np.log(ours[:, 2] / scale))).argmin()
        if apart[nearest] < 0.5:
            likeness.append(ours[nearest, 4:] @ descriptor)
    # OpenCV leaves out keypoints within five pixels of the border.
    assert len(likeness) > 0.6 * len(golden)
    assert np.median(likeness) > 0.98


def test_keypoints_lie_in_their_cells_on_the_grid():
    image = GOLDEN["flower"]
    found, points = sift(image[np.newaxis])[0], keypoints(image)
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
