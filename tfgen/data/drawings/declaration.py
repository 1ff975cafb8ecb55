"""Whether a data set's declaration agrees with its views, told before anything is drawn."""

import math

import numpy as np

from tfgen.errors import InputError

# Columns of examples beside their conditions, and the condition that T_theta adds.
RESERVED = {"image", "mask", "category", "held_out", "number", "random", "transform"}


def check_declaration(builder):
    """Raises InputError for the first mistake in a builder's conditions, streams or views.

    Args:
      builder: `builder.DrawingBuilder`.
    """
    conditions, views = builder.further_conditions(), builder.views()
    owner = type(builder).__name__
    names = [builder.style, *(condition.name for condition in conditions)]
    for name in names:
        if name in RESERVED:
            raise InputError(f"{owner}: a condition cannot be called {name}: choose another name.")
        if names.count(name) > 1:
            raise InputError(f"{owner} declares {name} twice: give each condition its own name.")
    heard = [name for stream in builder.streams.values() for name in stream]
    for name in heard:
        if name not in names:
            raise InputError(
                f"{owner}.streams hear {name}, which is no condition: give some of "
                f"{', '.join(names)}."
            )
        if heard.count(name) > 1:
            raise InputError(f"{owner}.streams hear {name} twice: let one stream hear it.")
    if not views:
        raise InputError(f"{owner}.views() is empty: give the values of one view at least.")
    for number, view in enumerate(views):
        place = f"{owner}.views()[{number}]"
        odd = sorted(set(view) ^ set(names[1:]))
        if odd:
            what = f"tells {odd[0]}, which is no" if odd[0] in view else f"lacks {odd[0]}, a"
            raise InputError(f"{place} {what} condition: give {', '.join(names[1:]) or 'nothing'}.")
        for condition in conditions:
            _check_value(condition, view[condition.name], place)


def check_frames(model, frames, views):
    """Raises InputError unless a model has an image and a mask of each view."""
    if not len(frames.images) == len(frames.masks) == len(views):
        raise InputError(
            f"{model.name} has {len(frames.images)} images and {len(frames.masks)} masks of "
            f"{len(views)} views: let task() draw one of each a view."
        )


def _check_value(condition, value, place):
    wrong = f"{place} gives {condition.name} {value!r}"
    if condition.kind == "one-hot":
        if not isinstance(value, int | np.integer) or not 0 <= value < condition.size:
            raise InputError(f"{wrong}: give a number of 0 to {condition.size - 1}.")
        return
    shape = np.shape(value)
    if shape != condition.shape:
        wanted = f"its {condition.size} numbers" if condition.kind == "vector" else "one number"
        raise InputError(f"{wrong}, of the shape {list(shape)}: give {wanted}.")
    for number, (low, high) in zip(np.ravel(value), condition.ranges, strict=False):
        if not low - 1e-4 <= number <= high + 1e-4:
            raise InputError(f"{wrong}: that is out of its range, {low:g} to {high:g}.")
    if condition.values and not any(math.isclose(value, v, abs_tol=1e-3) for v in condition.values):
        listed = ", ".join(f"{each:g}" for each in condition.values)
        raise InputError(f"{wrong}, which is none of its values: {listed}.")
