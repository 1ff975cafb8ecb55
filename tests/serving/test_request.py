"""The script that asks a server, against the one that draws by itself."""

import json

import cv2
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2

from tests.processes import run
from tfgen import Client
from tfgen.errors import InputError
from tfgen.serving.general_request import ask, read_inputs, write_answer
from tfgen.serving.status import RequestError


@pytest.fixture
def request_(server):
    return lambda *flags: run(
        "request.py", f"--server={server.address}", "--model_name=tiny", *flags
    )


def test_one_image_as_in_the_readme(request_, tmp_path):
    out = tmp_path / "chair.png"
    view = ("--style", "3", "--azimuth", "30", "--elevation", "20")
    done = request_(*view, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Wrote {out}\n"
    assert cv2.imread(str(out)).shape == (64, 64, 3)


def test_served_random_objects_are_those_drawn_here(request_, exported, tmp_path):
    served, drawn = tmp_path / "served.png", tmp_path / "drawn.png"
    what = ("--draw=random", "--seed=7", "--steps=7", "--transform=hue=1")
    assert request_(*what, f"--out={served}").returncode == 0
    assert run("generate.py", f"--model={exported}", *what, f"--out={drawn}").returncode == 0
    served, drawn = (cv2.imread(str(path)).astype(int) for path in (served, drawn))
    assert abs(served - drawn).max() <= 1
    assert np.std(drawn) > 5


def test_status(request_):
    assert request_("--status").stdout == "tiny 1 AVAILABLE\n"


def test_refusals_name_the_server_and_end_with_2(request_):
    done = request_("--model_version=9")
    assert done.returncode == 2
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("error:"))
    assert "Servable not found for request: Specific(tiny, 9): served are 1" in line


VIEW = ("--input=style=3", "--input=azimuth=30", "--input=elevation=20")
REST = "--input=transform=[0,0,0,0,0,0,0,0]"


def test_any_signature_can_be_asked(request_, server, tmp_path):
    out = tmp_path / "view.png"
    done = request_("--signature=view", *VIEW, f"--out={out}")
    assert done.returncode == 0, done.stderr
    image, mask = tmp_path / "view.image.png", tmp_path / "view.mask.png"
    assert sorted(done.stdout.splitlines()) == [f"Wrote {image}", f"Wrote {mask}"]
    with Client(server.address, "tiny") as client:
        view = np.float32([[30], [20]])
        drawn = client.predict(
            {"style": np.array([3]), "azimuth": view[0], "elevation": view[1]}, "view"
        )
    np.testing.assert_array_equal(cv2.imread(str(image))[..., ::-1], drawn["image"][0])
    np.testing.assert_array_equal(
        cv2.imread(str(mask), cv2.IMREAD_UNCHANGED), drawn["mask"][0, ..., 0]
    )


def test_arrays_come_from_files_and_images_as_bytes(server, tmp_path):
    np.save(tmp_path / "weights.npy", np.eye(5)[[1, 3]])
    pairs = [f"weights=@{tmp_path / 'weights.npy'}", "azimuth=[30, 60]", "elevation=[20, 20]"]
    pairs.append(f"transform={np.zeros((2, 8)).tolist()}")
    with Client(server.address, "tiny") as client:
        lines = ask(client, "morph_png", pairs, tmp_path / "a.png")
    paths = [tmp_path / "a.0.png", tmp_path / "a.1.png"]
    assert lines == [f"Wrote {path}" for path in paths]
    for path in paths:
        assert cv2.imread(str(path), cv2.IMREAD_UNCHANGED).shape == (64, 64, 4)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--signature=dream",), "--signature=dream does not exist: there are morph, "),
        (("--signature=view", *VIEW[:2]), "--input is missing for elevation"),
        (("--signature=view", *VIEW, "--input=hue=1"), "--input=hue=1 cannot be used"),
        (("--signature=view", *VIEW[:2], "--input=elevation=high"), "give float32 [any]"),
        (("--signature=view", *VIEW[1:], "--input=style=9"), "style does not exist: give 0 to 4"),
        (("--signature=view", *VIEW[1:], "--input=style=@no.npy"), "cannot be read (No such file"),
        ((*VIEW, "--input=transform=[0, 0]"), "give float32 [any, 8]"),
        ((*VIEW, REST, "--out=a.gif"), "--out=a.gif cannot be written"),
    ],
)
def test_a_bad_request_is_one_sentence(server, flags, message):
    pairs = [text.removeprefix("--input=") for text in flags if text.startswith("--input=")]
    others = dict(text[2:].split("=") for text in flags if not text.startswith("--input="))
    refusals = (InputError, RequestError)
    with Client(server.address, "tiny") as client, pytest.raises(refusals) as error:
        ask(client, others.get("signature", ""), pairs, others.get("out", "a.png"))
    told = error.value
    told = told.for_command_line() if isinstance(told, InputError) else str(told)
    assert message in told
    assert "\n" not in told


def test_a_bad_request_ends_with_2(request_):
    done = request_("--signature=view", *VIEW[1:], "--input=style=9")
    assert done.returncode == 2
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("error:"))
    assert "style does not exist: give 0 to 4" in line


def test_answers_go_to_files_of_their_kind_or_to_the_screen(tmp_path):
    png = cv2.imencode(".png", np.zeros((2, 2, 3), np.uint8))[1].tobytes()
    answer = {
        "picture": np.array([png], object),
        "code": np.float32([[1, 2.5]]),
        "told": np.array([b"a chair", b"\xff"], object),
    }
    texts = ["code: [[1.0, 2.5]]", 'told: ["a chair", "1 bytes"]']
    path = tmp_path / "x.png"
    assert write_answer(answer, path) == [f"Wrote {path}", *texts]
    assert path.read_bytes() == png
    del answer["picture"]
    path = tmp_path / "x.json"
    assert write_answer(answer, path) == [f"Wrote {path}"]
    assert json.loads(path.read_text())["code"] == [[1.0, 2.5]]
    path = tmp_path / "x.npy"
    assert write_answer({"code": answer["code"]}, path) == [f"Wrote {path}"]
    np.testing.assert_array_equal(np.load(path), answer["code"])
    with pytest.raises(InputError, match="cannot be written"):
        write_answer(answer, tmp_path / "none" / "x.json")


def test_texts_become_arrays_of_the_inputs_types(tmp_path):
    definition = meta_graph_pb2.SignatureDef()
    specs = {"caption": (tf.string, []), "image": (tf.uint8, [2, 2, 3]), "file": (tf.string, [])}
    for name, (dtype, shape) in specs.items():
        definition.inputs[name].dtype = dtype.as_datatype_enum
        definition.inputs[name].tensor_shape.CopyFrom(tf.TensorShape([None, *shape]).as_proto())
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    path = tmp_path / "a.png"
    path.write_bytes(cv2.imencode(".png", pixels[..., ::-1])[1].tobytes())
    pairs = ["caption=3", f"image=@{path}", f"file=@{path}"]
    arrays = read_inputs(pairs, definition)
    assert arrays["caption"].tolist() == ["3"]
    assert arrays["file"].tolist() == [path.read_bytes()]
    np.testing.assert_array_equal(arrays["image"], pixels[np.newaxis])
    with pytest.raises(InputError, match="does not suit image"):
        read_inputs([*pairs[:1], "image=[[300]]", pairs[2]], definition)
