"""Encoders that start from a comparator see what it sees."""

import numpy as np
import pytest
import tensorflow as tf

from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.spec import Conv, Dense, NetworkSpec
from tfgen.papers.comparators.comparator import Comparator
from tfgen.papers.comparators.opening import comparator_from
from tfgen.papers.comparators.tables import ComparatorSpec
from tfgen.papers.deepsim.encoder_start import start_encoder
from tfgen.papers.deepsim.tables import AUTOENCODERS

ROWS = {"conv1": Conv(4, 5, stride=2, padding="valid"), "conv2": Conv(6, 3), "fc6": Dense(7)}
CODE = {"code": Dense(4, activation="none")}
LEVELS = ComparatorSpec(NetworkSpec("a test", ROWS), 16, mean=(123.0, 117.0, 104.0))
DEVIATIONS = ComparatorSpec(
    NetworkSpec("a test", ROWS), 16, (0.5, 0.4, 0.3), 1.0, (0.2, 0.3, 0.4), bgr=False
)


@pytest.mark.parametrize("spec", [LEVELS, DEVIATIONS], ids=["caffe", "torchvision"])
def test_the_encoder_begins_as_the_comparator_ends(spec):
    comparator = Comparator(spec, "fc6", 16)
    for layer in comparator.network.body:
        layer.bias.assign(tf.random.stateless_normal(layer.bias.shape, (0, 1)))
    encoder = LayeredNetwork(NetworkSpec("a test", ROWS | CODE), (16, 16, 3))
    start_encoder(encoder, comparator)
    image = tf.random.stateless_uniform((2, 16, 16, 3), (0, 0))
    seen = encoder.named_outputs(image - 0.5, ["fc6"])["fc6"]
    np.testing.assert_allclose(seen, comparator(image), rtol=1e-3, atol=1e-3)


def test_another_encoder_is_refused():
    comparator = Comparator(LEVELS, "fc6", 16)
    rows = ROWS | {"fc6": Dense(8)}
    with pytest.raises(ValueError, match="does not begin"):
        start_encoder(LayeredNetwork(NetworkSpec("a test", rows), (16, 16, 3)), comparator)


def test_the_encoder_of_the_papers_vae_sees_what_alexnet_sees():
    comparator = comparator_from("caffenet:fc6", "random", 96)
    rows = AUTOENCODERS["alexnet-vae"].narrowed(1.0).encoder
    encoder = LayeredNetwork(rows.until("fc6"), (96, 96, 3))
    start_encoder(encoder, comparator)
    image = tf.random.stateless_uniform((2, 96, 96, 3), (0, 0))
    seen = encoder(image - 0.5).numpy()
    expected = comparator(image).numpy()
    assert (expected == 0).mean() > 0.2
    np.testing.assert_allclose(seen, expected, rtol=1e-2, atol=1e-2 * expected.std())
