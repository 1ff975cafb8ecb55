"""Descent and the paired dictionary, on features whose inverse is known."""

import cv2
import numpy as np
import tensorflow as tf

from tfgen.features.hog import hog
from tfgen.papers.inverting.paired_dictionary import PairedDictionary
from tfgen.papers.inverting.preimage import OF_HOG, Descent, preimages


def smooth_images(count, size, seed=0):
    """[n, size, size] float32 in [0, 255]: a dark and a light half, the edge in any direction."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size - 0.5
    angle = rng.uniform(0, 2 * np.pi, (count, 1, 1))
    return np.float32(
        128 + 80 * np.tanh(8 * (x * np.cos(angle) + y * np.sin(angle) + rng.normal(0, 0.1)))
    )


def test_descent_finds_the_image_when_features_are_the_image():
    rng = np.random.default_rng(0)
    images = np.float32(rng.uniform(0.2, 0.8, (2, 8, 8, 3)))
    descent = Descent(((1.0, 200), (0.1, 200)), total_variation=0.0)
    found = preimages(lambda x: 255 * x - 117, 255 * images - 117, 8, descent)
    np.testing.assert_allclose(found, images, atol=0.02)


def test_descent_lessens_the_distance_of_hog_and_draws_gray():
    noise = np.random.default_rng(0).uniform(0, 255, (2, 32, 32)).astype(np.float32)
    target = hog(tf.constant([cv2.GaussianBlur(image, (0, 0), 1.5) for image in noise]))

    def extract(images):
        return hog(255 * images[..., 0])

    found = preimages(extract, target, 32, OF_HOG, gray=True)
    assert np.ptp(found, axis=-1).max() == 0
    assert tf.norm(extract(tf.constant(found)) - target) < 0.3 * tf.norm(target)


def test_a_dictionary_draws_the_edges_that_hog_has():
    images = smooth_images(200, 64)
    hogs = hog(tf.constant(images)).numpy()
    learned = PairedDictionary(atoms=24, patches=600, passes=2).fit(images[4:], hogs[4:])
    drawn = learned.invert(hogs[:4])
    assert drawn.shape == (4, 64, 64)
    assert drawn.min() == 0
    assert drawn.max() == 1
    likeness = [
        np.corrcoef(a[8:-8, 8:-8].reshape(-1), b[8:-8, 8:-8].reshape(-1))[0, 1]
        for a, b in zip(images[:4], drawn, strict=True)
    ]
    assert min(likeness) > 0.6


def test_descent_that_overshoots_stays_finite():
    images = np.float32(np.random.default_rng(0).uniform(0, 1, (2, 8, 8, 3)))
    rough = Descent(((10.0, 60), (0.1, 60)), total_variation=100.0)
    found = preimages(lambda x: x, images, 8, rough)
    assert np.isfinite(found).all()
