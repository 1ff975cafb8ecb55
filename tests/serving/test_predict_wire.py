"""Large PredictRequests, read as protobuf reads them, without its memory."""

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2

from tfgen.serving import predict_wire, tensors, wire
from tfgen.serving.status import RequestError

RNG = np.random.default_rng(0)
COUNT = 70_000
ARRAYS = {
    "float": RNG.normal(size=COUNT).astype(np.float32),
    "double": RNG.normal(size=COUNT),
    "uint8": RNG.integers(0, 256, COUNT).astype(np.uint8),
    "int32": RNG.integers(-(2**31), 2**31, COUNT).astype(np.int32),
    "int64": RNG.integers(-(2**63), 2**63 - 1, COUNT),
    "uint64": RNG.integers(0, 2**64 - 1, COUNT, np.uint64),
    "bool": RNG.integers(0, 2, COUNT).astype(bool),
    "string": np.array([b"x" * 70_000, b""], object),
    "small": np.array([[1.5, 2.5]], np.float32),
}


def decoded(message):
    """Input name -> array."""
    request, large = predict_wire.parse(message)
    return {k: tensors.decode(k, v, None, large.get(k)) for k, v in request.inputs.items()}


def filled(as_content=False, arrays=ARRAYS):
    request = predict_pb2.PredictRequest(output_filter=["image"])
    request.model_spec.name = "tiny"
    for name, array in arrays.items():
        tensors.fill(request.inputs[name], array, as_content)
    return request


@pytest.mark.parametrize("as_content", [False, True])
def test_large_requests_are_read_as_protobuf_reads_them(as_content):
    message = filled(as_content).SerializeToString()
    request, large = predict_wire.parse(message)
    assert (request.model_spec.name, list(request.output_filter)) == ("tiny", ["image"])
    assert request.ByteSize() < len(message) // 10
    assert large.keys() == ARRAYS.keys()
    for name, array in decoded(message).items():
        np.testing.assert_array_equal(array, ARRAYS[name])
        assert array.dtype == ARRAYS[name].dtype


def test_the_last_of_two_inputs_of_a_name_counts():
    message = filled(arrays={"x": ARRAYS["float"]}).SerializeToString()
    message += filled(arrays={"x": ARRAYS["double"]}).SerializeToString()
    np.testing.assert_array_equal(decoded(message)["x"], ARRAYS["double"])
    message += filled(arrays={"x": ARRAYS["small"]}).SerializeToString()
    np.testing.assert_array_equal(decoded(message)["x"], ARRAYS["small"])


def field(number, content):
    return wire.field_head(number, len(content)) + content


def request_of(*parts):
    """A large message with an input x whose TensorProto is made of `parts`."""
    entry = field(1, b"x") + field(2, b"".join(parts))
    return field(2, entry) + field(1, field(1, b"m" * 70_000))


def shape(dtype, size):
    spec = tf.TensorShape([size]).as_proto().SerializeToString()
    return bytes([8, dtype.as_datatype_enum]) + field(2, spec)


def test_packed_numbers_may_come_in_parts_and_contents_are_the_last():
    parts = [field(5, part.tobytes()) for part in np.split(ARRAYS["float"], [10, 60_000])]
    message = request_of(shape(tf.float32, COUNT), *parts)
    np.testing.assert_array_equal(decoded(message)["x"], ARRAYS["float"])
    two, small = ARRAYS["float"][:2], np.array([7, 8], np.float32)
    contents = [field(4, each.tobytes()) for each in (two, small)]
    assert decoded(request_of(shape(tf.float32, 2), *contents))["x"].tolist() == [7, 8]


INT64 = shape(tf.int64, 2)
BROKEN = {
    "cut number": ([INT64, field(10, b"\x01\x80")], "int64_val that ends inside of a number"),
    "long number": (
        [INT64, field(10, b"\x80" * 10 + b"\x01")],
        "int64_val that has a number of more than ten bytes",
    ),
    "cut float": ([shape(tf.float32, 2), field(5, b"\0" * 7)], "float_val that ends inside"),
    "in part": ([INT64, field(10, b"\x01"), b"\x50\x02"], "is packed in part only"),
    "many strings": (
        [shape(tf.string, 2), field(8, b"") * 1_000_001],
        "more than 1000000 strings",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_numbers_that_are_none_are_refused(name):
    parts, expected = BROKEN[name]
    with pytest.raises(RequestError, match=expected) as error:
        decoded(request_of(*parts))
    assert error.value.code == grpc.StatusCode.INVALID_ARGUMENT


WHOLE = filled().SerializeToString()


@pytest.mark.parametrize(
    "message",
    [WHOLE[:-1], WHOLE + b"\x0b", WHOLE + b"\x80" * 70_000, b"\xff" * 70_000, field(2, WHOLE)[:99]],
    ids=["cut", "group", "endless number", "noise", "short"],
)
def test_what_is_no_request_is_refused(message):
    with pytest.raises(RequestError, match="no PredictRequest") as error:
        predict_wire.parse(message)
    assert error.value.code == grpc.StatusCode.INTERNAL
