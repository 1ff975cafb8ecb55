"""Networks of a user's own as features: files of Keras, SavedModels."""

import sys

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


class Pooling(tf.Module):
    """Means of blocks, each channel times a weight of its own; and the brightest of all."""

    def __init__(self):
        super().__init__()
        self.weight = tf.Variable([1.0, 2.0, 3.0])

    def maps(self, image):
        return tf.nn.avg_pool2d(image * self.weight, 4, 4, "VALID")

    def both(self, image):
        return {"maps": self.maps(image), "brightest": tf.reduce_max(image, (1, 2))}


def lite(path, function, batch, **options):
    """Writes a function of images [batch, 16, 16, 3] for TensorFlow Lite."""
    spec = tf.TensorSpec((batch, 16, 16, 3), tf.float32, "image")
    concrete = tf.function(function, autograph=False).get_concrete_function(spec)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    for name, value in options.items():
        setattr(converter, name, value)
    path.write_bytes(converter.convert())


def quantised():
    rng = np.random.default_rng(1)
    samples = [rng.random((1, 16, 16, 3)).astype(np.float32) for _ in range(8)]
    return {
        "optimizations": [tf.lite.Optimize.DEFAULT],
        "representative_dataset": lambda: ([sample] for sample in samples),
        "target_spec": tf.lite.TargetSpec(supported_ops=[tf.lite.OpsSet.TFLITE_BUILTINS_INT8]),
    }


@pytest.mark.parametrize(("batch", "kind"), [(None, "any"), (1, "single"), (1, "int8"), (1, "u8")])
def test_a_network_of_tensorflow_lite_is_a_feature_that_numpy_computes(tmp_path, batch, kind):
    module, path = Pooling(), tmp_path / "net.tflite"
    options = {}
    if kind in ("int8", "u8"):
        dtype = tf.int8 if kind == "int8" else tf.uint8
        options = quantised() | {"inference_input_type": dtype, "inference_output_type": dtype}
    lite(path, module.maps, batch, **options)
    extract = find_feature(str(path), 32)  # twice what it takes
    assert extract.feature_shape == (4, 4, 3)
    assert not extract.in_graph
    expected = module.maps(tf.image.resize(IMAGES, (16, 16), antialias=True))
    precision = {"rtol": 1e-4} if not options else {"atol": 0.04}  # of 0 to 3 in 256 levels
    np.testing.assert_allclose(extract(IMAGES), expected, **precision)
    graph = tf.data.Dataset.from_tensors(IMAGES).map(extract)
    np.testing.assert_allclose(next(iter(graph)), expected, **precision)


def test_one_of_several_outputs_has_to_be_named(tmp_path):
    path = tmp_path / "net.tflite"
    module = Pooling()
    spec = tf.TensorSpec((None, 16, 16, 3), tf.float32, "image")
    signature = tf.function(module.both, input_signature=[spec])
    module.signature = signature
    tf.saved_model.save(module, str(tmp_path / "saved"), {"serving_default": signature})
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "saved"))
    path.write_bytes(converter.convert())
    extract = find_feature(f"{path}:brightest", 16)
    np.testing.assert_allclose(
        extract(IMAGES[:, :16, :16]), tf.reduce_max(IMAGES[:, :16, :16], (1, 2)), rtol=1e-5
    )
    assert find_feature(f"{path}:maps", 16).feature_shape == (4, 4, 3)
    with pytest.raises(InputError, match=r"has several outputs: choose one of .*brightest, maps"):
        find_feature(str(path), 16)
    with pytest.raises(InputError, match=r"has no output faintest: choose one of .*brightest"):
        find_feature(f"{path}:faintest", 16)


def test_files_of_interpreters_that_cannot_be_read_are_told(tmp_path, monkeypatch):
    (tmp_path / "broken.tflite").write_text("no network")
    with pytest.raises(InputError, match=r"broken.tflite cannot be read"):
        find_feature(str(tmp_path / "broken.tflite"), 16)
    with pytest.raises(InputError, match=r"names no file: give FILE.onnx\[:OUTPUT\]"):
        find_feature("none.onnx", 16)
    (tmp_path / "net.onnx").write_text("no network")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # as if it were not installed
    with pytest.raises(InputError, match="needs onnxruntime, which is not installed: pip install"):
        find_feature(str(tmp_path / "net.onnx"), 16)
    lite(tmp_path / "rows.tflite", lambda image: tf.reduce_sum(image, 1), 5)
    with pytest.raises(InputError, match=r"takes 1 inputs, the first of .5, 16, 16, 3.: give"):
        find_feature(str(tmp_path / "rows.tflite"), 16)


@pytest.mark.parametrize("batch", ["n", 1])
def test_a_network_of_onnx_is_a_feature(tmp_path, batch):
    pytest.importorskip("onnxruntime")
    onnx = pytest.importorskip("onnx")
    helper, path = onnx.helper, tmp_path / "net.onnx"
    number = onnx.TensorProto.FLOAT
    node = helper.make_node("AveragePool", ["image"], ["maps"], kernel_shape=[4, 4], strides=[4, 4])
    graph = helper.make_graph(
        [node],
        "pooling",
        [helper.make_tensor_value_info("image", number, [batch, 3, 16, 16])],
        [helper.make_tensor_value_info("maps", number, [batch, 3, 4, 4])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(path))
    for feature in (str(path), f"{path}:maps"):
        extract = find_feature(feature, 32)
        small = tf.image.resize(IMAGES, (16, 16), antialias=True)
        expected = tf.transpose(tf.nn.avg_pool2d(small, 4, 4, "VALID"), (0, 3, 1, 2))
        np.testing.assert_allclose(extract(IMAGES), expected, rtol=1e-4)
    with pytest.raises(InputError, match="has no output scores: choose one of maps"):
        find_feature(f"{path}:scores", 32)


FUNCTIONS = """
import numpy as np
import tensorflow as tf

weight = tf.Variable(3.0)

def weighted(images):
    return weight * tf.reduce_mean(images, axis=(1, 2))

def of_arrays(images):
    return np.asarray(images).mean(axis=(1, 2))

def called_back(images):
    return tf.numpy_function(of_arrays, [tf.convert_to_tensor(images)], tf.float32)

def another_in_graphs(images):
    return tf.reduce_mean(images, axis=(1, 2)) + (0.0 if tf.executing_eagerly() else 1.0)
"""


def test_a_function_of_tensors_goes_into_the_graph_and_one_of_arrays_does_not(tmp_path):
    (tmp_path / "mine.py").write_text(FUNCTIONS)
    extract = find_feature(f"{tmp_path}/mine.py:weighted", 32)
    assert extract.in_graph
    assert [float(v) for v in extract.variables] == [3.0]
    means = tf.reduce_mean(IMAGES, (1, 2))
    np.testing.assert_allclose(tf.function(extract)(IMAGES), 3 * means, rtol=1e-5)
    for name in ("of_arrays", "called_back", "another_in_graphs"):
        extract = find_feature(f"{tmp_path}/mine.py:{name}", 32)
        assert not extract.in_graph
        np.testing.assert_allclose(extract(IMAGES), means, rtol=1e-4)
