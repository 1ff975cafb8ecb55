"""Exports of models of photographs, through the loader of servers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import tfgen
from tfgen.errors import InputError
from tfgen.export.manifest import Manifest
from tfgen.export.saved_model import publish
from tfgen.features.by_name import find_feature
from tfgen.features.contract import FeatureExtractor
from tfgen.features.extractor import Extractor
from tfgen.papers.comparators.comparator import Comparator
from tfgen.papers.comparators.signatures import comparator_signatures
from tfgen.papers.comparators.tables import COMPARATORS
from tfgen.papers.deepsim.autoencoder import Autoencoder
from tfgen.papers.deepsim.signatures import autoencoder_signatures
from tfgen.papers.deepsim.tables import autoencoder_spec
from tfgen.papers.inverting.inverter import Inverter
from tfgen.papers.inverting.signatures import inverter_signatures
from tfgen.papers.inverting.tables import inverter_spec
from tfgen.serving.servable import Servable

SIZE = 32
IMAGES = np.random.default_rng(0).integers(0, 256, (2, SIZE, SIZE, 3)).astype(np.uint8)
FLOATS = tf.constant(IMAGES, tf.float32) / 255.0


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def served(variables, signatures, kind, folder):
    """Signature name -> function of its inputs, as a server runs it."""
    path = publish(variables, signatures, Manifest(kind, SIZE), folder, kind)
    servable = Servable(path)
    return {name: servable.signature(name) for name in servable.signatures}


def levels(images):
    return np.round(255 * np.clip(images, 0, 1))


def inverter(extract):
    spec = inverter_spec("mine", extract.feature_shape, SIZE).narrowed(0.02)
    return Inverter(extract, spec, extract.feature_shape, SIZE)


@pytest.mark.parametrize("name", ["table2", "table2-vae"])
def test_an_autoencoder_encodes_decodes_and_redraws(name, tmp_path):
    spec = autoencoder_spec(name).narrowed(0.1)
    model = Autoencoder(spec.encoder, spec.decoder, SIZE, spec.variational)
    functions = served(
        model.all_variables(), autoencoder_signatures(model), "autoencoder", tmp_path
    )
    expected = model(FLOATS)
    drawn = functions["serving_default"]({"image": IMAGES})["image"]
    assert abs(drawn - levels(expected["image"])).max() <= 1
    codes = functions["encode"]({"image": IMAGES})
    if spec.variational:
        np.testing.assert_allclose(codes["log_variance"], expected["log_variance"], atol=1e-5)
    code = codes["mean" if spec.variational else "code"]
    np.testing.assert_allclose(code, expected["code"], atol=1e-5)
    np.testing.assert_array_equal(functions["decode"]({"code": code})["image"], drawn)
    assert ("sample" in functions) == spec.variational


def test_an_inverter_takes_its_features_along(tmp_path):
    model = inverter(find_feature("hog", SIZE))
    functions = served(model.all_variables(), inverter_signatures(model), "inverter", tmp_path)
    features = functions["features"]({"image": IMAGES})["features"]
    np.testing.assert_allclose(features, model.extract(FLOATS), atol=1e-5)
    drawn = functions["invert"]({"features": features})["image"]
    assert abs(drawn - levels(model(FLOATS)["image"])).max() <= 1
    redrawn = functions["serving_default"]({"image": IMAGES})["image"]
    assert abs(redrawn.astype(int) - drawn).max() <= 1


def test_features_of_numpy_stay_outside(tmp_path):
    extract = Extractor("mine", lambda images: images[:, ::8, ::8], SIZE)
    model = inverter(extract)
    signatures = inverter_signatures(model)
    assert signatures.keys() == {"serving_default", "invert"}
    publish(model.all_variables(), signatures, Manifest("inverter", SIZE), tmp_path, "mine")
    loaded = tfgen.load(tmp_path / "mine")
    drawn = loaded.predict({"features": IMAGES[:, ::8, ::8] / 255.0})["image"]
    assert abs(drawn - levels(model(FLOATS)["image"])).max() <= 1
    with pytest.raises(InputError, match="features has a number that is not finite"):
        loaded.predict({"features": np.full((1, 4, 4, 3), np.nan)})


def test_a_comparator_gives_all_its_layers(tmp_path):
    comparator = Comparator(COMPARATORS["exemplar_cnn"].narrowed(0.1, 5), "softmax", SIZE)
    functions = served(
        comparator.variables, comparator_signatures(comparator), "comparator", tmp_path
    )
    layers = functions["serving_default"]({"image": IMAGES})
    assert layers.keys() == comparator.network.output_sizes.keys()
    np.testing.assert_allclose(layers["softmax"], comparator(FLOATS), atol=1e-5)


def test_what_extracts_features_says_what_it_is():
    network = Comparator(COMPARATORS["exemplar_cnn"].narrowed(0.1, 5), "conv1", SIZE)
    for extract, in_graph, weights in (
        (network, True, 2),
        (find_feature("lbp", SIZE), True, 0),
        (find_feature("sift", SIZE), False, 0),
    ):
        assert isinstance(extract, FeatureExtractor)
        assert extract.in_graph is in_graph
        assert len(extract.variables) == weights
        assert tuple(extract(FLOATS).shape[1:]) == tuple(extract.feature_shape)
    model = inverter(network)
    assert (model.code_shape, model.variational) == (None, False)
    assert len(model.all_variables()) == len(model.variables) + 2
