"""How fast HOG, LBP and SIFT are described, beside those libraries that are installed."""

import importlib.util
import statistics
import time

import cv2
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_sample_images

from tfgen.benchmark import vlfeat
from tfgen.features.hog import hog
from tfgen.features.lbp import lbp
from tfgen.features.sift import sift

# Width of an image -> so many a batch.
BATCHES = {64: 64, 256: 16}
OURS = "tfgen"


def measure_features(rounds, seconds, progress):
    """Times each feature by each library, in turns.

    Args:
      rounds: turns of each.
      seconds: length of one measurement.
      progress: called after each turn.

    Returns:
      A row a feature, size and library: images/s, the median of the rounds, and how many times as
      fast tfgen is, the median of the rounds' ratios.
    """
    rows = []
    for size, batch in BATCHES.items():
        images = _crops(size, batch)
        for feature, libraries in _libraries().items():
            rates = {name: [] for name in libraries}
            for describe in libraries.values():
                describe(images)  # graphs are traced
            for _ in range(rounds):
                for name, describe in libraries.items():
                    rates[name].append(_rate(describe, images, seconds))
                progress()
            for name, rate in rates.items():
                pairs = zip(rates[OURS], rate, strict=True)
                rows.append(
                    {
                        "feature": feature,
                        "pixels": size,
                        "by": name,
                        "images/s": statistics.median(rate),
                        "tfgen is so many times as fast": statistics.median(
                            a / b for a, b in pairs
                        ),
                    }
                )
    return rows


def measurements(rounds):
    """How many times `progress` is called."""
    return rounds * len(BATCHES) * len(_libraries())


def _libraries():
    """Feature -> library -> function of images [b, s, s] uint8."""
    found = {
        "hog": {OURS: _in_graph(hog)},
        "lbp": {OURS: _in_graph(lbp)},
        "sift": {OURS: sift, "OpenCV": _opencv_sift},
    }
    if importlib.util.find_spec("skimage"):
        from skimage.feature import hog as their_hog
        from skimage.feature import local_binary_pattern

        cells = {"pixels_per_cell": (8, 8), "cells_per_block": (2, 2)}
        found["hog"]["scikit-image"] = _each(lambda x: their_hog(x, 9, **cells))
        # Patterns alone, without histograms.
        found["lbp"]["scikit-image"] = _each(lambda x: local_binary_pattern(x, 8, 1))
    try:
        library = vlfeat.opened()
    except OSError:
        return found
    for name, describe in (("hog", vlfeat.hog), ("lbp", vlfeat.lbp), ("sift", vlfeat.sift)):
        found[name]["VLFeat"] = _each(
            lambda x, describe=describe: describe(library, x.astype(np.float32))
        )
    return found


def _in_graph(function):
    graph = tf.function(function, autograph=False)
    return lambda images: graph(tf.constant(images, tf.float32)).numpy()


def _each(function):
    return lambda images: [function(image) for image in images]


def _opencv_sift(images):
    detector = cv2.SIFT_create(0, 3, 0.0, 10.0, 1.6)
    return [detector.detectAndCompute(image, None) for image in images]


def _crops(size, count):
    """[count, size, size] uint8 of two photographs that come with scikit-learn."""
    photographs = [cv2.cvtColor(x, cv2.COLOR_RGB2GRAY) for x in load_sample_images().images]
    rng = np.random.default_rng(0)
    crops = []
    for i in range(count):
        image = photographs[i % len(photographs)]
        row, column = (rng.integers(n - size + 1) for n in image.shape)
        crops.append(image[row : row + size, column : column + size])
    return np.stack(crops)


def _rate(describe, images, seconds):
    done, start = 0, time.perf_counter()
    while True:
        describe(images)
        done += len(images)
        if (spent := time.perf_counter() - start) >= seconds:
            return done / spent
