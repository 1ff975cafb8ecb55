"""Exports of the probabilistic generator: its code in and out, through the loader of servers."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.conftest import export_generator
from tfgen.papers.chairs.drawing import generator_drawing
from tfgen.papers.chairs.tables import generator_spec
from tfgen.papers.chairs.variational import VariationalGenerator
from tfgen.serving.servable import Servable

VIEW = {
    "azimuth": np.array([30, 200], np.float32),
    "elevation": np.array([20, 30], np.float32),
    "transform": np.zeros((2, 8), np.float32),
}


@pytest.fixture(scope="module")
def variational():
    keras.utils.set_random_seed(0)
    return VariationalGenerator(
        generator_spec("1s-S", 64, 0.05, 0.05, mask="sigmoid"), num_styles=5
    )


@pytest.fixture(scope="module")
def servable(variational, labels, tmp_path_factory):
    labels = dataclasses.replace(labels, style_names=[f"chairs_{i:04d}" for i in range(5)])
    path = export_generator(variational, labels, tmp_path_factory.mktemp("models"), "variational")
    servable = Servable(path)
    yield servable
    servable.close()


def test_samples_are_drawn_from_the_code(servable, variational):
    latent = np.random.default_rng(0).normal(size=(2, variational.latent_size)).astype(np.float32)
    served = servable.signature("sample")({"latent": latent, **VIEW})
    images, masks = generator_drawing(variational)({"latent": latent, **VIEW})
    assert abs(served["image"].astype(int) - images).max() <= 1
    assert abs(served["mask"].astype(int) - masks).max() <= 1
    (png, _) = servable.signature("sample_png")({"latent": latent, **VIEW})["png_bytes"]
    assert png.startswith(b"\x89PNG")


def test_the_posterior_says_where_a_style_lies(servable, variational):
    posterior = servable.signature("posterior")({"style": np.array([3, 1])})
    mean, log_variance = variational.infer(tf.one_hot([3, 1], 5))
    np.testing.assert_allclose(posterior["mean"], mean, atol=1e-6)
    np.testing.assert_allclose(posterior["log_variance"], log_variance, atol=1e-6)
    of_style = servable.signature("serving_default")({"style": np.array([3, 1]), **VIEW})
    of_mean = servable.signature("sample")({"latent": posterior["mean"], **VIEW})
    assert abs(of_style["image"].astype(int) - of_mean["image"]).max() <= 1


def test_codes_that_are_not_finite_are_refused(servable, variational):
    latent = np.full((2, variational.latent_size), np.nan, np.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="latent has a number that is not"):
        servable.signature("sample")({"latent": latent, **VIEW})
