"""Parametric tables.

Keypoints: top_fl, top_fr, top_bl, top_br, top_center, top_front, top_back, top_left, top_right;
leg_fl_foot … leg_br_foot on tables that have such legs.
"""

import dataclasses

import numpy as np

from tfgen.shapes.builder import ShapeBuilder
from tfgen.shapes.curves import oval, rectangle
from tfgen.shapes.materials import fabric, frame_color, wood
from tfgen.shapes.table_bases import BASES

_STREAM = 2
_KINDS = {"dining": 0.42, "coffee": 0.25, "side": 0.15, "desk": 0.12, "bar": 0.06}
# Ranges of height, width and depth in metres.
_SIZES = {
    "dining": ((0.70, 0.78), (0.9, 2.1), (0.75, 1.1)),
    "coffee": ((0.32, 0.50), (0.7, 1.3), (0.45, 0.8)),
    "side": ((0.45, 0.68), (0.38, 0.6), (0.36, 0.55)),
    "desk": ((0.72, 0.78), (1.1, 1.7), (0.55, 0.75)),
    "bar": ((0.95, 1.1), (0.55, 0.75), (0.55, 0.7)),
}
_POWERS = {"rounded": 6.0, "round": 2.0, "oval": 2.3}
_GLASS = np.array((0.72, 0.82, 0.84))


@dataclasses.dataclass
class TablePlan:
    """Proportions and choices of a table, in metres.

    `shape` is "rect", "rounded", "round" or "oval"; `bevel` is how much of a rectangle's corners is
    cut off; (`reach_x`, `reach_y`) is where legs stand.
    """

    kind: str
    shape: str
    width: float
    depth: float
    height: float
    thickness: float
    bevel: float
    frame: np.ndarray
    top_color: np.ndarray
    leg_radius: float
    reach_x: float
    reach_y: float

    @property
    def underside(self):
        """Height of the top's underside."""
        return self.height - self.thickness

    @property
    def is_round(self):
        """Whether the top has no corners."""
        return self.shape in ("round", "oval")


def table(seed):
    """The table of a seed: a ParametricMesh."""
    builder = ShapeBuilder(seed, _STREAM)
    plan = _plan(builder)
    base = _choose_base(builder, plan)
    builder.style |= {"kind": plan.kind, "shape": plan.shape, "base": base}
    _add_top(builder, plan)
    BASES[base](builder, plan)
    return builder.mesh()


def _plan(builder):
    uniform, pick, chance = builder.uniform, builder.pick, builder.chance
    kind = pick(**_KINDS)
    height, width, depth = (uniform(*bounds) for bounds in _SIZES[kind])
    if kind == "desk":
        shape = pick(rect=0.8, rounded=0.2)
    else:
        shape = pick(rect=0.5, rounded=0.17, round=0.2, oval=0.13)
    if shape == "round" or (kind == "side" and chance(0.5)):
        width = depth = (width + depth) / 2
    frame = frame_color(builder)
    if chance(0.5):
        top_color = frame
    elif chance(0.6):
        top_color = wood(builder)
    else:
        top_color = fabric(builder) if chance(0.6) else _GLASS
    bevel = 0.0
    if shape == "rect" and chance(0.15):
        bevel = min(width, depth) * uniform(0.08, 0.28)
    radius = uniform(0.018, 0.045) * (1 if kind in ("dining", "desk") else 0.75)
    inset = uniform(0.55, 0.66) if shape in ("round", "oval") else uniform(0.86, 0.97)
    back_off = radius + bevel * 0.55
    return TablePlan(
        kind=kind,
        shape=shape,
        width=width,
        depth=depth,
        height=height,
        thickness=uniform(0.018, 0.06),
        bevel=bevel,
        frame=frame,
        top_color=top_color,
        leg_radius=radius,
        reach_x=width / 2 * inset - back_off,
        reach_y=depth / 2 * inset - back_off,
    )


def _choose_base(builder, plan):
    pick = builder.pick
    if plan.kind == "bar":
        return pick(pedestal=0.65, legs=0.2, splayed=0.15)
    if plan.kind == "desk":
        return pick(legs=0.4, panels=0.25, uframe=0.2, splayed=0.15)
    if plan.is_round and plan.width < 1.3:
        return pick(
            pedestal=0.45,
            legs=0.15,
            splayed=0.15,
            turned=0.07,
            drum=0.08,
            hairpin=0.05,
            cross=0.05,
        )
    base = pick(
        legs=0.40,
        turned=0.10,
        splayed=0.14,
        hairpin=0.05,
        cabriole=0.05,
        pedestal=0.14,
        trestle=0.08,
        xlegs=0.05,
        panels=0.06,
        uframe=0.07,
        drum=0.04,
    )
    return "legs" if base == "drum" and plan.width > 1.2 else base


def _add_top(builder, plan):
    width, depth, height = plan.width, plan.depth, plan.height
    x, y, cut = width / 2, depth / 2, plan.bevel
    soft = plan.shape != "rect" or builder.chance(0.4)
    edge = builder.uniform(0, 0.9) if soft else 0.0
    if plan.shape != "rect":
        loop = oval(width, depth, _POWERS[plan.shape], points=48)
    elif cut:
        loop = [[x, -y + cut], [x, y - cut], [x - cut, y], [-x + cut, y]]
        loop = np.array(loop + [[-a, -b] for a, b in loop])
    else:
        loop = rectangle(width, depth)
    builder.slab("top", loop, plan.underside, height, plan.top_color, edge, rings=(0.7, 0.3))
    # As far towards a corner as the outline goes, and a little back.
    if plan.shape == "rect":
        corner = 0.96 - cut / (x + y)
    else:
        corner = 0.97 * 0.5 ** (1 / _POWERS[plan.shape])
    keypoints = {
        f"top_{end}{side}": (sx * x * corner, sy * y * corner, height)
        for side, sx in (("l", -1), ("r", 1))
        for end, sy in (("f", -1), ("b", 1))
    }
    rim = 0.95
    keypoints |= {
        "top_center": (0, 0, height),
        "top_front": (0, -y * rim, height),
        "top_back": (0, y * rim, height),
        "top_left": (-x * rim, 0, height),
        "top_right": (x * rim, 0, height),
    }
    builder.keypoints |= keypoints
