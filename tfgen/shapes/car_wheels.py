"""A car's wheels. Parts: wheel_fl … wheel_br, rim_fl … rim_br."""

import numpy as np

from tfgen.shapes.curves import TAU

_RUBBER = np.full(3, 0.07)
# (radius, place across) as shares of the wheel's radius and width.
_TYRE = (
    (0.0, -0.4),
    (0.66, -0.5),
    (0.93, -0.48),
    (1.0, -0.36),
    (1.0, 0.36),
    (0.93, 0.48),
    (0.68, 0.5),
    (0.64, 0.38),
)
_PLAIN_RIM = ((0.66, 0.30), (0.66, 0.47), (0.55, 0.52), (0.3, 0.46), (0.16, 0.54), (0.05, 0.55))
_DEEP_RIM = ((0.66, 0.30), (0.68, 0.49), (0.60, 0.49), (0.56, 0.30), (0.1, 0.28))
_RING = ((0.70, 0.40), (0.70, 0.51), (0.60, 0.51), (0.60, 0.40))
_HUB = ((0.14, 0.3), (0.14, 0.52), (0.05, 0.54))


def add_wheels(builder, plan, chrome):
    """Adds four wheels, plain or with spokes, and their keypoints."""
    width = 0.21 * builder.uniform(0.9, 1.15) * (plan.wheel_radius / 0.32)
    spokes = (0, 5, 6, 8, 10)[builder.integer(0, 4)]
    color = chrome * builder.uniform(0.75, 1.1)
    for end, axle in (("f", plan.front_axle), ("b", plan.rear_axle)):
        for side, sign in (("l", -1), ("r", 1)):
            x = sign * (plan.width / 2 - width / 2 - 0.015)
            centre = np.array([x, plan.y(axle), plan.wheel_radius])
            _add_wheel(builder, plan, f"{end}{side}", centre, sign * width, spokes, color)
            hub = 0.55 if spokes == 0 else 0.54
            builder.keypoints[f"wheel_{end}{side}"] = centre + [sign * width * hub, 0, 0]


def _add_wheel(builder, plan, name, centre, width, spokes, color):
    radius = plan.wheel_radius

    def turn(part, profile, paint, sides):
        rings = [(r * radius, x * width) for r, x in profile]
        builder.lathe(part, centre, rings, paint, sides, axis="x")

    turn(f"wheel_{name}", _TYRE, _RUBBER, 32)
    if spokes == 0:
        turn(f"rim_{name}", _PLAIN_RIM, color, 28)
        return
    turn(f"rim_{name}", _DEEP_RIM, color * 0.35, 28)
    turn(f"rim_{name}", _RING, color, 28)
    turn(f"rim_{name}", _HUB, color, 12)
    outside = np.array([width * 0.46, 0, 0])
    for i in range(spokes):
        angle = TAU * i / spokes
        outward = np.array([0, np.cos(angle), np.sin(angle)]) * radius
        path = [centre + outward * 0.1 + outside, centre + outward * 0.63 + outside]
        thickness = radius * (0.34 / spokes + 0.02)
        builder.tube(f"rim_{name}", path, thickness, color, 4, 0.4, up=(1, 0, 0))
