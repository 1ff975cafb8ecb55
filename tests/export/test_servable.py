"""One servable for any signature: several inputs, strings, files, floats with a gradient."""

import json

import cv2
import numpy as np
import pytest
import tensorflow as tf

import tfgen
from tfgen.conditions.description import Condition, Description
from tfgen.errors import InputError
from tfgen.export.image_bytes import TINY_PNG, image_bytes_input, images_from_bytes
from tfgen.export.manifest import Manifest, read_manifest
from tfgen.export.saved_model import publish
from tfgen.export.servable import Input, Output, Signature, signature_table
from tfgen.papers.chairs.signatures import generator_signatures
from tfgen.serving.loading import Loader
from tfgen.serving.servable import Servable

SIZE = 8


def toy_signatures(scale):
    """A picture with a caption, tinted: a file, a string, a number and a vector."""

    def tint(image_bytes, caption, word, number, colour):
        images = tf.cast(images_from_bytes(image_bytes, SIZE), tf.float32) / 255.0
        drawn = scale * images * colour[:, None, None]
        return {
            "image": tf.cast(tf.round(255.0 * tf.clip_by_value(drawn, 0.0, 1.0)), tf.uint8),
            "linear": drawn,
            "told": tf.strings.join([caption, word, tf.strings.as_string(number)], " "),
        }

    inputs = (
        image_bytes_input(),
        Input("caption", (), tf.string, example=b"a chair"),
        Input("word", (), tf.string, choices=("red", "blue")),
        Input("number", (), tf.int64, (1, 3)),
        Input("colour", (3,), tf.float32, ((0.0, 1.0),) * 3, "share of each colour"),
    )
    outputs = (
        Output("image", (SIZE, SIZE, 3), tf.uint8, (0, 255)),
        Output("linear", (SIZE, SIZE, 3)),
        Output("told", (), tf.string),
    )
    return {"serving_default": Signature(inputs, tint, outputs)}


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    scale = tf.Variable(0.5)
    manifest = Manifest(
        "toy",
        SIZE,
        scores={"held_out/psnr": np.float32(20.5), "held_out/fid": np.inf},
        seed=7,
        data_licence="CC BY 4.0",
        details={"words": 3},
    )
    return publish([scale], toy_signatures(scale), manifest, tmp_path_factory.mktemp("m"), "toy")


def file_of(pixels, suffix):
    """Bytes of a PNG or JPEG file of RGB pixels."""
    return cv2.imencode(suffix, pixels[..., ::-1])[1].tobytes()


@pytest.fixture(scope="module")
def inputs():
    rng = np.random.default_rng(0)
    pixels = [rng.integers(0, 256, (SIZE, SIZE, 3)).astype(np.uint8) for _ in range(2)]
    return pixels, {
        "image_bytes": [file_of(each, ".png") for each in pixels],
        "caption": ["one", b"two"],
        "word": ["red", b"blue"],
        "number": [1, 3],
        "colour": [[1, 1, 1], [0, 1, 0.5]],
    }


def test_strings_files_numbers_and_vectors_go_in_and_come_out(toy, inputs):
    pixels, asked = inputs
    model = tfgen.load(toy)
    answer = model.predict(asked)
    expected = 0.5 * np.stack(pixels) / 255 * np.array(asked["colour"])[:, None, None]
    np.testing.assert_allclose(answer["linear"], expected, atol=1e-6)
    np.testing.assert_allclose(answer["image"], 255 * expected, atol=0.51)
    assert answer["told"].tolist() == [b"one red 1", b"two blue 3"]


def test_the_loader_of_servers_takes_it_and_its_warm_up(toy, inputs):
    _, asked = inputs
    servable = Servable(toy)
    Loader(None, None)._replay(servable)
    arrays = {name: np.array(value) for name, value in asked.items()}
    arrays["image_bytes"] = np.array(asked["image_bytes"], object)
    arrays["caption"] = np.array(asked["caption"], object)
    arrays["word"] = np.array(asked["word"], object)
    arrays["colour"] = arrays["colour"].astype(np.float32)
    served = servable.signature("")(arrays)
    servable.close()
    np.testing.assert_array_equal(served["image"], tfgen.load(toy).predict(asked)["image"])


def test_a_gradient_goes_through_the_float_output_of_an_export(toy, inputs):
    _, asked = inputs
    signature = tfgen.load(toy).signatures["serving_default"]
    colour = tf.constant(asked["colour"], tf.float32)
    others = {
        "image_bytes": tf.constant(asked["image_bytes"]),
        "caption": tf.constant(asked["caption"]),
        "word": tf.constant(asked["word"]),
        "number": tf.constant(asked["number"], tf.int64),
    }
    with tf.GradientTape() as tape:
        tape.watch(colour)
        total = tf.reduce_sum(signature.concrete(colour=colour, **others)["linear"])
    expected = 0.5 * np.stack(inputs[0]).sum(axis=(1, 2)) / 255
    np.testing.assert_allclose(tape.gradient(total, colour), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("number", [0, 3], "number does not exist: give 1 to 3."),
        ("number", [1.0, 3.0], r"number must be int64 \[b\]: got float64 \[2\]"),
        ("colour", [[np.inf] * 3] * 2, "colour has a number that is not finite"),
        ("colour", [[1, 1]] * 2, r"colour must be float32 \[b, 3\]: got int64 \[2, 2\]"),
        ("colour", [[1, 1], [1]], r"colour must be float32 \[b, 3\]"),
        ("image_bytes", [b"GIF89a", TINY_PNG], "image_bytes is no PNG or JPEG file"),
        ("image_bytes", [b"", TINY_PNG], "image_bytes is no PNG or JPEG file"),
        ("caption", [1, 2], r"caption must be string \[b\]"),
        ("word", ["red", "pink"], "^word pink does not exist: give red, blue.$"),
        ("words", [1, 2], "takes image_bytes, caption, word, number, colour, not .*words"),
    ],
)
def test_bad_inputs_are_refused_by_name(toy, inputs, name, value, message):
    with pytest.raises(InputError, match=message):
        tfgen.load(toy).predict({**inputs[1], name: value})


def test_a_broken_file_is_refused(toy, inputs):
    with pytest.raises(InputError):
        tfgen.load(toy).predict({**inputs[1], "image_bytes": [TINY_PNG[:40], TINY_PNG]})


def test_files_are_brought_to_the_models_size():
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = (250, 10, 90)  # the middle square
    images = images_from_bytes(tf.constant([file_of(wide, ".png"), file_of(wide, ".jpg")]), 10)
    assert images.shape == (2, 10, 10, 3)
    for image in images.numpy()[:, 2:-2, 2:-2].astype(int):
        assert abs(image - (250, 10, 90)).max() <= 8  # JPEG
    grey = cv2.imencode(".png", np.full((10, 10), 77, np.uint8))[1].tobytes()
    np.testing.assert_array_equal(images_from_bytes(tf.constant([grey]), 10), 77)


def test_what_is_transparent_in_a_file_is_white():
    pixels = np.full((10, 10, 4), (90, 10, 250, 255), np.uint8)
    pixels[:, 5:, 3] = 0
    pixels[:, 4, 3] = 128
    file = cv2.imencode(".png", pixels)[1].tobytes()  # OpenCV's are blue first
    image = images_from_bytes(tf.constant([file]), 10)[0].numpy()
    assert image[0, 0].tolist() == [250, 10, 90]
    assert image[0, 4].tolist() == [252, 132, 172]
    assert (image[:, 5:] == 255).all()


def test_the_manifest_says_what_it_is_asked_for(toy, inputs):
    facts = json.loads((toy / "assets" / "model.json").read_text())
    assert (facts["kind"], facts["format"], facts["seed"]) == ("toy", 1, 7)
    assert facts["stack"]["tensorflow"] == tf.__version__
    assert facts["data_licence"] == "CC BY 4.0"
    assert facts["weights_licence"] == ""
    colour = facts["signatures"]["serving_default"]["inputs"][4]
    assert colour == {
        "name": "colour",
        "shape": [None, 3],
        "dtype": "float32",
        "range": [[0.0, 1.0]] * 3,
        "unit": "share of each colour",
    }
    manifest = read_manifest(toy)
    assert manifest.details == {"words": 3}
    assert manifest.scores == {"held_out/psnr": 20.5, "held_out/fid": None}
    declared = tfgen.load(toy).signatures["serving_default"]
    assert [each.name for each in declared.inputs] == [*inputs[1]]
    assert declared.inputs[2].choices == ("red", "blue")
    assert declared.inputs[3].range == (1, 3)


def test_a_manifest_of_the_future_or_none_is_refused(toy, tmp_path):
    with pytest.raises(InputError, match="is no model that tfgen exported"):
        read_manifest(tmp_path)
    (tmp_path / "assets").mkdir()
    file = tmp_path / "assets" / "model.json"
    file.write_text('{"format": 99, "kind": "dream"}')
    with pytest.raises(InputError, match="is of format 99"):
        read_manifest(tmp_path)
    file.write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        read_manifest(tmp_path)


def test_the_table_of_signatures_comes_from_the_declarations():
    table = signature_table(toy_signatures(1.0)).splitlines()
    assert table[2] == (
        "| `serving_default` | `image_bytes` string, PNG or JPEG file; `caption` string; `word` "
        "string; `number` int64; `colour` float32 [3], share of each colour | `image` uint8 "
        "[8, 8, 3]; `linear` float32 [8, 8, 3]; `told` string |"
    )


@pytest.mark.parametrize(
    ("outputs", "message"),
    [((Output("other"),), "declared are"), ((Output("x", (), tf.int64),), "declared as int64")],
)
def test_an_answer_that_is_not_declared_is_a_bug(outputs, message):
    signature = Signature((Input("x"),), lambda x: {"x": x}, outputs)
    with pytest.raises(ValueError, match=message):
        _ = signature.concrete


class Faces:
    """Stands for a generator of faces: an image as bright as all it is told."""

    latent_size = 0

    class spec:  # noqa: N801
        image_size = 4


@pytest.fixture
def faces():
    return Description(
        (
            Condition("identity", "one-hot", 3, names=("a", "b", "c")),
            Condition("emotion", "one-hot", 2),
            Condition("pose", "angle", ranges=((-90.0, 90.0),), unit="degrees to the left"),
            Condition("light", "vector", 2, ranges=((0, 1), (0, 2))),
        ),
        {"who": ("identity", "emotion"), "how": ("pose", "light")},
    )


def test_signatures_follow_from_other_conditions(faces, monkeypatch, tmp_path):
    told = []

    def draw(generator, values):
        told.append(values)
        level = tf.reduce_sum(values["identity"] * [1.0, 2.0, 3.0], axis=-1)
        level += 10.0 * tf.reduce_sum(values["emotion"] * [1.0, 2.0], axis=-1) + values["pose"]
        level += tf.reduce_sum(values.get("light", tf.zeros((1, 2))), axis=-1)
        image = tf.zeros((1, 4, 4, 3)) + level[:, None, None, None]
        return {"image": tf.cast(image, tf.uint8), "mask": tf.cast(image, tf.uint8)[..., :1]}

    monkeypatch.setattr("tfgen.papers.chairs.drawing.draw", draw)
    monkeypatch.setattr(
        "tfgen.papers.chairs.drawing.draw_with_alpha",
        lambda generator, values: tf.tile(draw(generator, values)["mask"], (1, 1, 1, 4)),
    )
    signatures = generator_signatures(Faces(), faces)
    names = {
        name: [each.name for each in signature.inputs] for name, signature in signatures.items()
    }
    weights = ["identity_weights", "emotion_weights", "pose", "light"]
    numbers = ["identity", "emotion", "pose", "light"]
    assert names == {
        "serving_default": numbers,
        "view": numbers[:3],
        "morph": weights,
        "png": numbers,
        "morph_png": weights,
    }
    pose = signatures["view"].inputs[2]
    assert (pose.range, pose.unit) == ((-90.0, 90.0), "degrees to the left")
    manifest = Manifest("generator", 4, description=faces)
    path = publish([], signatures, manifest, tmp_path, "faces")
    drawer = tfgen.load(path)
    assert drawer.description == faces
    assert drawer.style_names == ["a", "b", "c"]
    view = {"identity": [2], "emotion": [1], "pose": [5.0]}
    assert drawer.predict(view, "view")["image"][0, 0, 0, 0] == 3 + 20 + 5
    images, masks = drawer(identity=[[0, 0, 1]], emotion=[[0.5, 0.5]], pose=7, light=[[1, 2]])
    assert images[0, 0, 0, 0] == masks[0, 0, 0, 0] == 3 + 15 + 7 + 3
    with pytest.raises(InputError, match="emotion does not exist: give 0 to 1"):
        drawer.predict({**view, "emotion": [2]}, "view")
    servable = Servable(path)
    arrays = {"identity": np.array([2]), "emotion": np.array([1]), "pose": np.float32([5])}
    assert servable.signature("view")(arrays)["image"][0, 0, 0, 0] == 28
    assert servable.signature("png")({**arrays, "light": np.zeros((1, 2), np.float32)})
    servable.close()
