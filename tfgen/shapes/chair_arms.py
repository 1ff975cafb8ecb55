"""Arm rests. Parts: arm_l, arm_r, armpost_l, armpost_r; keypoints arm_l_front, arm_r_front."""

import numpy as np

from tfgen.shapes.chair_backs import half_width
from tfgen.shapes.curves import spline

_PLASTIC = np.full(3, 0.12)


def add_arms(builder, plan, surface):
    """Adds the arms that a `chairs.ChairPlan` asks for; `surface` is its back's."""
    height = min(0.9, builder.uniform(0.17, 0.25) / plan.back_height)
    if plan.back == "oval":  # joined to its ring, and not above it
        height = min(height, 0.7)
    # Where a round seat is still wide, their posts find it.
    along = builder.uniform(0.55, 0.98) if plan.is_angular else builder.uniform(0.15, 0.5)
    reach = -plan.depth / 2 * along
    for sign, side in ((-1, "l"), (1, "r")):
        x = sign * (max(plan.front_width, plan.width) / 2 + 0.012)
        start = surface(sign * half_width(plan.back, height), height)
        front = np.array([x, reach, start[2]])
        if plan.arms == "tpad":
            front = _add_pad(builder, plan, sign, side, x)
        else:
            path, radius, shape = _rails(plan, sign, x, start, front)
            builder.tube(f"arm_{side}", path, radius, plan.frame, **shape)
            if plan.arms == "post":
                _add_post(builder, plan, side, x, front)
        builder.keypoints[f"arm_{side}_front"] = front


def _rails(plan, sign, x, start, front):
    """(path, radius, cross-section) of arms that are one bent rail."""
    under, reach = plan.underside, front[1]
    middle = (start + front) / 2
    if plan.arms == "post":
        path = [start, middle + [sign * 0.015, 0, 0.005], front + [0, -0.03, 0]]
        return spline(path, 16), 0.02, {"sides": 12, "flatness": 0.6, "power": 3.0}
    if plan.arms == "slope":
        path = [
            start,
            middle + [sign * 0.02, 0, 0.02],
            front + [0, 0, -0.01],
            front + [0, -0.02, -0.06],
            [x * 0.97, reach, under],
        ]
        return spline(path, 26), 0.016, {"sides": 10}
    if plan.arms == "loop":
        path = [
            start,
            front + [0, 0.03, 0.0],
            front + [0, -0.01, -0.04],
            [x, reach, plan.height],
            [x, reach + 0.06, under - 0.01],
            [x * 0.7, 0, under - 0.01],
        ]
        return spline(path, 34), 0.014, {"sides": 8}
    path = [
        start,
        front + [0, 0.03, 0.0],
        front + [0, -0.01, -0.03],
        [x, -plan.depth / 2, plan.height - 0.05],
    ]
    return spline(path, 24), 0.012, {"sides": 8}


def _add_post(builder, plan, side, x, front):
    foot = np.array([x * 0.97, front[1] + 0.01, plan.underside - 0.01])
    builder.tube(f"armpost_{side}", [front, foot], 0.014, plan.frame, sides=8)
    builder.tube(f"armpost_{side}", [foot, foot * [0.8, 1, 1]], 0.012, plan.frame, sides=8)


def _add_pad(builder, plan, sign, side, x):
    """An office chair's T-shaped arm; returns the front of its pad."""
    pad = np.array([x + sign * 0.02, 0.0, plan.height + 0.2])
    builder.box(f"arm_{side}", pad, (0.06, 0.24, 0.03), _PLASTIC, edge=0.8)
    stem = [pad, pad + [0, 0, -0.16], [x * 0.8, 0, plan.underside]]
    builder.tube(f"armpost_{side}", spline(stem, 12), 0.02, _PLASTIC, sides=8, flatness=0.6)
    return pad + [0, -0.12, 0]
