"""What was read from a file, checked field by field: files get cut, and edited by hand."""

import numbers

# More of anything than there is; a file that says more is damaged.
_MOST = 10**6


def check(owner, values, kinds):
    """Raises ValueError unless values are of their kinds.

    Args:
      owner: what has them, for the message.
      values: name -> value.
      kinds: name -> function of a value to whether it is one; its docstring says of what kind.
    """
    for name, is_kind in kinds.items():
        if not is_kind(values[name]):
            wanted = is_kind.__doc__[0].lower() + is_kind.__doc__[1:]
            raise ValueError(f"{name} of {owner} is {values[name]!r:.80}: give {wanted}")


def or_none(is_kind):
    """The kind of values that may be None as well."""

    def is_kind_or_none(value):
        return value is None or is_kind(value)

    is_kind_or_none.__doc__ = is_kind.__doc__
    return is_kind_or_none


def text(value):
    """Text."""
    return isinstance(value, str)


def texts(value):
    """A list of texts."""
    return isinstance(value, (list, tuple)) and all(map(text, value))


def count(value):
    """A whole number of 1 at least."""
    return isinstance(value, numbers.Integral) and number(value) and 1 <= value <= _MOST


def whole(value):
    """A whole number."""
    return isinstance(value, numbers.Integral) and number(value)


def number(value):
    """A number."""
    return (
        isinstance(value, numbers.Real)
        and not isinstance(value, bool)
        and abs(value) < 2**63  # of NaN it is not
    )


def several(value):
    """A list of numbers."""
    return isinstance(value, (list, tuple)) and all(map(number, value))


def pair(value):
    """Two numbers."""
    return several(value) and len(value) == 2


def pairs(value):
    """A list of two numbers each."""
    return isinstance(value, (list, tuple)) and all(map(pair, value))


def table(value):
    """An object with names."""
    return isinstance(value, dict) and all(map(text, value))


def pair_table(value):
    """An object of two numbers each."""
    return table(value) and all(map(pair, value.values()))
