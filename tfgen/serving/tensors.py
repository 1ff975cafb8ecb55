"""TensorProtos from and to NumPy arrays: checked on the way in, fast on the way out.

A TensorProto holds its values either as `tensor_content`, the array's bytes, or in a typed field
(`float_val`, `int_val`, …). TensorFlow Serving answers in typed fields unless told otherwise, and
there are clients that read nothing else. `wire` knows how both look on the wire.
"""

import math

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from tfgen.serving import predict_wire, wire
from tfgen.serving.status import invalid_argument

# NumPy's own.
_MOST_BYTES, _MOST_DIMENSIONS = 2**63 - 1, 32


def dtype_name(number):
    """Name of a `DataType` by its number, `float32` for DT_FLOAT; the number if there is none."""
    try:
        return tf.dtypes.as_dtype(number).name
    except TypeError:
        return str(number)


def claimed_bytes(proto):
    """Bytes of the array that a TensorProto claims to be: a few on the wire can claim any shape."""
    try:
        size = tf.dtypes.as_dtype(proto.dtype).size or 1
    except TypeError:
        return 0
    return max(0, size * math.prod(dim.size for dim in proto.tensor_shape.dim))


def decode(name, proto, max_bytes=None, large=None):
    """The array that a TensorProto holds.

    Args:
      name: of the input, for error messages.
      proto: TensorProto.
      max_bytes: most bytes the array may take; None for any.
      large: fields that were cut out of `proto`, see `predict_wire.parse`.

    Returns:
      Array, possibly read-only; of objects (bytes) for strings.

    Raises:
      RequestError: INVALID_ARGUMENT; the proto contradicts itself, or is too large.
    """
    dtype, large = _dtype(name, proto), large or {}
    shape = _shape(name, proto)
    count = math.prod(shape)
    # An array of none must be one that could be.
    _check_size(name, shape, dtype.size * math.prod(size or 1 for size in shape), max_bytes)
    content = large.get(wire.TENSOR_CONTENT) or proto.tensor_content
    if content and dtype != tf.string:
        expected = count * dtype.size
        if len(content) != expected:
            raise invalid_argument(
                f"input {name} has {len(content)} bytes of tensor_content: its shape "
                f"{list(shape)} of {dtype.name} needs {expected}."
            )
        return np.frombuffer(content, dtype.as_numpy_dtype).reshape(shape)
    try:
        values = _typed_values(proto, dtype, large)
    except ValueError as error:
        field = wire.FIELDS[dtype][0]
        raise invalid_argument(f"input {name} has a {field} that {error}.") from None
    if len(values) > count or (dtype == tf.string and len(values) < min(count, 1)):
        raise invalid_argument(
            f"input {name} has {len(values)} values in {wire.FIELDS[dtype][0]}: its shape "
            f"{list(shape)} needs {count}."
        )
    if len(values) < count:  # as in TensorFlow: the last value goes on, none at all are zeros
        last = values[-1:] if len(values) else np.zeros(1, values.dtype)
        if dtype == tf.string:
            _check_size(name, shape, len(last[0]) * count, max_bytes)
        values = np.concatenate([values, np.repeat(last, count - len(values))])
    return values.reshape(shape)


def _check_size(name, shape, size, max_bytes):
    most = _MOST_BYTES if max_bytes is None else max_bytes
    if size > most:
        raise invalid_argument(
            f"input {name} has shape {list(shape)}, {size} bytes: at most {most} are taken."
        )


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
    if len(shape) > _MOST_DIMENSIONS:
        raise invalid_argument(
            f"input {name} has {len(shape)} dimensions: at most {_MOST_DIMENSIONS} are taken."
        )
    return shape


def _typed_values(proto, dtype, large):
    """Values of the typed field, [n]; ValueError if its bytes are none."""
    field, number = wire.FIELDS[dtype]
    values = getattr(proto, field)
    if dtype == tf.string:
        array = np.empty(len(values), object)
        array[:] = values
        return array
    kind = dtype.as_numpy_dtype
    if number not in large and len(values) < 64:
        # Numbers that are larger than the type lose their high bits, as in TensorFlow.
        wide = kind if dtype.is_floating else np.uint64 if kind == np.uint64 else np.int64
        return np.array(values, wide).astype(kind)
    if number in large and len(values):
        raise ValueError("is packed in part only")
    packed = large[number] if number in large else wire.packed_field(proto, number)
    if not dtype.is_floating:
        return predict_wire.varints(packed, kind)
    if len(packed) % dtype.size:
        raise ValueError("ends inside of a number")
    return np.frombuffer(packed, kind)
