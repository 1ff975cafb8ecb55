"""The tensors of TensorFlow Serving's REST interface: JSON to NumPy arrays.

A request gives its inputs in rows, `{"instances": [{"style": 3, "azimuth": 30.0}, …]}`, or in
columns, `{"inputs": {"style": [3, …], "azimuth": [30.0, …]}}`; an only input needs no name.
The answer (`json_answer`) comes in the same form, `{"predictions": [...]}` or `{"outputs": {...}}`.
Bytes are `{"b64": "…"}` both ways; outgoing strings are bytes if their output's name ends in
`_bytes`.
"""

import base64
import binascii
import json
import math
import re

import numpy as np
import tensorflow as tf

from tfgen.serving import json_reader, json_size
from tfgen.serving.status import invalid_argument

ROWS = "instances"
COLUMNS = "inputs"
BYTES_SUFFIX = "_bytes"
# Kind of an input's dtype -> those of arrays that it is made of; all as NumPy names them.
_KINDS = {"f": "fiu", "i": "iu", "u": "iu", "b": "b", "O": "O"}
_SPACE = re.compile(r"[ \t\n\v\f\r]+")  # in base64 it is no matter: `base64` writes lines


def parse_request(body, most_values=math.inf):
    """Reads the body of a `:predict` request.

    Args:
      body: JSON as bytes.
      most_values: that it may have; see `json_size.check`.

    Returns:
      (signature name, "" for the default one; ROWS or COLUMNS; what stands under that key).

    Raises:
      RequestError: INVALID_ARGUMENT.
    """
    json_size.check(body, most_values)
    try:
        request = json_reader.read(body)
    except (ValueError, RecursionError) as error:
        raise invalid_argument(f"the request's body is not JSON: {_told(error)}.") from None
    if not isinstance(request, dict):
        raise invalid_argument('the request is no JSON object: give {"instances": [...]}.')
    signature = request.get("signature_name", "")
    if not isinstance(signature, str) or not signature.isprintable():
        raise invalid_argument(f"signature_name is {ascii(signature)[:80]}: give a name.")
    forms = [form for form in (ROWS, COLUMNS) if form in request]
    if len(forms) != 1:
        raise invalid_argument('the request needs either "instances" or "inputs".')
    return signature, forms[0], request[forms[0]]


def _told(error):
    """What the reader of JSON found, without what only programmers know."""
    if isinstance(error, json.JSONDecodeError):
        return str(error)
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is no text in UTF-8"
    return "a number has too many digits, or lists are too deep"


def decode(form, values, dtypes):
    """Inputs of a request as arrays.

    Args:
      form: ROWS or COLUMNS.
      values: as `parse_request` returns them.
      dtypes: input name -> tf.DType of the signature.

    Returns:
      Input name -> array; of objects (bytes) for strings.

    Raises:
      RequestError: INVALID_ARGUMENT.
    """
    columns = _columns_of_rows(values, dtypes) if form == ROWS else values
    if form == COLUMNS and not (isinstance(values, dict) and not _is_base64(values)):
        if len(dtypes) != 1:
            raise invalid_argument(f'"inputs" must be an object with {", ".join(sorted(dtypes))}.')
        columns = {next(iter(dtypes)): values}
    return {name: _array(name, column, dtypes.get(name)) for name, column in columns.items()}


def _columns_of_rows(rows, dtypes):
    if not isinstance(rows, list) or not rows:
        raise invalid_argument('"instances" must be a list of at least one instance.')
    named = [isinstance(row, dict) and not _is_base64(row) for row in rows]
    if not any(named):
        if len(dtypes) != 1:
            raise invalid_argument(
                f'each of "instances" must be an object with {", ".join(sorted(dtypes))}.'
            )
        return {next(iter(dtypes)): rows}
    if not all(named) or any(row.keys() != rows[0].keys() for row in rows):
        raise invalid_argument('all "instances" must be objects with the same inputs.')
    return {name: [row[name] for row in rows] for name in rows[0]}


def _array(name, values, dtype):
    if dtype is None:  # the signature's own check names it
        return np.zeros(0)
    try:
        array = _strings(values) if dtype == tf.string else np.array(values)
    except (ValueError, TypeError, OverflowError):
        array = None
    kinds = _KINDS.get(np.dtype(dtype.as_numpy_dtype).kind, "")
    if array is None or (array.size and array.dtype.kind not in kinds):
        raise invalid_argument(
            f"input {name} is no rectangular list of {dtype.name}, or has values of other types."
        )
    if dtype == tf.string:
        return array
    if dtype.is_integer and array.size and not dtype.min <= array.min() <= array.max() <= dtype.max:
        raise invalid_argument(f"input {name} has values that do not fit into {dtype.name}.")
    with np.errstate(over="ignore"):
        return array.astype(dtype.as_numpy_dtype)


def _strings(values):
    shape, first = [], values
    while isinstance(first, list):
        shape.append(len(first))
        first = first[0] if first else None
    leaves = list(_leaves(values, shape))
    array = np.empty(len(leaves), object)
    array[:] = leaves
    return array.reshape(shape)


def _leaves(values, shape):
    """Bytes of nested lists of the lengths `shape`; ValueError if they are of others."""
    if not shape:
        yield _bytes(values)
    elif not isinstance(values, list) or len(values) != shape[0]:
        raise ValueError
    else:
        for value in values:
            yield from _leaves(value, shape[1:])


def _bytes(value):
    if isinstance(value, str):
        return value.encode()
    if not _is_base64(value):
        raise TypeError
    text = _SPACE.sub("", value["b64"])
    digits = text.rstrip("=.")  # as Abseil's decoder: no filling or the right one, of either sign
    filling = -len(digits) % 4
    try:
        if len(text) not in (len(digits), len(digits) + filling):
            raise binascii.Error
        return base64.b64decode(digits + "=" * filling, validate=True)
    except ValueError:
        raise invalid_argument('"b64" holds what is not base64.') from None


def _is_base64(value):
    return isinstance(value, dict) and value.keys() == {"b64"} and isinstance(value["b64"], str)
