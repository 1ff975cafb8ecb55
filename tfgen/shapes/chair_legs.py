"""What chairs stand on. Parts: leg_fl … leg_br, stretcher, apron, rail, runner."""

import numpy as np

from tfgen.shapes.curves import CABRIOLE_PROFILE, TURNED_PROFILES, circle_angles, spline
from tfgen.shapes.pedestals import add_pedestal

# Name, side (-1 left), end (-1 front) of the four legs.
CORNERS = (("fl", -1, -1), ("fr", 1, -1), ("bl", -1, 1), ("br", 1, 1))


def add_legs(builder, plan):
    """Adds the legs that a `chairs.ChairPlan` asks for, and their keypoints."""
    whole = {
        "swivel": _add_swivel,
        "cantilever": _add_cantilever,
        "sled": _add_sled,
        "xframe": _add_crossed,
        "panel": _add_panels,
    }
    whole.get(plan.legs, _add_four_legs)(builder, plan)


def _add_swivel(builder, plan):
    pick = builder.pick
    if plan.kind == "office":
        foot = pick(star=0.6, disc=0.2, cross=0.12, trumpet=0.08)
    else:
        foot = pick(disc=0.5, trumpet=0.2, cross=0.3)
    radius = builder.uniform(0.2, 0.26) if plan.kind == "stool" else builder.uniform(0.24, 0.32)
    add_pedestal(builder, plan.underside, radius, plan.frame, foot)
    if plan.kind == "bar":
        angle, reach, z = circle_angles(24), plan.width * 0.42, plan.height * 0.38
        ring = np.stack([np.cos(angle) * reach, np.sin(angle) * reach, 0 * angle + z], axis=1)
        builder.tube("footring", ring, 0.010, plan.frame, sides=6, closed=True)
        bar = [(-reach, 0, z), (reach, 0, z)]
        builder.tube("footring", bar, 0.010, plan.frame, sides=6)


def _side_leg(sign):
    """Frames of bent tube count as the front legs: one part a side."""
    return "leg_fl" if sign < 0 else "leg_fr"


def _add_cantilever(builder, plan):
    radius, under = 0.012, plan.underside
    front, back = -plan.depth / 2, plan.depth / 2
    lean = back + np.tan(plan.lean) * plan.back_height
    for sign in (-1, 1):
        x = sign * (plan.width / 2 + 0.005)
        path = [
            (x, lean, plan.height + plan.back_height * 0.95),
            (x, back + 0.01, plan.height + 0.05),
            (x, back - 0.06, under),
            (x, 0, under - 0.01),
            (x, front + 0.05, under - 0.01),
            (x, front - 0.01, under - 0.06),
            (x, front, plan.height * 0.5),
            (x, front, 0.06),
            (x, front + 0.05, radius),
            (x, 0, radius),
            (x, back, radius),
        ]
        builder.tube(_side_leg(sign), spline(path, 60), radius, plan.frame, sides=8)
        name = "fl" if sign < 0 else "fr"
        builder.keypoints[f"leg_{name}_foot"] = (x, front + 0.05, 0)
    x = plan.width / 2 + 0.005
    builder.tube("stretcher", [(-x, back, radius), (x, back, radius)], radius, plan.frame, sides=8)


def _add_sled(builder, plan):
    radius, spread = builder.uniform(0.010, 0.016), builder.uniform(0, 0.05)
    front, back, under = -plan.depth / 2, plan.depth / 2, plan.underside
    half = plan.back_width / 2 * 0.9
    for sign in (-1, 1):
        x, low = sign * half, sign * (half + spread)
        path = [
            (x, front * 0.7, under),
            (low, front * 0.9, 0.03),
            (low, front * 0.8, radius),
            (low, back * 0.8, radius),
            (low, back * 0.9, 0.03),
            (x, back * 0.7, under),
        ]
        builder.tube(_side_leg(sign), spline(path, 40), radius, plan.frame, sides=8)
        for name, y in (("f", front), ("b", back)):
            side = "l" if sign < 0 else "r"
            builder.keypoints[f"leg_{name}{side}_foot"] = (low, y * 0.8, 0)
    for y in (front * 0.7, back * 0.7):
        bar = [(-half, y, under - radius), (half, y, under - radius)]
        builder.tube("stretcher", bar, radius, plan.frame, sides=8)


def _add_crossed(builder, plan):
    radius, half, under = plan.leg_radius, plan.width / 2, plan.underside
    for name, y in (("f", -plan.depth / 2 * 0.85), ("b", plan.depth / 2 * 0.85)):
        for sign, side in ((-1, "l"), (1, "r")):
            apart = y + sign * 0.012
            path = [(sign * half, apart, 0.0), (-sign * half * 0.96, apart, under)]
            builder.tube(f"leg_{name}{side}", path, radius * 0.9, plan.frame, 4, 1.3, up=(0, 1, 0))
            builder.keypoints[f"leg_{name}{side}_foot"] = (sign * half, apart, 0)
    for sign in (-1, 1):
        for x, z in ((half * 0.95, under), (half, radius)):
            rail = [(sign * x, -plan.depth / 2, z), (sign * x, plan.depth / 2, z)]
            builder.tube("rail", rail, radius, plan.frame, sides=4)


def _add_panels(builder, plan):
    under, depth = plan.underside, plan.depth * 0.9
    for sign in (-1, 1):
        x = sign * (plan.back_width / 2 - 0.012)
        builder.box(_side_leg(sign), (x, 0, under / 2), (0.022, depth, under), plan.frame)
        for name, y in (("f", -depth / 2), ("b", depth / 2)):
            side = "l" if sign < 0 else "r"
            builder.keypoints[f"leg_{name}{side}_foot"] = (x, y, 0)
    brace = (plan.back_width - 0.03, 0.02, under * 0.35)
    builder.box("stretcher", (0, plan.depth / 4, under * 0.6), brace, plan.frame)


def _add_four_legs(builder, plan):
    uniform, chance = builder.uniform, builder.chance
    kind, radius = plan.legs, plan.leg_radius
    splay = uniform(0.02, 0.10) if kind in ("splayed", "hairpin") else uniform(0, 0.025)
    square = kind == "straight" and chance(0.7)
    narrowing = uniform(0.5, 0.8) if kind in ("splayed", "cabriole") or chance(0.3) else 1.0
    turned = TURNED_PROFILES[builder.integer(0, 2)] if kind == "turned" else None
    inset = 0.88 if plan.is_angular else 0.70
    ends = {}
    for name, sx, sy in CORNERS:
        width = plan.front_width if sy < 0 else plan.back_width
        top = np.array([sx * width / 2 * inset, sy * plan.depth / 2 * inset, plan.underside])
        backwards = splay if sy < 0 or kind != "straight" else splay + 0.04
        foot = top + [sx * splay, sy * backwards, -plan.underside]
        ends[name] = (top, foot)
        builder.keypoints[f"leg_{name}_foot"] = foot
        if kind == "hairpin":
            for offset in (-0.035, 0.035):
                rod = [top + [offset, 0, 0], foot + [0, 0, 0.005]]
                builder.tube(f"leg_{name}", rod, 0.006, plan.frame, sides=6)
            continue
        # Back legs of turned and cabriole chairs are plain.
        profile, bow = (turned if sy < 0 else None), None
        if kind == "cabriole" and sy < 0:
            profile, bow = CABRIOLE_PROFILE, (sx * 0.02, sy * 0.03, 0)
        thick = 1.35 if turned is not None and profile is not None else 1.0
        radii, sides = (radius * thick, radius * narrowing), 4 if square else 12
        builder.post(f"leg_{name}", top, foot, radii, plan.frame, sides, profile, bow)
    if kind in ("straight", "turned") and plan.kind in ("dining", "arm") and chance(0.08):
        _add_runners(builder, plan, inset)
    if (square and chance(0.7)) or kind == "turned":
        _add_apron(builder, plan, inset)
    _add_stretchers(builder, plan, ends, square)


def _add_runners(builder, plan, inset):
    """Makes it a rocking chair."""
    builder.style["legs"] = "rocker"
    front, back = -plan.depth / 2, plan.depth / 2
    for sign in (-1, 1):
        x = sign * plan.width / 2 * inset
        path = [
            (x, front * 1.5, 0.05),
            (x, front * inset, -0.004),
            (x, 0, -0.02),
            (x, back * 1.1, -0.004),
            (x, back * 2.1, 0.09),
        ]
        builder.tube("runner", spline(path, 24), 0.014, plan.frame, sides=4, flatness=1.5)


def _add_apron(builder, plan, inset):
    height = builder.uniform(0.03, 0.06)
    z, half = plan.underside - height / 2, plan.depth / 2 * inset
    widths = {-1: plan.front_width * inset, 1: plan.back_width * inset}
    for end, width in widths.items():
        builder.box("apron", (0, end * half, z), (width, 0.018, height), plan.frame)
    for sign in (-1, 1):
        path = [(sign * widths[-1] / 2, -half, z), (sign * widths[1] / 2, half, z)]
        builder.tube("apron", path, 0.009, plan.frame, sides=4, flatness=height / 0.018)


def _add_stretchers(builder, plan, ends, square):
    if plan.kind == "bar":
        layout = builder.pick(box=0.8, H=0.2)
    else:
        layout = builder.pick(none=0.45, H=0.22, box=0.2, sides=0.13)
    if layout == "none" or plan.legs in ("hairpin", "cabriole"):
        return
    height = builder.uniform(0.5, 0.75)
    at = {name: top + (foot - top) * height for name, (top, foot) in ends.items()}
    radius, sides = plan.leg_radius * 0.6, 4 if square else 8

    def bar(a, b):
        builder.tube("stretcher", [a, b], radius, plan.frame, sides)

    bar(at["fl"], at["bl"])
    bar(at["fr"], at["br"])
    if layout == "H":
        bar((at["fl"] + at["bl"]) / 2, (at["fr"] + at["br"]) / 2)
    elif layout == "box":
        raised = np.array([0, 0, builder.uniform(0, 0.06)])
        bar(at["fl"] + raised, at["fr"] + raised)
        bar(at["bl"] + raised, at["br"] + raised)
