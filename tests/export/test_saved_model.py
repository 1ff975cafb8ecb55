"""Exports, loaded as TensorFlow Serving and as strangers load them."""

import json

import cv2
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from tests.conftest import export_generator
from tfgen.errors import InputError
from tfgen.papers.chairs.drawing import draw_over_black, generator_drawing

VIEWS = {
    "azimuth": np.array([0.0, 40.0, 300.0], np.float32),
    "elevation": np.array([20.0, 10.0, 30.0], np.float32),
}
THETA = np.random.default_rng(0).uniform(-0.2, 0.2, (3, 8)).astype(np.float32)
STYLES = np.array([0, 4, 2], np.int64)


@pytest.fixture
def expected(generator):
    draw = generator_drawing(generator)
    return draw({"style": STYLES, "transform": THETA, **VIEWS})


def call(model, signature, **inputs):
    outputs = model.signatures[signature](**{k: tf.constant(v) for k, v in inputs.items()})
    return {name: value.numpy() for name, value in outputs.items()}


def assert_close(a, b):
    """Equal up to one grey level: another order of additions may round the other way."""
    assert a.dtype == b.dtype == np.uint8
    assert np.abs(a.astype(int) - b.astype(int)).max() <= 1


def test_draws_what_the_generator_draws(exported, expected):
    model = tf.saved_model.load(str(exported))
    drawn = call(model, "serving_default", style=STYLES, transform=THETA, **VIEWS)
    assert_close(drawn["image"], expected[0])
    assert_close(drawn["mask"], expected[1])


def test_view_is_the_default_without_a_transformation(exported):
    model = tf.saved_model.load(str(exported))
    plain = call(model, "view", style=STYLES, **VIEWS)
    zeros = np.zeros((3, 8), np.float32)
    full = call(model, "serving_default", style=STYLES, transform=zeros, **VIEWS)
    np.testing.assert_array_equal(plain["image"], full["image"])


def test_morph_weighs_any_number_of_styles(exported, generator):
    model = tf.saved_model.load(str(exported))
    weights = np.array(
        [[0.2, 0.2, 0.2, 0.2, 0.2], [0, 1, 0, 0, 0], [0.5, 0, 0, 0.5, 0]], np.float32
    )
    drawn = call(model, "morph", weights=weights, transform=THETA, **VIEWS)
    images, _ = generator_drawing(generator)({"style": weights, "transform": THETA, **VIEWS})
    assert_close(drawn["image"], images)


def test_png_holds_the_objects_own_colours_with_the_mask_as_alpha(exported, generator):
    model = tf.saved_model.load(str(exported))
    inputs = dict(style=STYLES, transform=THETA, **VIEWS)
    encoded = call(model, "png", **inputs)["png_bytes"]
    values = {name: tf.constant(value) for name, value in inputs.items()}
    image, mask = draw_over_black(generator, values)
    colors = np.clip(image / mask, 0, 1) * 255
    for data, color, alpha in zip(encoded, colors, mask.numpy() * 255, strict=True):
        bgra = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        np.testing.assert_allclose(bgra[..., 2::-1], color, atol=1.01)
        np.testing.assert_allclose(bgra[..., 3:], alpha, atol=1.01)


def test_every_input_and_output_is_batched_in_dimension_0(exported):
    model = tf.saved_model.load(str(exported))
    for function in model.signatures.values():
        for spec in function.structured_input_signature[1].values():
            assert spec.shape[0] is None
        for output in function.structured_outputs.values():
            assert output.shape[0] is None
    image = model.signatures["serving_default"].structured_outputs["image"]
    assert image.shape.as_list() == [None, 64, 64, 3]
    assert image.dtype == tf.uint8


@pytest.mark.parametrize("style", [5, -1])
def test_a_style_that_does_not_exist_is_refused_by_name(exported, style):
    model = tf.saved_model.load(str(exported))
    with pytest.raises(tf.errors.InvalidArgumentError, match="style does not exist: give 0 to 4"):
        call(model, "view", style=np.array([0, style, 1]), **VIEWS)


@pytest.mark.parametrize("name", ["azimuth", "elevation", "transform", "weights"])
def test_a_number_that_is_not_finite_is_refused_by_name(exported, name):
    model = tf.saved_model.load(str(exported))
    inputs = {"weights": np.eye(5, dtype=np.float32)[:3], "transform": THETA, **VIEWS}
    inputs[name] = inputs[name].copy()
    inputs[name][1] = np.nan
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"{name} has a number"):
        call(model, "morph", **inputs)


def test_the_graph_needs_nothing_that_tensorflow_serving_lacks(exported):
    saved = saved_model_pb2.SavedModel.FromString((exported / "saved_model.pb").read_bytes())
    definition = saved.meta_graphs[0].graph_def
    nodes = list(definition.node) + [n for f in definition.library.function for n in f.node_def]
    operations = {node.op for node in nodes}
    assert not operations & {"PyFunc", "EagerPyFunc", "XlaCallModule", "XlaLaunch"}


def test_warm_up_requests_are_answered_by_the_model(exported):
    from tensorflow_serving.apis import prediction_log_pb2

    model = tf.saved_model.load(str(exported))
    path = exported / "assets.extra" / "tf_serving_warmup_requests"
    seen = set()
    for record in tf.data.TFRecordDataset(str(path)):
        log = prediction_log_pb2.PredictionLog.FromString(record.numpy())
        request = log.predict_log.request
        assert request.model_spec.name == "tiny"
        inputs = {key: tf.make_ndarray(value) for key, value in request.inputs.items()}
        call(model, request.model_spec.signature_name, **inputs)
        seen.add(request.model_spec.signature_name)
    assert seen == {"serving_default", "view", "morph", "png", "morph_png"}


def test_labels_and_ranges_are_assets(exported, labels):
    facts = json.loads((exported / "assets" / "labels.json").read_text())
    assert facts["style_names"] == labels.style_names
    assert facts["transform_ranges"]["rotation"] == pytest.approx([-0.2, 0.2])
    assert (exported / "assets" / "styles.txt").read_text().splitlines() == labels.style_names


def test_versions_count_up_and_nothing_else_is_left(generator, labels, tmp_path):
    paths = [export_generator(generator, labels, tmp_path, "m") for _ in range(2)]
    assert [path.name for path in paths] == ["1", "2"]
    assert sorted(path.name for path in (tmp_path / "m").iterdir()) == ["1", "2"]


def test_a_failed_export_leaves_nothing(generator, labels, tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tf.saved_model, "save", full)
    with pytest.raises(InputError, match=r"export_dir=.*No space left"):
        export_generator(generator, labels, tmp_path, "m")
    assert list((tmp_path / "m").iterdir()) == []


def test_an_export_where_a_file_is_in_the_way_is_refused(generator, labels, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="export_dir"):
        export_generator(generator, labels, tmp_path / "file", "m")
