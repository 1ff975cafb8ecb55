"""Requests of any bytes: each is answered, as what it is, and nothing breaks."""

import asyncio
import contextlib
import gzip
import http.client
import json
import logging
import socket
import threading

import grpc
import numpy as np
import pytest
import tensorflow as tf
from google.protobuf.message import DecodeError
from hypothesis import example, given
from hypothesis import strategies as st
from tensorflow.core.framework import tensor_pb2
from tensorflow_serving.apis import predict_pb2

from tests.serving.conftest import free_ports
from tfgen.serving import predict_wire, tensors
from tfgen.serving.batching_parameters import BatchingParameters
from tfgen.serving.grpc_server import GrpcServer
from tfgen.serving.limits import Limits
from tfgen.serving.loading import Loader
from tfgen.serving.models import Models
from tfgen.serving.prediction import Prediction
from tfgen.serving.rest_server import RestServer
from tfgen.serving.server import model_server_config
from tfgen.serving.status import RequestError
from tfgen.serving.turns import Threads

MOST_BYTES = 1 << 20


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A folder of a model that doubles x [b, 2], and tells how long each of `texts` [b] is."""

    class Doubler(tf.Module):
        @tf.function(
            input_signature=[
                tf.TensorSpec([None, 2], tf.float32, "x"),
                tf.TensorSpec([None], tf.string, "texts"),
            ]
        )
        def double(self, x, texts):
            return {"y": 2 * x, "lengths": tf.strings.length(texts)}

    module, base = Doubler(), tmp_path_factory.mktemp("doubler")
    tf.saved_model.save(module, str(base / "1"), signatures=module.double.get_concrete_function())
    return base


class Served:
    """A server in a thread of this process."""

    def __init__(self, base):
        self.port, self.rest_port = free_ports(2)
        self._base = base
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self):
        self._thread.start()
        self._cleanup = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(60)
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
        self._predict = self._channel.unary_unary("/tensorflow.serving.PredictionService/Predict")
        return self

    async def _start(self):
        cleanup = contextlib.AsyncExitStack()
        threads, parameters = Threads(1), BatchingParameters(max_batch_size=4)
        models = Models(Loader(parameters, threads))
        await models.configure(model_server_config({"m": self._base}))
        limits = Limits(max_rows=100, max_request_bytes=MOST_BYTES, max_json_values=10_000)
        prediction = Prediction(models, limits)
        for stop in (prediction.aside.close, threads.close):
            cleanup.callback(stop)
        cleanup.push_async_callback(models.close)
        for server in (
            GrpcServer(prediction, "127.0.0.1", self.port, 1.0),
            RestServer(prediction, "127.0.0.1", self.rest_port, 5.0, 1.0),
        ):
            await server.start()
            cleanup.push_async_callback(server.stop)
        return cleanup

    def __exit__(self, *_):
        self._channel.close()
        asyncio.run_coroutine_threadsafe(self._cleanup.aclose(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def predict(self, message):
        """(gRPC status code, PredictResponse or details)."""
        try:
            answer = self._predict(message, timeout=20)
        except grpc.RpcError as error:
            return error.code(), error.details()
        return grpc.StatusCode.OK, predict_pb2.PredictResponse.FromString(answer)

    def post(self, body, path="/v1/models/m:predict", **headers):
        """(HTTP status, JSON)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.rest_port, timeout=20)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def server(model):
    """A Served that is as good at the end as at the beginning, and met nothing unforeseen."""
    unforeseen = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = unforeseen.append
    logger = logging.getLogger("tfgen.serving")
    logger.addHandler(handler)
    with Served(model) as served:
        yield served
        code, answer = served.predict(request().SerializeToString())
        assert code == grpc.StatusCode.OK
        assert tf.make_ndarray(answer.outputs["y"]).tolist() == [[2, 4], [6, 8]]
        assert served.post(json.dumps({"instances": [{"x": [1, 2], "texts": "ab"}]}))[0] == 200
    logger.removeHandler(handler)
    assert not unforeseen


def request(x=((1, 2), (3, 4)), texts=(b"a", b"bc"), as_content=False):
    message = predict_pb2.PredictRequest(output_filter=["y"])
    message.model_spec.name = "m"
    tensors.fill(message.inputs["x"], np.array(x, np.float32), as_content)
    tensors.fill(message.inputs["texts"], np.array(texts, object))
    return message


GOOD = [request().SerializeToString(), request(as_content=True).SerializeToString()]


@st.composite
def damaged(draw, wholes):
    """Bytes of one of `wholes` with some changed, cut out or put in."""
    content = bytearray(draw(st.sampled_from(wholes)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(content)))
        new = draw(st.one_of(st.binary(min_size=1, max_size=1), st.binary(max_size=12)))
        content[place : place + draw(st.integers(0, 4))] = new
    return bytes(content)


@st.composite
def tensor_protos(draw):
    """TensorProtos whose dtype, shape and values have nothing to do with each other."""
    tensor = tensor_pb2.TensorProto(dtype=draw(st.integers(0, 30)))
    sizes = st.one_of(st.integers(-2, 5), st.sampled_from([2**31, 2**40, 2**62, 2**63 - 1]))
    for size in draw(st.one_of(st.lists(sizes, max_size=4), st.just([1] * 40))):
        tensor.tensor_shape.dim.add(size=size)
    tensor.tensor_shape.unknown_rank = draw(st.booleans()) and draw(st.booleans())
    tensor.tensor_content = draw(st.binary(max_size=40))
    values = {
        "float_val": st.floats(width=32),
        "int_val": st.integers(-(2**31), 2**31 - 1),
        "int64_val": st.integers(-(2**63), 2**63 - 1),
        "string_val": st.binary(max_size=5),
        "bool_val": st.booleans(),
        "uint64_val": st.integers(0, 2**64 - 1),
    }
    for field in draw(st.sets(st.sampled_from(sorted(values)), max_size=2)):
        getattr(tensor, field).extend(draw(st.lists(values[field], max_size=9)))
    return tensor


@st.composite
def predict_requests(draw):
    """PredictRequests that are well-formed, and seldom make sense."""
    message = predict_pb2.PredictRequest()
    message.CopyFrom(request(as_content=draw(st.booleans())))
    for name in draw(st.lists(st.sampled_from(["x", "texts", "z", ""]), max_size=3)):
        message.inputs[name].CopyFrom(draw(tensor_protos()))
    words = st.sampled_from(["m", "y", "x", "lengths", "serving_default", "", "é", "a" * 3000])
    if draw(st.booleans()):
        message.model_spec.signature_name = draw(words)
    if draw(st.booleans()):
        message.model_spec.version.value = draw(st.sampled_from([1, 0, -1, 2**62]))
    message.output_filter.extend(draw(st.lists(words, max_size=3)))
    return message.SerializeToString()


MESSAGES = st.one_of(st.binary(max_size=200), damaged(GOOD), predict_requests())
REFUSALS = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
}


def parsed(message):
    """The PredictRequest, as protobuf reads it; None if it does not."""
    try:
        return predict_pb2.PredictRequest.FromString(message)
    except DecodeError:
        return None


@given(MESSAGES)
@example(b"")
def test_every_message_is_answered(server, message):
    code, answer = server.predict(message)
    if parsed(message) is None:
        assert (code, "no PredictRequest" in answer) == (grpc.StatusCode.INTERNAL, True)
    elif code == grpc.StatusCode.OK:
        assert answer.outputs
    else:
        assert code in REFUSALS
        assert answer
        assert "Error" not in answer


FILLING = np.arange(20_000, dtype=np.float32)


@given(MESSAGES, st.booleans())
def test_large_messages_are_read_as_protobuf_reads_them(message, as_content):
    large = predict_pb2.PredictRequest()
    tensors.fill(large.inputs["large"], FILLING, as_content)
    message = large.SerializeToString() + message
    expected = parsed(message)
    if expected is None:
        with pytest.raises(RequestError, match="no PredictRequest"):
            predict_wire.parse(message)
        return
    read, cut = predict_wire.parse(message)
    assert read.model_spec == expected.model_spec
    assert read.inputs.keys() == expected.inputs.keys()
    for name, proto in expected.inputs.items():
        assert outcome(read.inputs[name], cut.get(name)) == outcome(proto)


def outcome(proto, large=None):
    """The array of a TensorProto, as text, or that there is none."""
    try:
        array = tensors.decode("x", proto, MOST_BYTES, large)
    except RequestError:
        return "refused"
    return array.dtype, array.shape, array.tolist().__repr__()


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=5),
        st.builds(lambda text: {"b64": text}, st.text("QUJD=\n", max_size=8)),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["x", "texts", "b64", "z"]), inner, max_size=3),
    ),
    max_leaves=8,
)
TEXTS = st.lists(JSON, max_size=3) | st.lists(st.lists(st.text(max_size=2), max_size=2), max_size=3)
KEYS = st.sampled_from(["instances", "inputs", "signature_name", "é"])
ROW = {"x": [1, 2], "texts": "ab"}
GOOD_JSON = [json.dumps(each).encode() for each in ({"instances": [ROW]}, {"inputs": ROW})]
BODIES = st.one_of(
    st.binary(max_size=100),
    damaged(GOOD_JSON),
    st.dictionaries(KEYS, JSON, max_size=2).map(lambda each: json.dumps(each).encode()),
    JSON.map(lambda x: json.dumps({"instances": [ROW | {"x": x}]}).encode()),
    TEXTS.map(lambda texts: json.dumps({"inputs": {"x": [[1, 2]], "texts": texts}}).encode()),
)


@given(BODIES)
@example(b"")
@example(b'{"instances": [{"x": [1, 2], "texts": "\\ud800"}], "signature_name": "\\ud800"}')
@example(b'{"instances": [{"x": [1, 2], "texts": "\\ud800"}]}')
def test_every_body_is_answered(server, body):
    status, answer = server.post(body)
    assert status in (200, 400)
    assert answer.keys() & {"error", "predictions", "outputs"}
    assert "Error" not in answer.get("error", "")


@given(
    st.one_of(BODIES, BODIES.map(gzip.compress), damaged([gzip.compress(GOOD_JSON[0])])),
    st.sampled_from(["gzip", "deflate", "identity", "br"]),
)
def test_every_encoding_is_answered(server, body, encoding):
    status, _ = server.post(body, **{"Content-Encoding": encoding})
    assert status in (200, 400, 413)


WORDS = st.sampled_from(
    ["v1", "models", "m", ":predict", "versions", "1", "labels", "%2f", "é%", "?"]
)


@given(
    st.sampled_from([b"POST", b"GET", b"PUT", b"OPTIONS", b"\xff"]),
    st.one_of(
        st.lists(WORDS, max_size=6).map(lambda words: "/".join(["", *words]).encode()),
        st.binary(max_size=40),
    ),
    st.lists(
        st.one_of(
            st.binary(max_size=30),
            st.sampled_from([b"Host: localhost", b"Content-Length: 3", b"Content-Length: -1"]),
            st.sampled_from([b"Transfer-Encoding: chunked", b"Expect: 100-continue"]),
        ),
        max_size=4,
    ),
    st.binary(max_size=60),
)
def test_what_is_no_http_does_no_harm(server, method, path, headers, rest):
    with socket.create_connection(("127.0.0.1", server.rest_port), timeout=20) as connection:
        head = b" ".join([method, path, b"HTTP/1.1"])
        connection.sendall(b"\r\n".join([head, *headers, b"Connection: close", b"", rest]))
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1 << 16)
    assert answer == b"" or answer.startswith(b"HTTP/1.")
    assert b" 500 " not in answer.split(b"\r\n")[0]
