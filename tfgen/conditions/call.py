"""How a generator is called by name, wherever it runs: in memory, from an export, on a server.

Of an export, `morph` is the signature that takes any description: the weights of one-hot conditions
in place of their numbers.
"""

from tfgen.conditions.description import value_arrays
from tfgen.errors import InputError


def weights_name(description, condition):
    """Name of the input with a one-hot condition's weights: "weights" if it is the only one."""
    alone = len(description.of_kind("one-hot")) == 1
    return "weights" if alone else f"{condition.name}_weights"


def morph_inputs(description, values, named):
    """The inputs of `morph` for n drawings.

    Args:
      description: `Description`.
      values: in the order of the conditions, as far as they go; or one dict by name.
      named: condition's name -> value, as `value_arrays` takes it.

    Returns:
      Input name -> [n, …] float32.

    Raises:
      InputError: a condition is unknown or told twice, or has another shape.
    """
    if len(values) == 1 and isinstance(values[0], dict):
        named, values = {**values[0], **named}, ()
    names = description.names[: len(values)]
    if len(names) < len(values) or set(names) & set(named):
        raise InputError(
            f"{len(values)} values and {', '.join(named) or 'no more'} cannot be told to this "
            f"model: give each of {', '.join(description.names)} once."
        )
    unknown = sorted(set(named) - set(description.names))
    if unknown:
        raise InputError(
            f"{', '.join(unknown)} is no condition of this model: give "
            f"{', '.join(description.names)}."
        )
    try:
        arrays = value_arrays(description, {**dict(zip(names, values, strict=True)), **named})
    except (TypeError, ValueError) as error:
        raise InputError(str(error)) from None
    one_hot = {each.name: each for each in description.of_kind("one-hot")}
    return {
        weights_name(description, one_hot[name]) if name in one_hot else name: array
        for name, array in arrays.items()
    }
