"""Values of a generator's conditions as a user gives them: `styles`, `azimuth`, `set`, …"""

import math

import numpy as np

from tfgen.conditions.turntable import USUAL_VIEW, turntable_description
from tfgen.errors import InputError
from tfgen.pictures import drawings


def description_of(drawer):
    """The `description.Description` of a drawer; of one that has only style_names, turntables'."""
    return getattr(drawer, "description", None) or turntable_description(drawer.style_names)


def check_flags(values):
    """Raises InputError for what is wrong whatever the generator."""
    for name in USUAL_VIEW:
        angle = getattr(values, name)
        if angle is not None and not math.isfinite(angle):
            raise InputError(f"`{name}`={angle} is not finite: give degrees.")
    for pair in values.transform:
        _number(pair.partition("=")[2], f"`transform`={pair} is not name=number.")
    for text in values.set:
        if not text.partition("=")[2]:
            raise InputError(f"`set`={text} is not name=value.")


def values_of(description, values):
    """What the flags tell of each condition.

    Args:
      description: `conditions.description.Description`.
      values: the flags.

    Returns:
      (dict of one value for each condition but the style, those that were told or the usual; the
      styles that were told, numbers.)

    Raises:
      InputError: a condition or a value is not there.
    """
    style = description.style
    told = {c.name: c.usual for c in description.conditions if c is not style}
    told |= {name: angle for name, angle in USUAL_VIEW.items() if name in told}
    styles = [_place(style, text.strip(), "`styles`") for text in values.styles] if style else []
    if values.styles and style is None:
        raise _stranger(description, "`styles`=" + ",".join(values.styles))
    for name in USUAL_VIEW:
        angle = getattr(values, name)
        if angle is not None:
            if name not in told or description[name].kind != "angle":
                raise _stranger(description, f"`{name}`={angle:g}")
            told[name] = angle
    if values.transform:
        flag = "`transform`=" + ",".join(values.transform)
        if "transform" not in told or description["transform"].kind != "vector":
            raise _stranger(description, flag)
        told["transform"] = _vector(description["transform"], values.transform, "`transform`=")
    for text in values.set:
        name, _, value = text.partition("=")
        if name not in description.names:
            raise InputError(
                f"`set`={text} names no condition of this model: give one of "
                f"{', '.join(description.names)}."
            )
        condition, flag = description[name], f"`set`={name}="
        if condition is style:
            styles = [_place(style, value, f"`set`={name}")]
        elif condition.kind == "one-hot":
            told[name] = _place(condition, value, f"`set`={name}")
        elif condition.kind == "angle":
            told[name] = _number(value, f"`set`={text} is no number: give degrees.")
            if not math.isfinite(told[name]):
                raise InputError(f"`set`={text} is not finite: give degrees.")
        else:
            told[name] = _vector(condition, value.split(","), flag)
    return told, styles


def told(description, values, without=()):
    """What a picture keeps, for its title: "elevation 20, colour red"."""
    parts = []
    for condition in description.conditions:
        if condition is description.style or condition.name in without:
            continue
        value = values[condition.name]
        if condition.kind == "angle":
            parts.append(f"{condition.name} {value:g}")
        elif condition.kind == "one-hot":
            parts.append(f"{condition.name} {condition.value_names[value]}")
        elif any(np.not_equal(value, np.float32(condition.usual))):
            names = condition.names if condition.size > 1 else ()
            numbers = zip(names or [""] * condition.size, value, strict=True)
            parts.append(" ".join([condition.name, *(f"{n} {v:g}".strip() for n, v in numbers)]))
    return ", ".join(parts)


def _stranger(description, flag):
    return InputError(
        f"{flag} is not possible: this model's conditions are {', '.join(description.names)}; tell "
        "them as `set`=name=value."
    )


def _place(condition, text, flag):
    """The number of a one-hot's value, by name or number."""
    names = condition.value_names
    if text in names:
        return names.index(text)
    if text.isdigit() and int(text) < len(names):
        return int(text)
    named = "" if names[0] == "0" else f", or a name like {names[0]}"  # a server tells no names
    raise InputError(f"{flag}={text} does not exist: give 0 to {len(names) - 1}{named}.")


def _number(text, mistake):
    """A number; InputError with what is told of anything else."""
    try:
        return float(text)
    except ValueError:
        raise InputError(mistake) from None


def _vector(condition, pairs, flag):
    changes = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals and condition.size == 1:  # its only number needs no name
            name, text = condition.value_names[0], pair
        changes[name] = _number(text, f"{flag}{pair} is not name=number.")
        if name not in condition.value_names or not math.isfinite(changes[name]):
            raise InputError(
                f"{flag}{pair} is not possible: names are {', '.join(condition.value_names)}."
            )
    return drawings.vector(condition, **changes)
