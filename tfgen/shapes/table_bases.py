"""What tables stand on. Adding one: a function of (builder, `tables.TablePlan`), a row in BASES."""

import functools

import numpy as np

from tfgen.shapes.chair_legs import CORNERS
from tfgen.shapes.curves import CABRIOLE_PROFILE, TAU, TURNED_PROFILES, smooth_profile, spline
from tfgen.shapes.materials import metal


def _foot(builder, name, point):
    builder.keypoints[f"leg_{name}_foot"] = point


def _add_legs(builder, plan, kind):
    uniform, chance = builder.uniform, builder.chance
    splay = {"splayed": uniform(0.04, 0.13), "hairpin": uniform(0, 0.05)}.get(kind, 0.0)
    square = kind == "legs" and chance(0.75)
    narrowing = uniform(0.4, 0.8) if kind in ("splayed", "cabriole") or chance(0.35) else 1.0
    turned = TURNED_PROFILES[builder.integer(0, 2)]
    x, y, radius = plan.reach_x, plan.reach_y, plan.leg_radius
    if kind == "splayed":
        x, y = x - splay * 0.8, y - splay * 0.8
    for name, sx, sy in CORNERS:
        top = np.array([sx * x, sy * y, plan.underside])
        foot = top + [sx * splay, sy * splay, -plan.underside]
        part = f"leg_{name}"
        if kind == "hairpin":
            for offset in (-0.05, 0.05):
                middle = (top + foot) / 2 + [offset / 2, 0, 0]
                rod = [top + [offset, 0, 0], middle, foot + [0, 0, 0.006]]
                builder.tube(part, rod, 0.008, plan.frame, sides=6)
        elif kind == "cabriole":
            bow = (sx * 0.04, sy * 0.04, 0)
            builder.post(part, top, foot, (radius, radius), plan.frame, 12, CABRIOLE_PROFILE, bow)
        elif kind == "turned":
            builder.post(part, top, foot, (radius * 1.2, radius), plan.frame, 14, turned)
        else:
            radii = (radius, radius * narrowing)
            builder.post(part, top, foot, radii, plan.frame, 4 if square else 14)
        _foot(builder, name, foot)
    if kind != "hairpin" and chance(0.7):
        _add_apron(builder, plan, x, y)
    if plan.kind in ("coffee", "side") and chance(0.4):
        z = plan.height * uniform(0.2, 0.4)
        size = (2 * x + radius, 2 * y + radius, 0.02)
        builder.box("shelf", (0, 0, z), size, plan.top_color)
    elif kind in ("legs", "turned") and chance(0.25):
        z = plan.height * uniform(0.15, 0.3)
        bars = [[(s * x, -y, z), (s * x, y, z)] for s in (-1, 1)] + [[(-x, 0, z), (x, 0, z)]]
        for bar in bars:
            builder.tube("stretcher", bar, radius * 0.5, plan.frame, 4 if square else 8)


def _add_apron(builder, plan, x, y):
    low, high = (0.03, 0.08) if plan.kind == "coffee" else (0.05, 0.11)
    height = builder.uniform(low, high)
    z = plan.underside - height / 2
    for sign in (-1, 1):
        builder.box("apron", (0, sign * y, z), (2 * x, 0.02, height), plan.frame)
        builder.box("apron", (sign * x, 0, z), (0.02, 2 * y, height), plan.frame)
    if plan.kind in ("desk", "side") and builder.chance(0.7):
        drawers = 1 if plan.kind == "side" else builder.integer(1, 3)
        width, knob = 2 * x / drawers, metal(builder)
        for i in range(drawers):
            at = -x + (i + 0.5) * width
            size = (width * 0.86, 0.012, height * 0.72)
            builder.box("drawer", (at, -y - 0.012, z), size, plan.top_color)
            profile = [(0.012, -0.012), (0.012, 0.012)]
            builder.lathe("knob", (at, -y - 0.03, z), profile, knob, sides=10)


def _add_pedestal(builder, plan):
    uniform, chance = builder.uniform, builder.chance
    two = plan.width >= 1.5 * plan.depth and plan.width >= 1.3
    size = min(plan.width, plan.depth) if two else np.sqrt(plan.width * plan.depth)
    radius = uniform(0.03, 0.07) * (1.3 if plan.kind == "dining" else 1)
    foot = builder.pick(disc=0.35, trumpet=0.2, claw=0.3, cross=0.15)
    profile = TURNED_PROFILES[builder.integer(0, 2)] if chance(0.5) else None
    spread, neck = size * uniform(0.26, 0.34), size * uniform(0.08, 0.2)
    count = 4 if foot == "cross" or chance(0.5) else 3
    for x in (-plan.width * 0.26, plan.width * 0.26) if two else (0,):
        under = plan.underside
        if foot == "trumpet":
            t = np.linspace(0, 1, 16)
            radii = radius + (spread - radius) * (1 - t) ** 4 + (neck - radius) * t**6
            rings = [(spread, 0), *zip(radii, 0.01 + t * (under - 0.01), strict=True)]
            builder.lathe("column", (x, 0, 0), rings, plan.frame)
        else:
            _add_column(builder, plan, x, radius, profile)
            if foot == "disc":
                rim = [(spread, 0), (spread, 0.02), (spread * 0.94, 0.035), (radius * 1.3, 0.06)]
                builder.lathe("base", (x, 0, 0), rim, plan.frame)
            else:
                _add_claws(builder, plan, x, size * 0.345, count, foot == "claw")
        plate = (size * 0.5, size * 0.5, 0.02)
        builder.box("plate", (x, 0, under - 0.01), plate, plan.frame)


def _add_column(builder, plan, x, radius, profile):
    heights = np.linspace(0.05, plan.underside, 28)
    factors = np.ones(28) if profile is None else 1.4 * smooth_profile(profile[::-1], 28)
    rings = list(zip(radius * factors, heights, strict=True))
    builder.lathe("column", (x, 0, 0), rings, plan.frame)


def _add_claws(builder, plan, x, reach, count, curved):
    middle = np.array([x, 0, 0])
    for i in range(count):
        angle = TAU * (i + (0.5 if count == 4 else 0.25)) / count
        outward = np.array([np.cos(angle), np.sin(angle), 0])
        if curved:
            heights = ((0, 0.22), (0.5, 0.19), (0.85, 0.07))
            path = [outward * reach * r + [0, 0, plan.underside * h] for r, h in heights]
            path.append(outward * reach + [0, 0, 0.02])
        else:
            path = [np.array([0, 0, 0.045]), outward * reach * 1.1 + [0, 0, 0.022]]
        path = spline([point + middle for point in path], 14)
        builder.tube("base", path, 0.024, plan.frame, 8, 1.2, power=3)


def _add_trestle(builder, plan):
    reach = 2 * plan.reach_y
    for sign in (-1, 1):
        x = sign * plan.reach_x * 0.82
        builder.box("base", (x, 0, 0.03), (0.08, reach, 0.06), plan.frame, edge=0.2)
        column = (0.06, reach * 0.4, plan.underside - 0.06)
        builder.box("column", (x, 0, plan.underside / 2 + 0.03), column, plan.frame)
        rail = (0.07, reach * 0.85, 0.05)
        builder.box("rail", (x, 0, plan.underside - 0.025), rail, plan.frame)
    _add_long_stretcher(builder, plan)


def _add_crossed_legs(builder, plan):
    for sign, side in ((-1, "l"), (1, "r")):
        x, y = sign * plan.reach_x * 0.82, plan.reach_y
        for end, sy in (("f", -1), ("b", 1)):
            path = [(x + sy * 0.002, sy * y, 0), (x - sy * 0.002, -sy * y * 0.9, plan.underside)]
            radius = plan.leg_radius * 0.9
            builder.tube(f"leg_{end}{side}", path, radius, plan.frame, 4, up=(1, 0, 0))
            _foot(builder, f"{end}{side}", (x, sy * y, 0))
    _add_long_stretcher(builder, plan)


def _add_long_stretcher(builder, plan):
    z = plan.height * builder.uniform(0.25, 0.6)
    size = (2 * plan.reach_x * 0.82, 0.035, 0.07)
    builder.box("stretcher", (0, 0, z), size, plan.frame)


def _add_panels(builder, plan):
    chance = builder.chance
    thickness, under = max(plan.thickness * 0.9, 0.02), plan.underside
    color = plan.top_color if chance(0.6) else plan.frame
    inset = 0.0 if chance(0.5) else 0.04
    depth = plan.depth * (0.96 if plan.shape == "rect" else 0.72)
    for sign, name in ((-1, "side_l"), (1, "side_r")):
        x = sign * (plan.width / 2 - thickness / 2 - inset)
        builder.box(name, (x, 0, under / 2), (thickness, depth, under), color)
    inner = plan.width - 2 * thickness
    if plan.kind == "desk" or chance(0.4):
        size = (inner - 2 * inset, 0.018, under * 0.7)
        builder.box("back", (0, plan.depth / 2 * 0.8, under * 0.62), size, plan.frame)
    if plan.kind == "desk" and chance(0.7):
        _add_drawers(builder, plan, thickness + inset)
    elif plan.kind == "coffee" and chance(0.6):
        size = (inner - 2 * inset, plan.depth * 0.9, 0.02)
        builder.box("shelf", (0, 0, plan.height * 0.3), size, plan.frame)


def _add_drawers(builder, plan, inset):
    sign, under = (-1 if builder.chance(0.5) else 1), plan.underside
    width, handle = builder.uniform(0.32, 0.42), metal(builder)
    x = sign * (plan.width / 2 - inset - width / 2)
    size = (width, plan.depth * 0.9, under * 0.9 - 0.02)
    builder.box("pedestal", (x, 0, under * 0.55), size, plan.frame)
    for i in range(3):
        z = under * (0.25 + 0.29 * i)
        front = (width * 0.9, 0.012, under * 0.25)
        builder.box("drawer", (x, -plan.depth * 0.455, z), front, plan.top_color)
        builder.box("knob", (x, -plan.depth * 0.465, z), (0.09, 0.012, 0.012), handle)


def _add_u_frames(builder, plan):
    radius, under = builder.uniform(0.012, 0.03), plan.underside
    y, thick = plan.reach_y, 2 * radius
    for sign, side in ((-1, "l"), (1, "r")):
        x = sign * (plan.reach_x - 0.01)
        for end, sy in (("f", -1), ("b", 1)):
            size = (thick, thick, under)
            builder.box(f"leg_{end}{side}", (x, sy * y, under / 2), size, plan.frame)
            _foot(builder, f"{end}{side}", (x, sy * y, 0))
        for z in (radius, under - radius):
            builder.box("rail", (x, 0, z), (thick, 2 * y, thick), plan.frame)
    if builder.chance(0.5):
        for sy in (-1, 1):
            size = (2 * plan.reach_x, thick, thick)
            builder.box("rail", (0, sy * y, under - radius), size, plan.frame)


def _add_drum(builder, plan):
    share, radius = builder.uniform(0.45, 0.9), min(plan.width, plan.depth) / 2
    low, waist = builder.uniform(0.7, 1.1), builder.uniform(0.5, 0.9)
    rings = [(low, 0), (waist, plan.height * 0.5), (1.0, plan.underside)]
    rings = [(radius * share * r, z) for r, z in rings]
    builder.lathe("column", (0, 0, 0), rings, plan.frame)


def _add_cross(builder, plan):
    """Two boards that cross."""
    under = plan.underside
    for size in ((plan.width * 0.8, 0.03, under), (0.03, plan.depth * 0.8, under)):
        builder.box("column", (0, 0, under / 2), size, plan.frame)


# Base of a table -> function of (ShapeBuilder, TablePlan).
BASES = {
    kind: functools.partial(_add_legs, kind=kind)
    for kind in ("legs", "turned", "splayed", "hairpin", "cabriole")
} | {
    "pedestal": _add_pedestal,
    "trestle": _add_trestle,
    "xlegs": _add_crossed_legs,
    "panels": _add_panels,
    "uframe": _add_u_frames,
    "drum": _add_drum,
    "cross": _add_cross,
}
