"""The probabilistic generator: what becomes of style, noise and code."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.descriptions import LAMPS
from tfgen.networks.conditioning import stream_codes
from tfgen.papers.chairs.drawing import draw_over_black
from tfgen.papers.chairs.tables import generator_spec
from tfgen.papers.chairs.variational import VariationalGenerator

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def generator():
    keras.utils.set_random_seed(0)
    spec = generator_spec("1s-S", 64, 0.05, 0.05, mask="sigmoid")
    generator = VariationalGenerator(spec, num_styles=5)
    for head in generator.latent_heads:  # away from where they start, which is nearly zero
        head.kernel.assign(tf.random.normal(head.kernel.shape, seed=1))
    return generator


def inputs(**values):
    view = {"viewpoint": tf.ones((2, 4)), "transform": tf.zeros((2, 8))}
    return view | {name: tf.constant(value, tf.float32) for name, value in values.items()}


def test_without_noise_the_code_is_the_mean(generator):
    style = np.eye(5)[[1, 3]]
    drawn = generator(inputs(style=style))
    mean, log_variance = generator.infer(tf.constant(style, tf.float32))
    np.testing.assert_array_equal(drawn["latent_mean"], mean)
    np.testing.assert_array_equal(drawn["latent_log_variance"], log_variance)
    again = generator(inputs(latent=mean))
    np.testing.assert_allclose(drawn["image"], again["image"], atol=1e-6)
    assert "latent_mean" not in again
    assert mean.shape == (2, generator.latent_size)


def test_noise_moves_the_code_by_sigma(generator):
    style = np.eye(5)[[1, 3]]
    noise = RNG.normal(size=(2, generator.latent_size))
    drawn = generator(inputs(style=style, noise=noise))
    mean, log_variance = generator.infer(tf.constant(style, tf.float32))
    z = mean + np.exp(0.5 * log_variance) * noise
    again = generator(inputs(latent=z))
    np.testing.assert_allclose(drawn["image"], again["image"], atol=1e-4)
    plain = generator(inputs(style=style))
    assert np.abs(drawn["image"] - plain["image"]).max() > 1e-3


def test_masks_are_probabilities(generator):
    drawn = generator(inputs(style=np.eye(5)[[0, 1]]))
    expected = 1 / (1 + np.exp(-drawn["mask_logits"].numpy()))
    np.testing.assert_allclose(drawn["mask"], expected, rtol=1e-5)
    assert drawn["mask"].shape == (2, 64, 64, 1)


def test_a_short_code_is_all_that_the_joint_layers_hear_of_the_style():
    spec = generator_spec("1s-S", 64, 0.05, 0.05, mask="sigmoid")
    short = VariationalGenerator(spec, num_styles=5, latent_size=3)
    assert short.latent_size == 3
    usual = VariationalGenerator(spec, num_styles=5)
    fewer = usual.count_params() - short.count_params()
    width, heads = spec.inputs["style"][-1], 2
    assert fewer == (usual.latent_size - 3) * (spec.trunk[0] + heads * (width + 1))
    mean, _ = short.infer(tf.eye(5))
    assert mean.shape == (5, 3)
    codes = RNG.normal(size=(2, 3))
    assert np.abs(np.diff(short(inputs(latent=codes))["image"], axis=0)).max() > 0


def test_the_code_stands_for_all_that_the_styles_stream_hears():
    spec = generator_spec("1s-S", 64, 0.05, 0.05, mask="sigmoid", streams=tuple(LAMPS.streams))
    lamps = VariationalGenerator(spec, LAMPS)
    view = {"light": tf.constant([10.0]), "pose": tf.zeros((1, 3))}
    style = {"shape": tf.constant([1]), "colour": tf.constant([0])}
    mean, _ = lamps.infer(stream_codes(LAMPS, style | view)["look"])
    assert mean.shape == (1, lamps.latent_size)
    by_style, by_code = (draw_over_black(lamps, view | x) for x in (style, {"latent": mean}))
    np.testing.assert_allclose(by_style[0], by_code[0], atol=1e-6)
