"""Parametric chairs.

Keypoints, as far as a chair has the part: seat_fl, seat_fr, seat_bl, seat_br, seat_center,
seat_front; leg_fl_foot … leg_br_foot, or base_center; back_tl, back_tr, back_top; arm_l_front,
arm_r_front.
"""

import dataclasses

import numpy as np

from tfgen.shapes import chair_arms, chair_backs, chair_legs
from tfgen.shapes.builder import ShapeBuilder
from tfgen.shapes.curves import oval
from tfgen.shapes.deck_chairs import build_deck_chair
from tfgen.shapes.materials import fabric, frame_color, metal, wood
from tfgen.shapes.shell_chairs import build_shell_chair
from tfgen.shapes.upholstered_chairs import build_upholstered_chair

_STREAM = 1
_KINDS = {
    "dining": 0.27,
    "arm": 0.12,
    "office": 0.12,
    "shell": 0.10,
    "stool": 0.08,
    "bar": 0.07,
    "cantilever": 0.07,
    "club": 0.13,
    "deck": 0.05,
    "folding": 0.04,
}
_WHOLE = {
    "club": build_upholstered_chair,
    "shell": build_shell_chair,
    "deck": build_deck_chair,
}


@dataclasses.dataclass
class ChairPlan:
    """Proportions and choices of a chair that is put together from seat, legs, back and arms.

    Lengths are metres; `power` and `taper` are those of the seat's `curves.oval`; `lean` is in
    radians; `bend` is how far the back's sides come forward, `flare` how much it widens upwards.
    """

    kind: str
    width: float
    depth: float
    height: float
    thickness: float
    power: float
    taper: float
    frame: np.ndarray
    seat_color: np.ndarray
    back_color: np.ndarray
    back_height: float
    lean: float
    bend: float
    flare: float
    legs: str
    back: str
    arms: str
    leg_radius: float

    @property
    def underside(self):
        """Height of the seat's underside."""
        return self.height - self.thickness

    @property
    def front_width(self):
        """Width of the seat at its front."""
        return self.width * (1 + self.taper / 2)

    @property
    def back_width(self):
        """Width of the seat at its back."""
        return self.width * (1 - self.taper / 2)

    @property
    def is_angular(self):
        """Whether the seat's outline is nearer a rectangle than an ellipse."""
        return self.power > 4


def chair(seed):
    """The chair of a seed: a ParametricMesh."""
    builder = ShapeBuilder(seed, _STREAM)
    kind = builder.pick(**_KINDS)
    builder.style["kind"] = kind
    if kind in _WHOLE:
        return _WHOLE[kind](builder, frame_color(builder))
    plan = _specialised(builder, _common_plan(builder, kind))
    builder.style |= {"legs": plan.legs, "back": plan.back, "arms": plan.arms}
    _add_seat(builder, plan)
    chair_legs.add_legs(builder, plan)
    if plan.back != "none":
        surface = chair_backs.back_surface(plan)
        chair_backs.add_back(builder, plan, surface)
        if plan.arms != "none":
            chair_arms.add_arms(builder, plan, surface)
    return builder.mesh()


def _common_plan(builder, kind):
    uniform, pick, chance = builder.uniform, builder.pick, builder.chance
    frame = frame_color(builder)
    if chance(0.25):
        seat = frame * uniform(0.85, 1.1)
    else:
        seat = fabric(builder) if chance(0.6) else wood(builder)
    return ChairPlan(
        kind=kind,
        width=uniform(0.38, 0.52),
        depth=uniform(0.38, 0.50),
        height=uniform(0.42, 0.50),
        thickness=uniform(0.02, 0.06),
        power={"square": 14.0, "soft": 5.0, "round": 2.3}[pick(square=0.5, soft=0.3, round=0.2)],
        taper=uniform(0, 0.25),
        frame=frame,
        seat_color=np.clip(seat, 0, 1),
        back_color=np.clip(seat if chance(0.55) else frame, 0, 1),
        back_height=uniform(0.30, 0.58),
        lean=np.radians(uniform(3, 16)),
        bend=uniform(0, 0.07),
        flare=uniform(-0.15, 0.2),
        legs=pick(
            straight=0.3,
            splayed=0.25,
            turned=0.12,
            sled=0.09,
            hairpin=0.05,
            xframe=0.04,
            panel=0.03,
            cabriole=0.06,
        ),
        back=pick(
            solid=0.16,
            vslats=0.17,
            ladder=0.15,
            spindle=0.12,
            cross=0.06,
            frame=0.14,
            oval=0.08,
            hoop=0.06,
            split=0.06,
        ),
        arms=pick(none=0.72, post=0.16, loop=0.06, slope=0.06),
        leg_radius=uniform(0.014, 0.024),
    )


def _specialised(builder, plan):
    """What a kind of chair has of its own, over the common plan."""
    uniform, pick, chance = builder.uniform, builder.pick, builder.chance
    changes = {}
    if plan.kind == "arm":
        changes = {
            "arms": pick(post=0.45, loop=0.25, slope=0.3),
            "width": uniform(0.5, 0.62),
        }
    elif plan.kind == "office":
        cloth = fabric(builder)
        changes = {
            "legs": "swivel",
            "back": pick(solid=0.55, split=0.2, ladder=0.25),
            "frame": metal(builder),
            "arms": pick(none=0.3, tpad=0.45, loop=0.25),
            "width": uniform(0.44, 0.54),
            "depth": uniform(0.44, 0.5),
            "thickness": uniform(0.05, 0.09),
            "seat_color": cloth,
            "back_color": cloth,
            "back_height": uniform(0.35, 0.75),
        }
    elif plan.kind == "stool":
        side = uniform(0.30, 0.40)
        changes = {
            "back": "none",
            "arms": "none",
            # Taller than wide and thick enough: a flat low one would be a small table.
            "height": uniform(0.44, 0.60),
            "thickness": uniform(0.035, 0.07),
            "power": 2.0 if chance(0.6) else plan.power,
            "width": side,
            "depth": side,
            "taper": 0.0,
            "legs": pick(straight=0.3, splayed=0.35, turned=0.15, swivel=0.2),
        }
    elif plan.kind == "bar":
        changes = {
            "height": uniform(0.62, 0.80),
            "width": uniform(0.34, 0.42),
            "depth": uniform(0.33, 0.40),
            "back_height": uniform(0.15, 0.38),
            "arms": "none",
            "back": pick(none=0.35, solid=0.2, ladder=0.15, frame=0.1, hoop=0.2),
            "legs": pick(straight=0.25, splayed=0.45, swivel=0.3),
        }
    elif plan.kind == "cantilever":
        changes = {
            "legs": "cantilever",
            # Its tube carries the back, too: that is as wide as the seat, and straight.
            "power": max(plan.power, 5.0),
            "taper": 0.0,
            "flare": 0.0,
            "bend": 0.0,
            "frame": metal(builder),
            "arms": pick(none=0.5, cantilever=0.5),
            "back": pick(solid=0.5, frame=0.2, split=0.3),
        }
    elif plan.kind == "folding":
        changes = {
            "legs": "xframe",
            "back": pick(solid=0.6, ladder=0.4),
            "arms": pick(none=0.4, post=0.6),
        }
    return dataclasses.replace(plan, **changes)


def _add_seat(builder, plan):
    uniform, chance = builder.uniform, builder.chance
    dome = uniform(-0.015, 0.0) if plan.power < 10 and chance(0.5) else 0.0
    padded = plan.kind in ("office", "stool") or (plan.thickness > 0.045 and chance(0.6))
    if padded:
        dome = uniform(0.01, 0.03)
    edge = uniform(0.4, 1.0) if plan.thickness > 0.03 else uniform(0.1, 0.6)
    surface, cushioned = plan.height, plan.kind != "office" and chance(0.3)
    color = plan.frame if cushioned and chance(0.7) else plan.seat_color
    loop = oval(plan.width, plan.depth, plan.power, plan.taper)
    builder.slab("seat", loop, plan.underside, plan.height, color, edge, dome)
    if cushioned:
        loop = oval(plan.width * 0.94, plan.depth * 0.94, max(plan.power, 3.0), plan.taper)
        low, high = plan.height - 0.003, plan.height + uniform(0.025, 0.05)
        dome = 0.012
        builder.slab("cushion", loop, low, high, fabric(builder), edge=1.0, dome=dome)
        surface = high
    inset = 0.82 if plan.is_angular else 0.60
    top = surface + max(dome, 0) * 0.2
    for side, x in (("l", -1), ("r", 1)):
        for end, y, width in (("f", -1, plan.front_width), ("b", 1, plan.back_width)):
            point = (x * width / 2 * inset, y * plan.depth / 2 * inset, top)
            builder.keypoints[f"seat_{end}{side}"] = point
    builder.keypoints["seat_center"] = (0, 0, surface + dome)
    builder.keypoints["seat_front"] = (0, -plan.depth / 2 * 0.95, plan.height)
