"""The lower body of a car: cross-sections along its length, with wheel arches.

Parts: body, chassis, bumper_f, bumper_b, bed, bedrail.
"""

import numpy as np

from tfgen.shapes.materials import BLACK


def add_body(builder, plan):
    """Adds the body; returns a function of a share of the length to the height of its top."""
    t, arch = _stations(plan)
    top = np.interp(t, *_top_profile(plan))
    clearance = plan.clearance
    bottom = np.interp(t, [0, 0.06, 0.94, 1], clearance * np.array([1.35, 1, 1, 1.45]))
    for axle in (plan.front_axle, plan.rear_axle):
        away = (t - axle) * plan.length
        circle = plan.wheel_radius + np.sqrt(np.maximum(arch**2 - away**2, 0)) * 0.98
        bottom = np.maximum(bottom, np.where(np.abs(away) <= arch, circle, 0))

    # Both ends are rounded, in plan and in side view.
    roundness = 0.012 if plan.kind in ("bus", "jeep") else builder.uniform(0.018, 0.05)
    inward = np.clip((roundness - np.minimum(t, 1 - t)) / roundness, 0, 1)
    ends = np.sqrt(1 - inward**2.2)
    front, rear = np.clip(1 - t / 0.22, 0, 1) ** 2, np.clip(1 - (1 - t) / 0.2, 0, 1) ** 2
    half = plan.width / 2 * (1 - plan.narrowing * front - plan.narrowing * 0.8 * rear)
    half = half * (0.86 + 0.14 * ends)
    middle = bottom * 0.45 + top * 0.55
    squeeze = 0.62 + 0.38 * ends
    high, low = middle + (top - middle) * squeeze, middle + (bottom - middle) * squeeze

    shoulder = builder.uniform(0.93, 0.985)
    right = [
        (0, 0.0),
        (0.82, 0.0),
        (0.965, 0.07),
        (0.995, 0.30),
        (1.0, 0.5),
        (0.99, 0.70),
        (shoulder, 0.90),
        (shoulder * 0.93, 0.985),
        (shoulder * 0.6, 1.01),
        (0, 1.02),
    ]
    section = right + [(-x, z) for x, z in right[-2:0:-1]]
    _loft_section(builder, "body", plan.y(t), half, low, high, section, plan.paint)
    _add_chassis(builder, plan, t, high)
    if plan.kind in ("suv", "jeep") or builder.chance(0.5):
        _add_bumpers(builder, plan, t, half, low, high)
    if plan.kind == "pickup":
        _add_bed(builder, plan)
    return lambda share: float(np.interp(share, t, low + (high - low) * 1.02))


def _stations(plan):
    """(shares of the length at which the body has cross-sections, radius of the wheel arches)."""
    arch = plan.wheel_radius * 1.16
    around = arch * np.cos(np.linspace(0, np.pi, 17)) / plan.length
    edge = arch / plan.length + 0.001
    stations = [np.linspace(0, 1, 45)]
    for axle in (plan.front_axle, plan.rear_axle):
        stations += [axle + around, [axle - edge, axle + edge]]
    stations.append([0, 0.004, 0.012, 0.025, 0.04, 0.96, 0.975, 0.988, 0.996])
    stations = np.unique(np.concatenate(stations))
    return stations[(stations >= 0) & (stations <= 1)], arch


def _top_profile(plan):
    """(shares of the length, heights) of the line of hood, belt and tail."""
    windshield = min(plan.roof_start, plan.hood_end + 0.10)
    if plan.kind == "pickup":
        shares = [0, 0.05, plan.hood_end, plan.roof_start, plan.deck_start, plan.deck_start + 0.02]
        heights = [plan.nose * 0.97, plan.nose, plan.hood, plan.belt, plan.belt, plan.tail]
    else:
        shares = [0, 0.05, plan.hood_end, windshield, plan.deck_start]
        heights = [plan.nose * 0.97, plan.nose, plan.hood, plan.belt, plan.belt]
    return [*shares, 1], [*heights, plan.tail]


def _loft_section(builder, name, y, half, low, high, section, color):
    """A loft whose ring is a cross-section of (share of the half width, share of the height)."""
    rings = [np.stack([half * x, y, low + (high - low) * z], axis=1) for x, z in section]
    builder.loft(name, np.stack(rings, axis=1), color)


def _add_chassis(builder, plan, t, high):
    inside = (t > 0.03) & (t < 0.97)
    y, ones = plan.y(t[inside]), np.ones(inside.sum())
    top = np.minimum(high[inside] - 0.04, plan.belt * 0.8)
    corners = ((-1, plan.clearance * ones), (1, plan.clearance * ones), (1, top), (-1, top))
    rings = [np.stack([x * plan.width * 0.37 * ones, y, z], axis=1) for x, z in corners]
    builder.loft("chassis", np.stack(rings, axis=1), BLACK)


def _add_bumpers(builder, plan, t, half, low, high):
    right = [(0, 0.1), (0.9, 0.1), (1, 0.16), (1, 0.40), (0.9, 0.45), (0, 0.45)]
    section = right + [(-x, z) for x, z in right[-2:0:-1]]
    for name, first, last in (("bumper_f", 0.0, 0.04), ("bumper_b", 0.96, 1.0)):
        m = (t >= first) & (t <= last)
        y = plan.y(t[m]) * 1.004
        _loft_section(builder, name, y, half[m] * 1.012, low[m], high[m], section, plan.trim)


def _add_bed(builder, plan):
    front, back = plan.y(plan.deck_start) + 0.05, plan.length / 2 - 0.07
    middle, long = (front + back) / 2, back - front
    builder.box("bed", (0, middle, plan.tail + 0.012), (plan.width * 0.80, long, 0.02), BLACK)
    z = plan.tail + 0.05
    for sign in (-1, 1):
        place = (sign * plan.width * 0.44, middle, z)
        builder.box("bedrail", place, (0.06, long + 0.06, 0.10), plan.paint, edge=0.3)
    size = (plan.width * 0.88, 0.05, 0.10)
    builder.box("bedrail", (0, back + 0.01, z), size, plan.paint, edge=0.3)
