"""Arrays in the form that protobuf gives them on the wire, a piece at a time.

In Python, filling or reading a typed field a number at a time takes longer than the network takes
to draw the image, and a field of numbers takes several times the memory of its array; so whole
arrays are written here as bytes, which messages are made of.
"""

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

# dtype -> (field, its number in tensor.proto).
FIELDS = {
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
TENSOR_CONTENT = 4
LENGTH_DELIMITED = 2  # protobuf's wire type of packed fields
STEP = 1 << 18  # values at a time
# Fields that hold whole arrays: numbers, packed, or their bytes.
ARRAYS = {TENSOR_CONTENT} | {number for field, number in FIELDS.values() if field != "string_val"}
# Most bytes of a varint: negative numbers take ten.
_VARINT_BYTES = {tf.bool: 1, tf.uint8: 2, tf.uint16: 3, tf.uint32: 5}


def most_bytes_of_value(dtype, as_content=False):
    """Most bytes that a value of a tf.DType takes on the wire; 0 for strings, of any size."""
    if dtype == tf.string:
        return 0
    if as_content or dtype.is_floating or dtype not in FIELDS:
        return dtype.size
    return _VARINT_BYTES.get(dtype, 10)


def tensor(array, as_content=False):
    """A TensorProto of an array.

    Args:
      array: anything NumPy takes; of objects or bytes for strings.
      as_content: use `tensor_content` (strings always have a field of their own).

    Returns:
      (length in bytes, iterator of bytes-like pieces).
    """
    array = np.asarray(array)
    dtype = tf.string if array.dtype.kind in "OSU" else tf.dtypes.as_dtype(array.dtype)
    proto = tensor_pb2.TensorProto(dtype=dtype.as_datatype_enum)
    proto.tensor_shape.SetInParent()
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    if dtype == tf.string:
        proto.string_val.extend(tf.compat.as_bytes(value) for value in array.ravel().tolist())
        length, pieces = 0, ()
    else:
        values = np.ascontiguousarray(array).reshape(-1)
        as_content = as_content or dtype not in FIELDS
        number = TENSOR_CONTENT if as_content else FIELDS[dtype][1]
        length, pieces = _raw(values) if as_content else _packed(dtype, values)
    head = proto.SerializeToString()
    if length:
        head += field_head(number, length)
    return len(head) + length, _chain(head, pieces)


def field_head(number, length):
    """What stands before the bytes of a field of known length."""
    return _varint(number << 3 | LENGTH_DELIMITED) + _varint(length)


def packed_field(proto, number):
    """The bytes of a packed field of a message as they go over the wire."""
    encoded = proto.SerializeToString()
    position = 0
    while position < len(encoded):
        key, position = read_varint(encoded, position)
        size, position = read_varint(encoded, position)  # of a varint field: its value
        if key == number << 3 | LENGTH_DELIMITED:
            return encoded[position : position + size]
        position += size if key & 7 == LENGTH_DELIMITED else 0
    return b""


def _chain(head, pieces):
    yield head
    yield from pieces


def _raw(values):
    return values.nbytes, (values[i : i + STEP].data for i in range(0, len(values), STEP))


def _packed(dtype, values):
    """(length, pieces) of values in their typed field."""
    if dtype in (tf.float32, tf.float64, tf.bool):
        return _raw(values)
    parts = (values[i : i + STEP] for i in range(0, len(values), STEP))
    if dtype == tf.uint8:
        return len(values) + np.count_nonzero(values >= 128), map(_bytes_as_varints, parts)
    field, number = FIELDS[dtype]
    pieces = [
        packed_field(tensor_pb2.TensorProto(**{field: part.tolist()}), number) for part in parts
    ]
    return sum(map(len, pieces)), pieces


def _bytes_as_varints(values):
    """Seven bits a byte, the eighth tells that another follows: 128 and more are two bytes."""
    pairs = np.ones((len(values), 2), np.uint8)
    pairs[:, 0] = values
    used = np.ones((len(values), 2), bool)
    used[:, 1] = values >= 128
    return pairs[used].data


def _varint(number):
    encoded = bytearray()
    while number >= 128:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def read_varint(encoded, position):
    """(number, position after it); IndexError if it has no end within ten bytes."""
    number = shift = 0
    while encoded[position] >= 128:
        if shift == 63:
            raise IndexError
        number |= (encoded[position] & 127) << shift
        shift += 7
        position += 1
    return number | encoded[position] << shift, position + 1
