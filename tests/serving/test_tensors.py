"""TensorProtos, against TensorFlow's own conversion."""

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from tfgen.serving import tensors
from tfgen.serving.status import RequestError

RNG = np.random.default_rng(0)
ARRAYS = {
    "image": RNG.integers(0, 256, (2, 64, 64, 3)).astype(np.uint8),
    "all bytes": np.arange(256, dtype=np.uint8),
    "dark image": np.zeros((1, 64, 64, 1), np.uint8),
    "floats": RNG.normal(size=(3, 100)).astype(np.float32),
    "few floats": np.array([1.5, -np.inf, np.nan], np.float32),
    "doubles": RNG.normal(size=200),
    "scalar": np.array(2.5, np.float32),
    "empty": np.zeros((0, 3), np.float32),
    "int64": RNG.integers(-(2**62), 2**62, 100),
    "int32": np.arange(-50, 50, dtype=np.int32),
    "int16": np.array([-300, 300], np.int16),
    "uint32": np.array([2**32 - 1], np.uint32),
    "uint64": np.array([2**64 - 1], np.uint64),
    "bool": np.array([[True, False]]),
    "bytes": np.array([b"\x00\xff", b""], object),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("as_content", [False, True])
def test_encoding_is_read_by_tensorflow(name, as_content):
    array = ARRAYS[name]
    proto = tensors.encode(array, as_content)
    again = tensor_pb2.TensorProto.FromString(proto.SerializeToString())
    np.testing.assert_array_equal(tf.make_ndarray(again), array)
    assert tf.make_ndarray(again).dtype == array.dtype
    assert bool(proto.tensor_content) == (as_content and array.dtype != object and array.size > 0)


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("as_content", [False, True])
def test_decoding_inverts_both_encodings(name, as_content):
    array = ARRAYS[name]
    for proto in (tensors.encode(array, as_content), tf.make_tensor_proto(array)):
        decoded = tensors.decode("x", proto)
        np.testing.assert_array_equal(decoded, array)
        assert decoded.dtype == array.dtype
        assert decoded.shape == array.shape


def test_the_last_value_is_repeated_as_in_tensorflow():
    proto = tf.make_tensor_proto(0.25, shape=[2, 3])
    assert len(proto.float_val) == 1
    np.testing.assert_array_equal(tensors.decode("x", proto), np.full((2, 3), 0.25, np.float32))


def proto(dtype=tf.float32, shape=(2,), **values):
    message = tensor_pb2.TensorProto(dtype=dtype.as_datatype_enum, **values)
    for size in shape:
        message.tensor_shape.dim.add(size=size)
    return message


BROKEN = {
    "truncated content": (proto(tensor_content=b"1234567"), "7 bytes.*needs 8"),
    "too much content": (proto(tensor_content=b"123456789012"), "12 bytes.*needs 8"),
    "too many values": (proto(float_val=[1, 2, 3]), "3 values in float_val.*needs 2"),
    "huge shape, content": (proto(shape=[1 << 40], tensor_content=b"1234"), "at most 1000"),
    "huge shape, one value": (proto(shape=[1 << 20, 1 << 20], float_val=[1]), "at most 1000"),
    "overflowing shape": (proto(shape=[1 << 62, 1 << 62], float_val=[1]), "at most 1000"),
    "negative dimension": (proto(shape=[-1], float_val=[1]), "no definite shape"),
    "no strings": (proto(tf.string), "0 values in string_val"),
    "unknown dtype": (tensor_pb2.TensorProto(dtype=99), "dtype 99"),
    "no dtype": (tensor_pb2.TensorProto(), "dtype"),
    "variant": (tensor_pb2.TensorProto(dtype=tf.variant.as_datatype_enum), "dtype variant"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_contradicts_itself_is_refused(name):
    message, expected = BROKEN[name]
    with pytest.raises(RequestError, match=f"input x .*{expected}") as error:
        tensors.decode("x", message, max_bytes=1000)
    assert error.value.code == grpc.StatusCode.INVALID_ARGUMENT
