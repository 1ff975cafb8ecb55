"""How a generator is called by name, wherever it runs: in memory, from an export, on a server.

Of an export, `morph` is the signature that takes any description: the weights of one-hot conditions
in place of their numbers.
"""

import numpy as np

from tfgen.errors import InputError


def weights_name(description, condition):
    """Name of the input with a one-hot condition's weights: "weights" if it is the only one."""
    alone = len(description.of_kind("one-hot")) == 1
    return "weights" if alone else f"{condition.name}_weights"


def morph_inputs(description, values, named):
    """The inputs of `morph` for n drawings.

    Args:
      description: `conditions.Description`.
      values: arrays in the order of the conditions, as far as they go; or one dict by name.
      named: condition's name -> array. One-hot: weights [n, size]; angle: [n] degrees, or one
        number for all; vector: [n, size], zeros where it is missing.

    Returns:
      Input name -> [n, …] float32.

    Raises:
      InputError: a condition is missing, unknown or told twice, or an array has another shape.
    """
    if len(values) == 1 and isinstance(values[0], dict):
        named, values = {**values[0], **named}, ()
    arrays = _by_name(description, values, named)
    lengths = {len(array) for array in arrays.values() if array.ndim}
    if len(lengths) != 1:
        raise InputError(
            "conditions are told of different numbers of drawings: "
            f"{', '.join(f'{name} {array.shape}' for name, array in arrays.items())}."
        )
    (count,) = lengths
    inputs = {}
    for condition in description.conditions:
        shape = (count, *condition.shape)
        array = arrays.get(condition.name, np.zeros(shape, np.float32))
        if array.shape not in (shape, ()) or (condition.shape and not array.ndim):
            raise InputError(f"{condition.name} has shape {array.shape}: give {shape}.")
        is_weights = condition.kind == "one-hot"
        name = weights_name(description, condition) if is_weights else condition.name
        inputs[name] = np.broadcast_to(array, shape)
    return inputs


def _by_name(description, values, named):
    told = [*dict(zip(description.names, values, strict=False)), *named]
    unknown = sorted(set(named) - set(description.names))
    if unknown or len(values) > len(description.names) or len(set(told)) != len(told):
        what = ", ".join(unknown) or f"{len(values)} values and {', '.join(named) or 'no more'}"
        raise InputError(
            f"{what} cannot be told to this model: give each of {', '.join(description.names)} "
            "once."
        )
    pairs = {**dict(zip(description.names, values, strict=False)), **named}
    missing = [
        each.name
        for each in description.conditions
        if each.name not in pairs and each.kind != "vector"
    ]
    if missing:
        raise InputError(f"{', '.join(missing)} is missing: give an array of it.")
    arrays = {}
    for name, value in pairs.items():
        try:
            arrays[name] = np.asarray(value, np.float32)
        except (TypeError, ValueError):
            raise InputError(f"{name} is no array of numbers: give one.") from None
    return arrays
