"""TensorProtos from and to NumPy arrays: checked on the way in, fast on the way out.

A TensorProto holds its values either as `tensor_content`, the array's bytes, or in a typed field
(`float_val`, `int_val`, …). TensorFlow Serving answers in typed fields unless told otherwise, and
there are clients that read nothing else. `wire` knows how both look on the wire.
"""

import math

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from tfgen.serving import wire
from tfgen.serving.status import invalid_argument


def dtype_name(number):
    """Name of a `DataType` by its number, `float32` for DT_FLOAT; the number if there is none."""
    try:
        return tf.dtypes.as_dtype(number).name
    except TypeError:
        return str(number)


def decode(name, proto, max_bytes=None):
    """The array that a TensorProto holds.

    Args:
      name: of the input, for error messages.
      proto: TensorProto.
      max_bytes: most bytes the array may take: a few bytes on the wire can claim any shape.

    Returns:
      Array, possibly read-only; of objects (bytes) for strings.

    Raises:
      RequestError: INVALID_ARGUMENT; the proto contradicts itself, or is too large.
    """
    dtype = _dtype(name, proto)
    shape = _shape(name, proto)
    count = math.prod(shape)
    if max_bytes is not None and count * dtype.size > max_bytes:
        raise invalid_argument(
            f"input {name} has shape {list(shape)}, {count * dtype.size} bytes: the server takes "
            f"at most {max_bytes}."
        )
    if proto.tensor_content and dtype != tf.string:
        expected = count * dtype.size
        if len(proto.tensor_content) != expected:
            raise invalid_argument(
                f"input {name} has {len(proto.tensor_content)} bytes of tensor_content: its shape "
                f"{list(shape)} of {dtype.name} needs {expected}."
            )
        return np.frombuffer(proto.tensor_content, dtype.as_numpy_dtype).reshape(shape)
    values = _typed_values(proto, dtype)
    if len(values) > count or (dtype == tf.string and len(values) < min(count, 1)):
        raise invalid_argument(
            f"input {name} has {len(values)} values in {wire.FIELDS[dtype][0]}: its shape "
            f"{list(shape)} needs {count}."
        )
    if len(values) < count:  # as in TensorFlow: the last value goes on, none at all are zeros
        last = values[-1:] if len(values) else np.zeros(1, values.dtype)
        values = np.concatenate([values, np.repeat(last, count - len(values))])
    return values.reshape(shape)


def encode(array, as_content=False):
    """The TensorProto of an array; see `fill`."""
    proto = tensor_pb2.TensorProto()
    fill(proto, array, as_content)
    return proto


def fill(proto, array, as_content=False):
    """Writes an array into an empty TensorProto: in place, because copying one is slow.

    Args:
      proto: TensorProto, of a message's map for example.
      array, as_content: see `wire.tensor`.
    """
    _, pieces = wire.tensor(array, as_content)
    proto.MergeFromString(b"".join(pieces))


def _dtype(name, proto):
    try:
        dtype = tf.dtypes.as_dtype(proto.dtype)
    except TypeError:
        dtype = None
    if dtype not in wire.FIELDS:
        known = ", ".join(each.name for each in wire.FIELDS)
        raise invalid_argument(
            f"input {name} has dtype {dtype_name(proto.dtype)}: the server knows {known}."
        )
    return dtype


def _shape(name, proto):
    shape = tuple(dim.size for dim in proto.tensor_shape.dim)
    if proto.tensor_shape.unknown_rank or any(size < 0 for size in shape):
        raise invalid_argument(f"input {name} has no definite shape: give every dimension's size.")
    return shape


def _typed_values(proto, dtype):
    """Values of the typed field, [n]."""
    field, number = wire.FIELDS[dtype]
    values = getattr(proto, field)
    if dtype == tf.string:
        array = np.empty(len(values), object)
        array[:] = values
        return array
    if len(values) < 64:
        return np.array(values, dtype.as_numpy_dtype)
    if dtype in (tf.float32, tf.float64):
        return np.frombuffer(wire.packed_field(proto, number), dtype.as_numpy_dtype)
    if dtype == tf.uint8:
        encoded = np.frombuffer(wire.packed_field(proto, number), np.uint8)
        # A value under 128 is one byte, any other itself and then a 1.
        return encoded[np.concatenate([[True], encoded[:-1] < 128])]
    return np.fromiter(values, dtype.as_numpy_dtype, len(values))
