"""TensorProtos from and to NumPy arrays: checked on the way in, fast on the way out.

A TensorProto holds its values either as `tensor_content`, the array's bytes, or in a typed field
(`float_val`, `int_val`, …). TensorFlow Serving answers in typed fields unless told otherwise, and
there are clients that read nothing else. In Python, filling or reading one a number at a time takes
longer than the network takes to draw the image; so whole arrays are written and read here in the
form that protobuf gives them on the wire.
"""

import math

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from tfgen.serving.status import invalid_argument

# dtype -> (field, its number in tensor.proto).
_FIELDS = {
    tf.float32: ("float_val", 5),
    tf.float64: ("double_val", 6),
    tf.int32: ("int_val", 7),
    tf.int16: ("int_val", 7),
    tf.int8: ("int_val", 7),
    tf.uint16: ("int_val", 7),
    tf.uint8: ("int_val", 7),
    tf.string: ("string_val", 8),
    tf.int64: ("int64_val", 10),
    tf.bool: ("bool_val", 11),
    tf.uint32: ("uint32_val", 16),
    tf.uint64: ("uint64_val", 17),
}
_LENGTH_DELIMITED = 2  # protobuf's wire type of packed fields


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
            f"input {name} has {len(values)} values in {_FIELDS[dtype][0]}: its shape "
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
      array: anything NumPy takes; of objects or bytes for strings.
      as_content: use `tensor_content` (strings always have a field of their own).
    """
    array = np.asarray(array)
    dtype = tf.string if array.dtype.kind in "OSU" else tf.dtypes.as_dtype(array.dtype)
    proto.dtype = dtype.as_datatype_enum
    proto.tensor_shape.SetInParent()
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    if dtype == tf.string:
        proto.string_val.extend(tf.compat.as_bytes(value) for value in array.ravel().tolist())
    elif as_content:
        proto.tensor_content = array.tobytes()
    else:
        _fill_typed_field(proto, dtype, array.ravel())


def _dtype(name, proto):
    try:
        dtype = tf.dtypes.as_dtype(proto.dtype)
    except TypeError:
        dtype = None
    if dtype not in _FIELDS:
        known = ", ".join(each.name for each in _FIELDS)
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
    field, number = _FIELDS[dtype]
    values = getattr(proto, field)
    if dtype == tf.string:
        array = np.empty(len(values), object)
        array[:] = values
        return array
    if len(values) < 64:
        return np.array(values, dtype.as_numpy_dtype)
    if dtype in (tf.float32, tf.float64):
        return np.frombuffer(_packed_field(proto, number), dtype.as_numpy_dtype)
    if dtype == tf.uint8:
        encoded = np.frombuffer(_packed_field(proto, number), np.uint8)
        # A value under 128 is one byte, any other itself and then a 1.
        return encoded[np.concatenate([[True], encoded[:-1] < 128])]
    return np.fromiter(values, dtype.as_numpy_dtype, len(values))


def _packed_field(proto, number):
    """The bytes of a packed field as they go over the wire."""
    encoded = proto.SerializeToString()
    position = 0
    while position < len(encoded):
        key, position = _read_varint(encoded, position)
        size, position = _read_varint(encoded, position)  # of a varint field: its value
        if key == number << 3 | _LENGTH_DELIMITED:
            return encoded[position : position + size]
        position += size if key & 7 == _LENGTH_DELIMITED else 0
    return b""


def _fill_typed_field(proto, dtype, values):
    field, number = _FIELDS[dtype]
    if dtype in (tf.float32, tf.float64):
        packed = values.tobytes()
    elif dtype == tf.uint8:
        # Varints: seven bits a byte, the eighth tells that another follows.
        long = values >= 128
        places = np.arange(len(values))
        places[1:] += np.cumsum(long[:-1])
        encoded = np.ones(len(values) + np.count_nonzero(long), np.uint8)
        encoded[places] = values
        packed = encoded.tobytes()
    else:
        getattr(proto, field).extend(values.tolist())
        return
    if packed:
        header = _varint(number << 3 | _LENGTH_DELIMITED) + _varint(len(packed))
        proto.MergeFromString(header + packed)


def _varint(number):
    encoded = bytearray()
    while number >= 128:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _read_varint(encoded, position):
    """(number, position after it)."""
    number = shift = 0
    while encoded[position] >= 128:
        number |= (encoded[position] & 127) << shift
        shift += 7
        position += 1
    return number | encoded[position] << shift, position + 1
