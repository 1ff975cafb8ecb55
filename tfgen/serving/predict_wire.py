"""A PredictRequest from its bytes, with its large fields left where they are.

As a message, numbers that take a byte each on the wire take four or eight, nobody else runs while
they are read, and a field of bytes is copied twice. So a large request is walked through first:
packed numbers and contents are cut out, and read as arrays.
"""

import grpc
import numpy as np
from google.protobuf.message import DecodeError
from tensorflow_serving.apis import predict_pb2

from tfgen.serving import wire
from tfgen.serving.status import RequestError, invalid_argument

_SMALL_BYTES = 64 << 10
_MOST_FIELDS = 1_000_000  # strings, for example
_INPUTS, _KEY, _VALUE = 2, 1, 2  # numbers of PredictRequest's map, and of its entries' parts


def parse(message):
    """Reads a PredictRequest.

    Args:
      message: its bytes.

    Returns:
      (PredictRequest, input name -> {number of a field of TensorProto: its bytes}).

    Raises:
      RequestError: INTERNAL, as gRPC has it, if it is none; INVALID_ARGUMENT if it has millions of
        fields.
    """
    try:
        if len(message) < _SMALL_BYTES:
            return predict_pb2.PredictRequest.FromString(message), {}
        return _Walk().request(memoryview(message))
    except (DecodeError, IndexError, UnicodeDecodeError):
        raise RequestError(
            grpc.StatusCode.INTERNAL, "the message is no PredictRequest: it cannot be parsed."
        ) from None


class _Walk:
    def __init__(self):
        self._fields = 0

    def request(self, message):
        """See `parse`."""
        rest, large = bytearray(), {}
        for number, content, whole in self._walk(message):
            if number == _INPUTS and content is not None:
                entry, name, fields = self._entry(content)
                rest += wire.field_head(_INPUTS, len(entry)) + entry
                large[name] = fields  # of inputs of the same name the last one counts
            else:
                rest += whole
        return predict_pb2.PredictRequest.FromString(bytes(rest)), large

    def _entry(self, entry):
        """(the entry without its large fields, its key, the large fields)."""
        rest, name, fields = bytearray(), "", {}
        for number, content, whole in self._walk(entry):
            if number == _VALUE and content is not None:
                tensor = self._tensor(content, fields)
                rest += wire.field_head(_VALUE, len(tensor)) + tensor
                continue
            if number == _KEY and content is not None:
                name = str(content, "utf-8")
            rest += whole
        return rest, name, fields

    def _tensor(self, tensor, fields):
        rest = bytearray()
        for number, content, whole in self._walk(tensor):
            if content is None or number not in wire.ARRAYS:
                rest += whole
            elif number == wire.TENSOR_CONTENT or number not in fields:
                fields[number] = content
            else:  # packed numbers may come in parts
                fields[number] = b"".join((fields[number], content))
        return rest

    def _walk(self, message):
        """Yields (number, content or None if it has no length, the whole field)."""
        position = 0
        while position < len(message):
            start = position
            key, position = wire.read_varint(message, position)
            content, kind = None, key & 7
            if kind == wire.LENGTH_DELIMITED:
                size, position = wire.read_varint(message, position)
                content = message[position : position + size]
                position += size
            elif kind == 0:
                _, position = wire.read_varint(message, position)
            elif kind in (1, 5):
                position += 8 if kind == 1 else 4
            else:
                raise DecodeError
            if position > len(message):
                raise DecodeError
            self._fields += 1
            if self._fields > _MOST_FIELDS:
                raise invalid_argument(
                    f"the request has more than {_MOST_FIELDS} strings, or numbers that are not "
                    "packed: send fewer at once, or tensor_content."
                )
            yield key >> 3, content, message[start:position]


def varints(encoded, dtype):
    """Numbers of a packed field; ValueError if they are none.

    Args:
      encoded: its bytes.
      dtype: NumPy's, of integers or bool; numbers that are larger lose their high bits.

    Returns:
      Array [n].
    """
    data = np.frombuffer(encoded, np.uint8)
    if data.size and data[-1] >= 128:
        raise ValueError("ends inside of a number")
    parts, start = [], 0
    while start < data.size:
        part = data[start : start + wire.STEP]
        ends = np.flatnonzero(part < 128)
        if not ends.size:
            raise ValueError("has a number of more than ten bytes")
        part = part[: ends[-1] + 1]
        parts.append(_varints(part, ends, dtype))
        start += part.size
    return np.concatenate(parts) if parts else np.zeros(0, dtype)


def _varints(data, ends, dtype):
    if ends.size == data.size:
        return data.astype(dtype)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > 10:
        raise ValueError("has a number of more than ten bytes")
    numbers = np.zeros(ends.size, np.uint64)
    for place in range(lengths.max()):
        there = lengths > place
        digits = data[starts[there] + place].astype(np.uint64) & np.uint64(127)
        numbers[there] |= digits << np.uint64(7 * place)
    return numbers.astype(dtype)
