"""The client, while versions of other sizes replace each other on a server without networks."""

import concurrent.futures
import contextlib

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2
from tensorflow_serving.apis import prediction_service_pb2_grpc as services

from tfgen.errors import InputError
from tfgen.serving import Client, tensors
from tfgen.serving.status import RequestError

STYLES = {1: 5, 2: 7, 3: 4}
SIZES = {1: 8, 2: 16, 3: 8}


def info(dtype, *shape):
    shape = tf.TensorShape([None, *shape]).as_proto()
    return meta_graph_pb2.TensorInfo(dtype=dtype.as_datatype_enum, tensor_shape=shape)


def signatures_of(styles, size):
    numbers = {"azimuth": info(tf.float32), "elevation": info(tf.float32)}
    views = {"image": info(tf.uint8, size, size, 3), "mask": info(tf.uint8, size, size, 1)}
    inputs = {
        "serving_default": {"style": info(tf.int64)},
        "morph": {"weights": info(tf.float32, styles)},
    }
    return get_model_metadata_pb2.SignatureDefMap(
        signature_def={
            name: meta_graph_pb2.SignatureDef(inputs=each | numbers, outputs=views)
            for name, each in inputs.items()
        }
    )


class Swapping(services.PredictionServiceServicer):
    """Serves version 1; the next after so many predictions as `swaps` says, one after another."""

    def __init__(self, *swaps):
        self.version, self.asked = 1, 0
        self._left = list(swaps)
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(1))
        services.add_PredictionServiceServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def GetModelMetadata(self, request, context):  # noqa: N802
        self.asked += 1
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.version.value = self.version
        told = signatures_of(STYLES[self.version], SIZES[self.version])
        response.metadata["signature_def"].Pack(told)
        return response

    def Predict(self, request, context):  # noqa: N802
        if self._left and self._left[0] == 0:
            self.version += 1
            del self._left[0]
        elif self._left:
            self._left[0] -= 1
        rows, styles = tensors.decode("style", request.inputs["weights"]).shape
        if styles != STYLES[self.version]:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "weights has another shape")
        response = predict_pb2.PredictResponse()
        response.model_spec.version.value = self.version
        size = SIZES[self.version]
        for name, depth in (("image", 3), ("mask", 1)):
            views = np.full((rows, size, size, depth), self.version, np.uint8)
            tensors.fill(response.outputs[name], views)
        return response

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop(None)


@pytest.fixture
def swapping():
    """A function of `swaps` to (Swapping, its Client)."""
    with contextlib.ExitStack() as stack:

        def start(*swaps):
            server = stack.enter_context(Swapping(*swaps))
            return server, stack.enter_context(Client(server.address, batch_size=2))

        yield start


def draw(client, n=1, styles=None):
    weights = np.eye(styles or client.num_styles, dtype=np.float32)[[0] * n]
    return client(weights, np.zeros(n), np.zeros(n))


def test_facts_are_those_of_the_version_that_serves(swapping):
    server, client = swapping()
    assert (client.num_styles, client.image_size) == (5, 8)
    server.version = 2
    assert (client.num_styles, client.image_size) == (7, 16)
    assert draw(client)[0].shape == (1, 16, 16, 3)


def test_what_was_read_before_a_swap_is_refused_once(swapping):
    server, client = swapping()
    before = client.num_styles
    draw(client, styles=before)
    server.version = 2
    with pytest.raises(InputError, match=r"style has the shape \[1, 5\]: give \[n, 7\]"):
        draw(client, styles=before)
    assert draw(client)[0].shape == (1, 16, 16, 3)


def test_drawings_of_the_new_sizes_succeed_at_once(swapping):
    server, client = swapping()
    assert draw(client, styles=5)[0].shape == (1, 8, 8, 3)
    server.version = 2
    assert draw(client, styles=7)[0].shape == (1, 16, 16, 3)


def test_drawings_alone_ask_for_facts_once(swapping):
    server, client = swapping()
    for _ in range(5):
        draw(client, styles=5)
    assert server.asked == 1


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_drawing_is_of_one_version(swapping, monkeypatch, at):
    monkeypatch.setitem(STYLES, 2, 5)
    _, client = swapping(at)
    images, masks = draw(client, n=6)
    assert images.shape == (6, 16, 16, 3)
    assert set(images.ravel()) == set(masks.ravel()) == {2}


def test_a_model_that_never_rests_is_given_up(swapping, monkeypatch):
    for version in range(1, 7):
        monkeypatch.setitem(STYLES, version, 5)
        monkeypatch.setitem(SIZES, version, 8)
    _, client = swapping(1, 1, 1, 1, 1)
    with pytest.raises(RequestError, match="was replaced 4 times while it drew") as error:
        draw(client, n=4)
    assert error.value.code == grpc.StatusCode.ABORTED
