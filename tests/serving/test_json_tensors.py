"""The REST interface's JSON, after the forms that TensorFlow Serving documents."""

import base64
import json

import numpy as np
import pytest
import tensorflow as tf

from tfgen.serving import json_answer, json_tensors
from tfgen.serving.status import RequestError

DTYPES = {"style": tf.int64, "azimuth": tf.float32}


def decode(request, dtypes=DTYPES):
    body = request if isinstance(request, bytes) else json.dumps(request).encode()
    _, form, values = json_tensors.parse_request(body)
    return json_tensors.decode(form, values, dtypes)


def encode(form, outputs):
    return b"".join(json_answer.encode(form, outputs))


def test_rows_and_columns_say_the_same():
    rows = decode({"instances": [{"style": 1, "azimuth": 2}, {"style": 3, "azimuth": 4.5}]})
    columns = decode({"inputs": {"style": [1, 3], "azimuth": [2, 4.5]}})
    for arrays in (rows, columns):
        np.testing.assert_array_equal(arrays["style"], np.array([1, 3], np.int64))
        np.testing.assert_array_equal(arrays["azimuth"], np.array([2, 4.5], np.float32))
        assert arrays["style"].dtype == np.int64
        assert arrays["azimuth"].dtype == np.float32


@pytest.mark.parametrize(
    "request_", [{"instances": [[1, 2], [3, 4]]}, {"inputs": [[1, 2], [3, 4]]}]
)
def test_an_only_input_needs_no_name(request_):
    arrays = decode(request_, {"x": tf.float32})
    np.testing.assert_array_equal(arrays["x"], np.array([[1, 2], [3, 4]], np.float32))


def test_bytes_are_base64_and_strings_are_utf8():
    b64 = {"b64": base64.b64encode(b"\x00\xff").decode()}
    arrays = decode({"instances": [b64, "é"]}, {"x": tf.string})
    assert arrays["x"].tolist() == [b"\x00\xff", "é".encode()]


def test_numbers_that_are_not_finite_can_be_sent():
    x = decode(b'{"instances": [NaN, -Infinity]}', {"x": tf.float32})["x"]
    assert np.isnan(x[0])
    assert x[1] == -np.inf


def test_answers_have_the_form_of_the_question():
    outputs = {"a": np.array([1, 2]), "png_bytes": np.array([b"x", b"y"], object)}
    rows = json.loads(encode("instances", outputs))
    columns = json.loads(encode("inputs", outputs))
    x, y = ({"b64": base64.b64encode(each).decode()} for each in (b"x", b"y"))
    assert rows == {"predictions": [{"a": 1, "png_bytes": x}, {"a": 2, "png_bytes": y}]}
    assert columns == {"outputs": {"a": [1, 2], "png_bytes": [x, y]}}
    only = {"a": np.array([[1.5], [2.5]], np.float32)}
    assert json.loads(encode("instances", only)) == {"predictions": [[1.5], [2.5]]}
    assert json.loads(encode("inputs", only)) == {"outputs": [[1.5], [2.5]]}


BROKEN = {
    "no JSON": (b"{", "not JSON"),
    "no text": (b"\xff\xfe\xfd", "not JSON"),
    "too deep": (b"[" * 100_000, "nests more than 64"),
    "just too deep": (b"[" * 65 + b"1" + b"]" * 65, "nests more than 64"),
    "brackets in strings": (b'["' + b"[" * 100 + b'"]', "no JSON object"),
    "a list": (b"[]", "no JSON object"),
    "neither": (b"{}", "either"),
    "both": (b'{"instances": [1], "inputs": [1]}', "either"),
    "signature": (b'{"signature_name": 3, "instances": [1]}', "signature_name"),
    "no instances": (b'{"instances": []}', "at least one"),
    "no list": (b'{"instances": 3}', "at least one"),
    "unnamed": (b'{"instances": [1, 2]}', "azimuth, style"),
    "unnamed columns": (b'{"inputs": [1, 2]}', "azimuth, style"),
    "uneven": (b'{"instances": [{"style": 1}, {"azimuth": 1}]}', "same inputs"),
    "mixed": (b'{"instances": [{"style": 1}, 3]}', "same inputs"),
    "ragged": (b'{"inputs": {"style": [[1], [1, 2]], "azimuth": [1]}}', "input style.*rectangular"),
    "float for int": (b'{"inputs": {"style": [1.5], "azimuth": [1]}}', "input style.*int64"),
    "text for float": (b'{"inputs": {"style": [1], "azimuth": ["a"]}}', "input azimuth.*float32"),
    "null": (b'{"inputs": {"style": [null], "azimuth": [1]}}', "input style"),
    "too large": (b'{"inputs": {"style": [1e400], "azimuth": [1]}}', "input style"),
    "huge int": (b'{"inputs": {"style": [9999999999999999999], "azimuth": [1]}}', "fit into int64"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_bad_json_is_refused(name):
    body, expected = BROKEN[name]
    with pytest.raises(RequestError, match=expected):
        decode(body)


CONTENT = bytes(range(100))
BASE64 = base64.b64encode(CONTENT).decode()


@pytest.mark.parametrize(
    "text",
    [
        base64.encodebytes(CONTENT).decode(),  # in lines, as the program of that name writes
        BASE64.replace("A", "A\r\n"),
        f" {BASE64}\t",
        BASE64.rstrip("="),
        BASE64.replace("=", "."),
    ],
    ids=["lines", "CRLF", "spaces", "no filling", "dots"],
)
def test_base64_is_read_as_people_write_it(text):
    assert decode({"instances": [{"b64": text}]}, {"x": tf.string})["x"].tolist() == [CONTENT]


@pytest.mark.parametrize("text", ["!", "QQ=", "QQ===", "Q", "Q=Q=", "é", "QUJD\0"])
def test_bad_base64_is_refused(text):
    with pytest.raises(RequestError, match="base64"):
        decode({"instances": [{"b64": text}]}, {"x": tf.string})


def test_rows_of_outputs_that_are_not_batched_are_refused():
    with pytest.raises(RequestError, match="not batched"):
        encode("instances", {"a": np.array(3)})
