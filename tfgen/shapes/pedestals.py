"""Feet with one column, of swivel chairs and stools."""

import numpy as np

from tfgen.shapes.curves import TAU
from tfgen.shapes.materials import BLACK


def add_pedestal(builder, height, radius, color, kind):
    """Adds a column with a foot.

    Args:
      builder: ShapeBuilder.
      height: of the column.
      radius: of the foot.
      color: [3].
      kind: "trumpet", "disc", "cross" or "star", a star on casters.
    """
    if kind == "trumpet":
        t = np.linspace(0, 1, 14)
        flare = 0.03 + (radius - 0.03) * (1 - t) ** 3.2
        profile = [(radius, 0), *zip(flare, 0.012 + t * (height - 0.012), strict=True)]
        builder.lathe("base", (0, 0, 0), profile, color)
        neck = float(np.interp(0.6, t, flare))
    elif kind == "disc":
        rim = [(radius, 0), (radius, 0.012), (radius * 0.92, 0.025), (0.06, 0.045), (0.032, 0.07)]
        builder.lathe("base", (0, 0, 0), rim, color)
        builder.lathe("column", (0, 0, 0), [(0.026, 0.03), (0.026, height)], color)
        neck = 0.026
    else:
        _add_spokes(builder, height, radius, color, casters=kind == "star")
        neck = 0.028
    builder.keypoints["base_center"] = (0, -neck, height * 0.6)


def _add_spokes(builder, height, radius, color, casters):
    hub = 0.10 if casters else 0.06
    column = [
        (0.04, hub - 0.04),
        (0.04, hub + 0.05),
        (0.028, hub + 0.06),
        (0.028, height * 0.72),
        (0.022, height * 0.72),
        (0.022, height),
    ]
    builder.lathe("column", (0, 0, 0), column, color)
    count = 5 if casters else 4
    for i in range(count):
        angle = TAU * (i + 0.25) / count
        outward = np.array([np.cos(angle), np.sin(angle), 0])
        end = outward * radius + [0, 0, 0.065 if casters else 0.015]
        spoke = [
            outward * 0.02 + [0, 0, hub],
            outward * radius * 0.55 + [0, 0, hub * 0.95],
            end,
        ]
        builder.tube("base", spoke, [0.03, 0.024, 0.018], color, sides=8, flatness=0.7)
        if casters:
            wheel = [(0.03, 0), (0.03, 0.04)]
            builder.lathe("caster", end + [-0.02, 0, -0.035], wheel, BLACK, sides=12, axis="x")
