"""Colours of what furniture is made of: sRGB in [0, 1]."""

import colorsys

import numpy as np

# (colour, weight)
_WOODS = (
    ((0.34, 0.21, 0.12), 3),
    ((0.53, 0.35, 0.20), 4),
    ((0.70, 0.51, 0.31), 4),
    ((0.82, 0.68, 0.48), 3),
    ((0.24, 0.15, 0.10), 2),
    ((0.45, 0.21, 0.12), 2),
    ((0.60, 0.42, 0.26), 3),
    ((0.88, 0.86, 0.82), 1.2),
    ((0.13, 0.12, 0.12), 1.2),
)
_METALS = (
    ((0.72, 0.73, 0.76), 0.40),
    ((0.13, 0.13, 0.14), 0.25),
    ((0.86, 0.87, 0.88), 0.12),
    ((0.45, 0.46, 0.48), 0.15),
    ((0.66, 0.53, 0.30), 0.08),
)
BLACK = np.full(3, 0.09)


def choose(builder, table):
    """A colour of a table of (colour, weight), drawn by its weights: [3]."""
    weights = np.array([weight for _, weight in table], float)
    index = builder.rng.choice(len(table), p=weights / weights.sum())
    return np.array(table[int(index)][0])


def wood(builder):
    """A wood, stained a little lighter or darker."""
    return np.clip(choose(builder, _WOODS) * builder.uniform(0.88, 1.12), 0, 1)


def metal(builder):
    """Steel, black, white, grey or brass."""
    return choose(builder, _METALS)


def lacquer(builder):
    """Paint of any hue, on wood or on steel."""
    return _any_hue(builder, (0.45, 0.95), (0.35, 0.95))


def frame_color(builder):
    """What carries a piece of furniture: wood, painted or not, or metal."""
    return {"wood": wood, "metal": metal, "lacquer": lacquer}[
        builder.pick(wood=0.5, metal=0.25, lacquer=0.25)
    ](builder)


def fabric(builder, saturation=(0.35, 0.95)):
    """A cloth or plastic of any hue, or a warm grey."""
    if builder.chance(0.15):
        grey = builder.uniform(0.10, 0.88)
        return grey * np.array([1, builder.uniform(0.96, 1), builder.uniform(0.9, 1)])
    return _any_hue(builder, saturation, (0.35, 0.95))


def _any_hue(builder, saturation, value):
    color = builder.uniform(0, 1), builder.uniform(*saturation), builder.uniform(*value)
    return np.array(colorsys.hsv_to_rgb(*color))
