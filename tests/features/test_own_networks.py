"""Networks of a user's own as features: files of Keras, SavedModels."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.features.by_name import find_feature

IMAGES = tf.constant(np.random.default_rng(0).random((3, 32, 32, 3)), tf.float32)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Folder of a Keras file of any size, of one of a fixed size, and of a SavedModel."""
    folder = tmp_path_factory.mktemp("own")
    for name, size in (("any", None), ("fixed", 16)):
        seen = keras.Input((size, size, 3))
        maps = keras.layers.Conv2D(4, 3, strides=2, padding="same", name="maps")(seen)
        pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(maps)
        keras.Model(seen, keras.layers.Dense(2, name="scores")(pooled)).save(
            folder / f"{name}.keras"
        )

    class Module(tf.Module):
        def __init__(self):
            super().__init__()
            self.factor = tf.Variable(2.0)

        @tf.function(input_signature=[tf.TensorSpec((None, None, None, 3), tf.uint8, "image")])
        def levels(self, image):
            return {"mean": self.factor * tf.reduce_mean(tf.cast(image, tf.float32), (1, 2))}

        @tf.function(input_signature=[tf.TensorSpec((None, 4), tf.float32, "rows")])
        def rows(self, rows):
            return {"sum": tf.reduce_sum(rows, 1)}

    module = Module()
    signatures = {"serving_default": module.levels, "rows": module.rows}
    tf.saved_model.save(module, str(folder / "saved"), signatures)
    return folder


def test_a_layer_of_a_keras_file_is_a_feature(files):
    path = files / "any.keras"
    extract = find_feature(f"{path}:maps", 32)
    assert extract.in_graph
    assert extract.feature_shape == (16, 16, 4)
    whole = keras.models.load_model(path, compile=False)
    expected = keras.Model(whole.inputs, whole.get_layer("maps").output)(IMAGES)
    np.testing.assert_allclose(tf.function(extract)(IMAGES), expected, atol=1e-5)
    assert len(extract.variables) == 2  # what lies beyond the layer is not read
    with tf.GradientTape() as tape:
        tape.watch(IMAGES)
        loss = tf.reduce_sum(extract(IMAGES))
    assert tape.gradient(loss, IMAGES) is not None
    assert find_feature(f"{path}:scores", 32).feature_shape == (2,)


def test_images_are_resized_to_what_a_network_takes(files):
    extract = find_feature(f"{files / 'fixed.keras'}:maps", 32)
    assert extract.feature_shape == (8, 8, 4)
    small = tf.image.resize(IMAGES, (16, 16), antialias=True)
    np.testing.assert_allclose(extract(IMAGES), extract(small), atol=1e-5)


def test_a_saved_models_output_is_a_feature_of_levels_where_it_takes_them(files):
    extract = find_feature(f"{files / 'saved'}:serving_default:mean", 32)
    levels = np.rint(255 * IMAGES.numpy())
    np.testing.assert_allclose(extract(IMAGES), 2 * levels.mean(axis=(1, 2)), rtol=1e-4)
    assert len(extract.variables) == 1


def test_mistakes_are_told_with_what_there_is(files):
    (files / "broken.keras").write_text("no network")
    for feature, message in {
        "none.keras:maps": "names no file: give FILE.keras:LAYER",
        "broken.keras:maps": "broken.keras cannot be read",
        "any.keras:conv9": "has no layer conv9: choose one of .*maps, pooled, scores",
        "saved:predict:mean": "no signature predict: choose one of serving_default, rows",
        "saved:serving_default:max": "no output max: choose one of mean",
        "saved:rows:sum": "rows takes no single batch of images",
    }.items():
        with pytest.raises(InputError, match=message):
            find_feature(f"{files}/{feature}", 32)
