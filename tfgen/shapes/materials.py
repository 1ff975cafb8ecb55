"""Colours of what furniture is made of: sRGB in [0, 1]."""

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
# Paints, cloths and plastics: strong colours all round the circle, none of them garish.
_DYES = (
    ((0.80, 0.15, 0.15), 1),
    ((0.50, 0.12, 0.18), 1),
    ((0.93, 0.45, 0.38), 1),
    ((0.77, 0.36, 0.21), 1),
    ((0.92, 0.53, 0.14), 1),
    ((0.86, 0.63, 0.15), 1),
    ((0.95, 0.81, 0.30), 1),
    ((0.68, 0.77, 0.30), 0.7),
    ((0.48, 0.50, 0.18), 0.7),
    ((0.28, 0.56, 0.26), 1),
    ((0.11, 0.35, 0.24), 1),
    ((0.26, 0.69, 0.65), 1),
    ((0.08, 0.44, 0.49), 1),
    ((0.45, 0.69, 0.88), 1),
    ((0.15, 0.34, 0.71), 1),
    ((0.12, 0.19, 0.42), 1),
    ((0.63, 0.53, 0.79), 0.7),
    ((0.43, 0.18, 0.41), 1),
    ((0.91, 0.64, 0.64), 0.7),
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


def dye(builder):
    """A strong colour of any hue, a little off its neighbours'."""
    color = choose(builder, _DYES) * builder.uniform(0.85, 1.12)
    return np.clip(color + builder.rng.uniform(-0.05, 0.05, 3), 0, 1)


def frame_color(builder):
    """What carries a piece of furniture: wood, metal, or either of them painted."""
    kinds = {"wood": wood, "metal": metal, "paint": dye}
    return kinds[builder.pick(wood=0.5, metal=0.25, paint=0.25)](builder)


def fabric(builder):
    """A cloth or plastic: coloured, or a warm grey."""
    if builder.chance(0.15):
        grey = builder.uniform(0.10, 0.88)
        return grey * np.array([1, builder.uniform(0.96, 1), builder.uniform(0.9, 1)])
    return dye(builder)
