"""The REST interface over a real socket, with nothing but an HTTP client."""

import base64
import concurrent.futures
import io
import json
import urllib.error
import urllib.request

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

VIEW = {"style": [3, 1], "azimuth": [30.0, 40.0], "elevation": [20, 20]}


@pytest.fixture(scope="module")
def ask(server):
    """A function of path and JSON body (None: GET) to (HTTP status, answer)."""

    def request(path, body=None, method=None):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        message = urllib.request.Request(server.url + path, data, method=method)
        try:
            with urllib.request.urlopen(message, timeout=30) as response:
                assert response.headers["Content-Type"].startswith("application/json")
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    return request


def test_rows_columns_and_the_model_agree(ask, exported):
    status, columns = ask("/v1/models/tiny:predict", {"signature_name": "view", "inputs": VIEW})
    assert status == 200
    instances = [
        dict(zip(VIEW, values, strict=True)) for values in zip(*VIEW.values(), strict=True)
    ]
    body = {"signature_name": "view", "instances": instances}
    _, rows = ask("/v1/models/tiny/versions/1:predict", body)
    image = np.array(columns["outputs"]["image"])
    assert image.shape == (2, 64, 64, 3)
    np.testing.assert_array_equal(image, [row["image"] for row in rows["predictions"]])
    view = tf.saved_model.load(str(exported)).signatures["view"]
    direct = view(
        style=tf.constant(VIEW["style"], tf.int64),
        azimuth=tf.constant(VIEW["azimuth"], tf.float32),
        elevation=tf.constant(VIEW["elevation"], tf.float32),
    )["image"].numpy()
    assert abs(image - direct).max() <= 1


def test_bytes_come_as_base64(ask):
    inputs = {k: v[:1] for k, v in VIEW.items()} | {"transform": [[0] * 8]}
    _, answer = ask("/v1/models/tiny.png:predict", {"inputs": inputs})
    (png,) = answer["outputs"]
    assert Image.open(io.BytesIO(base64.b64decode(png["b64"]))).size == (64, 64)


def test_status_and_metadata(ask):
    status, answer = ask("/v1/models/tiny")
    assert status == 200
    ok = {"error_code": "OK", "error_message": ""}
    expected = {"version": "1", "state": "AVAILABLE", "status": ok}
    assert answer == {"model_version_status": [expected]}
    assert ask("/v1/models/tiny/versions/1")[1] == answer
    _, answer = ask("/v1/models/tiny/metadata")
    assert answer["model_spec"] == {"name": "tiny", "signature_name": "", "version": "1"}
    view = answer["metadata"]["signature_def"]["signature_def"]["view"]
    assert view["inputs"]["style"]["dtype"] == "DT_INT64"
    dims = view["outputs"]["image"]["tensor_shape"]["dim"]
    assert [dim["size"] for dim in dims] == ["-1", "64", "64", "3"]


ROWS = {"signature_name": "view", "instances": [{"style": 3, "azimuth": 30, "elevation": 20}]}
REFUSED = {
    "model": ("/v1/models/nope:predict", ROWS, 404, "Servable not found for request: Latest(nope)"),
    "version": ("/v1/models/tiny/versions/7:predict", ROWS, 404, "Specific(tiny, 7)"),
    "huge version": (f"/v1/models/tiny/versions/{10**30}:predict", ROWS, 400, "too large"),
    "label": ("/v1/models/tiny/labels/stable:predict", ROWS, 400, "label: stable"),
    "signature": ("/v1/models/tiny:predict", ROWS | {"signature_name": "x"}, 400, '"x" not found'),
    "no JSON": ("/v1/models/tiny:predict", b"style=3", 400, "not JSON"),
    "missing": ("/v1/models/tiny:predict", ROWS | {"signature_name": ""}, 400, "transform missing"),
    "method": ("/v1/models/tiny:classify", ROWS, 404, "Malformed request: POST"),
    "GET": ("/v1/models/tiny:predict", None, 405, "Malformed request: GET"),
    "path": ("/v2/models/tiny", None, 404, "Malformed request: GET /v2/models/tiny"),
    "too large": ("/v1/models/tiny:predict", b" " * (3 << 20), 413, "Malformed request"),
    "unknown style": (
        "/v1/models/tiny:predict",
        {"signature_name": "view", "instances": [{"style": 9, "azimuth": 0, "elevation": 0}]},
        400,
        "style does not exist: give 0 to 4.",
    ),
    "NaN": (
        "/v1/models/tiny:predict",
        b'{"signature_name": "view", "instances": [{"style": 1, "azimuth": NaN, "elevation": 0}]}',
        400,
        "azimuth has a number that is not finite",
    ),
    "rows of what has none": (
        "/v1/models/slow:predict",
        {"instances": [3]},
        400,
        'input rounds of signature "serving_default" must be int64 []: got int64 [1]',
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_say_what_is_wrong(ask, name):
    path, body, expected, text = REFUSED[name]
    status, answer = ask(path, body)
    assert status == expected
    assert answer.keys() == {"error"}
    assert text in answer["error"]


def test_a_scalar_goes_in_columns(ask):
    status, answer = ask("/v1/models/slow:predict", {"inputs": 3})
    assert (status, answer["outputs"]["rounds_done"]) == (200, 3)


def test_a_request_has_its_time(ask):
    status, answer = ask("/v1/models/slow:predict", {"inputs": 600_000})
    assert status == 504
    assert "no answer within 4 s" in answer["error"]
    _, answer = ask("/v1/models/slow:predict", {"inputs": 1})  # the thread is free again
    assert answer["outputs"]["rounds_done"] == 1


def test_many_connections_at_once(ask):
    def one(style):
        body = {"signature_name": "view", "instances": [ROWS["instances"][0] | {"style": style}]}
        return ask("/v1/models/tiny:predict", body)

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(one, [i % 5 for i in range(64)]))
    assert {status for status, _ in answers} == {200}
    first = {i: answers[i][1]["predictions"][0]["mask"] for i in range(5)}
    for i, (_, answer) in enumerate(answers):
        difference = np.array(answer["predictions"][0]["mask"]) - np.array(first[i % 5])
        assert abs(difference).max() <= 1
