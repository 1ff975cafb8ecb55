"""The tensors of TensorFlow Serving's REST interface: JSON from and to NumPy arrays.

A request gives its inputs in rows, `{"instances": [{"style": 3, "azimuth": 30.0}, …]}`, or in
columns, `{"inputs": {"style": [3, …], "azimuth": [30.0, …]}}`; an only input needs no name.
The answer comes in the same form, `{"predictions": [...]}` or `{"outputs": {...}}`. Bytes are
`{"b64": "…"}` both ways; outgoing strings are bytes if their output's name ends in `_bytes`.
"""

import base64
import binascii
import json

import numpy as np
import tensorflow as tf

from tfgen.serving.status import invalid_argument

ROWS = "instances"
COLUMNS = "inputs"
_BYTES_SUFFIX = "_bytes"


def parse_request(body):
    """Reads the body of a `:predict` request.

    Args:
      body: JSON as bytes.

    Returns:
      (signature name, "" for the default one; ROWS or COLUMNS; what stands under that key).

    Raises:
      RequestError: INVALID_ARGUMENT.
    """
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise invalid_argument(f"the request's body is not JSON: {error}.") from None
    if not isinstance(request, dict):
        raise invalid_argument('the request is no JSON object: give {"instances": [...]}.')
    signature = request.get("signature_name", "")
    if not isinstance(signature, str):
        raise invalid_argument(f"signature_name is {signature!r}: give a string.")
    forms = [form for form in (ROWS, COLUMNS) if form in request]
    if len(forms) != 1:
        raise invalid_argument('the request needs either "instances" or "inputs".')
    return signature, forms[0], request[forms[0]]


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


def encode(form, outputs):
    """The answer as JSON bytes.

    Args:
      form: ROWS or COLUMNS, as the request had it.
      outputs: output name -> array.

    Raises:
      RequestError: INVALID_ARGUMENT; rows were asked for, but an output is not batched.
    """
    lists = {name: _to_json(name, array) for name, array in sorted(outputs.items())}
    only = next(iter(lists.values())) if len(lists) == 1 else None
    if form == COLUMNS:
        return json.dumps({"outputs": lists if only is None else only}).encode()
    sizes = {array.shape[0] if array.ndim else None for array in outputs.values()}
    if len(sizes) != 1 or None in sizes:
        raise invalid_argument('this signature\'s outputs are not batched: ask with "inputs".')
    rows = only
    if rows is None:
        rows = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    return json.dumps({"predictions": rows}).encode()


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
        if dtype == tf.string:
            return _strings(values)
        array = np.array(values)
    except (ValueError, TypeError, OverflowError):
        array = None
    kinds = {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}[np.dtype(dtype.as_numpy_dtype).kind]
    if array is None or (array.size and array.dtype.kind not in kinds):
        raise invalid_argument(
            f"input {name} is no rectangular list of {dtype.name}, or has values of other types."
        )
    if dtype.is_integer and array.size and not dtype.min <= array.min() <= array.max() <= dtype.max:
        raise invalid_argument(f"input {name} has values that do not fit into {dtype.name}.")
    with np.errstate(over="ignore"):
        return array.astype(dtype.as_numpy_dtype)


def _strings(values):
    shape = []
    first = values
    while isinstance(first, list):
        shape.append(len(first))
        first = first[0] if first else None
    array = np.empty(shape, object)
    for place in np.ndindex(*shape):
        value = values
        for index in place:
            value = value[index]
        array[place] = _bytes(value)
    if sum(1 for _ in _leaves(values)) != array.size:
        raise ValueError
    return array


def _leaves(values):
    if isinstance(values, list):
        for value in values:
            yield from _leaves(value)
    else:
        yield values


def _bytes(value):
    if isinstance(value, str):
        return value.encode()
    if not _is_base64(value):
        raise TypeError
    try:
        return base64.b64decode(value["b64"], validate=True)
    except binascii.Error:
        raise invalid_argument('"b64" holds what is not base64.') from None


def _is_base64(value):
    return isinstance(value, dict) and value.keys() == {"b64"} and isinstance(value["b64"], str)


def _to_json(name, array):
    if array.dtype.kind != "O":
        return array.tolist()
    as_bytes = name.endswith(_BYTES_SUFFIX)

    def convert(value):
        if isinstance(value, list):
            return [convert(each) for each in value]
        if as_bytes:
            return {"b64": base64.b64encode(value).decode()}
        return value.decode(errors="replace")

    return convert(array.tolist())
