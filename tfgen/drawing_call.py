"""How a generator is called by name, wherever it runs: in memory, from an export, on a server.

Of an export, `morph` is the signature that takes any description: the weights of one-hot conditions
in place of their numbers.
"""

from tfgen.conditions import value_arrays
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
      named: condition's name -> array; what is missing, and shapes, as `conditions.value_arrays`
        has it.

    Returns:
      Input name -> [n, …] float32.

    Raises:
      InputError: a condition is unknown or told twice, or an array has another shape.
    """
    if len(values) == 1 and isinstance(values[0], dict):
        (told,) = values
    else:
        told = dict(zip(description.names, values, strict=False))
    if len(values) > len(description.names) or told.keys() & named.keys():
        raise InputError(
            f"a drawing is told {', '.join(description.names)}: give each of them once."
        )
    try:
        arrays = value_arrays(description, {**told, **named})
    except (TypeError, ValueError) as error:
        raise InputError(str(error)) from None
    if "latent" in arrays:
        raise InputError("a drawing by its latent code is another signature: ask for sample.")
    return {
        weights_name(description, c) if c.kind == "one-hot" else c.name: arrays[c.name]
        for c in description.conditions
    }
