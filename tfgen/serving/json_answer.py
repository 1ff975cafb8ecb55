"""Answers of TensorFlow Serving's REST interface: JSON of NumPy arrays, a piece at a time.

JSON of images is ten times their size, and as Python's objects it would be a hundred times: a large
answer is written in pieces of a few thousand values, of which only one is in memory.
"""

import base64
import json

from tfgen.serving.json_tensors import BYTES_SUFFIX, COLUMNS
from tfgen.serving.status import invalid_argument

_STEP = 1 << 14  # values in a piece


def encode(form, outputs):
    """The answer as JSON.

    Args:
      form: `json_tensors.ROWS` or COLUMNS, as the request had it.
      outputs: output name -> array.

    Returns:
      Iterator of pieces, bytes.

    Raises:
      RequestError: INVALID_ARGUMENT; rows were asked for, but an output is not batched.
    """
    outputs = dict(sorted(outputs.items()))
    only = next(iter(outputs.items())) if len(outputs) == 1 else None
    if form == COLUMNS:
        return _wrapped("outputs", _array(*only) if only else _object(outputs))
    sizes = {array.shape[0] if array.ndim else None for array in outputs.values()}
    if len(sizes) != 1 or None in sizes:
        raise invalid_argument('this signature\'s outputs are not batched: ask with "inputs".')
    return _wrapped("predictions", _array(*only) if only else _rows(outputs, sizes.pop()))


def _wrapped(key, pieces):
    yield f'{{"{key}": '.encode()
    yield from pieces
    yield b"}"


def _object(outputs):
    yield b"{"
    for i, (name, array) in enumerate(outputs.items()):
        yield (", " if i else "").encode() + json.dumps(name).encode() + b": "
        yield from _array(name, array)
    yield b"}"


def _rows(outputs, count):
    size = sum(array.size for array in outputs.values()) // max(count, 1)
    if size > _STEP:
        yield from _list(_object({k: a[i] for k, a in outputs.items()}) for i in range(count))
        return
    step = max(1, _STEP // max(size, 1))
    yield from _list(
        [_few_rows({name: array[i : i + step] for name, array in outputs.items()})]
        for i in range(0, count, step)
    )


def _few_rows(outputs):
    lists = [_plain(name, array) for name, array in outputs.items()]
    rows = [dict(zip(outputs, row, strict=True)) for row in zip(*lists, strict=True)]
    return json.dumps(rows)[1:-1].encode()


def _array(name, array):
    if array.size <= _STEP or not array.ndim:
        yield json.dumps(_plain(name, array)).encode()
        return
    step = _STEP * len(array) // array.size  # rows in a piece
    if not step:
        yield from _list(_array(name, each) for each in array)
        return
    yield from _list(
        [json.dumps(_plain(name, array[i : i + step]))[1:-1].encode()]
        for i in range(0, len(array), step)
    )


def _list(items):
    """Pieces of a JSON list, of the pieces of its items."""
    yield b"["
    for i, pieces in enumerate(items):
        if i:
            yield b", "
        yield from pieces
    yield b"]"


def _plain(name, array):
    """Lists as `json` takes them."""
    if array.dtype.kind != "O":
        return array.tolist()
    as_bytes = name.endswith(BYTES_SUFFIX)

    def convert(value):
        if isinstance(value, list):
            return [convert(each) for each in value]
        if as_bytes:
            return {"b64": base64.b64encode(value).decode()}
        return value.decode(errors="replace")

    return convert(array.tolist())
