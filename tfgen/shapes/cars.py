"""Parametric cars.

Keypoints: wheel_fl … wheel_br, headlight_l, headlight_r, taillight_l, taillight_r, mirror_l,
mirror_r (all but buses), windshield_bl … windshield_tr, roof_fl … roof_br (all but convertibles),
plate_f, hood_center.
"""

import colorsys
import dataclasses

import numpy as np

from tfgen.shapes import car_body, car_cabin, car_details, car_wheels
from tfgen.shapes.builder import ShapeBuilder
from tfgen.shapes.materials import BLACK, choose

_STREAM = 3


@dataclasses.dataclass(frozen=True)
class CarKind:
    """Ranges of the proportions of a kind of car, and how often it is drawn.

    Lengths in metres; `hood_end` … `deck_start` are shares of the length from the nose on; `belt`,
    where the windows begin, a share of the height.
    """

    length: tuple
    width: tuple
    height: tuple
    hood_end: tuple
    roof_start: tuple
    roof_end: tuple
    deck_start: tuple
    belt: tuple
    clearance: tuple
    weight: float
    wheel_radius: float = 0.315


# fmt: off
KINDS = {
    "sedan": CarKind((4.3, 5.0), (1.75, 1.9), (1.38, 1.5), (.25, .30), (.39, .44), (.68, .75),
                     (.83, .88), (.60, .66), (.16, .20), .22),
    "hatch": CarKind((3.5, 4.3), (1.65, 1.8), (1.42, 1.55), (.22, .27), (.36, .42), (.80, .88),
                     (.95, .98), (.58, .64), (.16, .20), .16),
    "wagon": CarKind((4.4, 4.9), (1.75, 1.9), (1.42, 1.55), (.25, .29), (.38, .43), (.84, .92),
                     (.95, .985), (.58, .64), (.16, .20), .09),
    "suv": CarKind((4.2, 5.0), (1.8, 2.0), (1.65, 1.9), (.23, .28), (.34, .40), (.85, .93),
                   (.96, .985), (.58, .64), (.22, .30), .15, .37),
    "sports": CarKind((4.0, 4.7), (1.8, 2.0), (1.1, 1.28), (.30, .38), (.45, .52), (.58, .66),
                      (.84, .93), (.62, .68), (.10, .14), .11, .33),
    "pickup": CarKind((4.9, 5.6), (1.8, 2.0), (1.7, 1.9), (.22, .26), (.31, .35), (.46, .58),
                      (.50, .61), (.57, .62), (.24, .34), .09, .38),
    "van": CarKind((4.4, 5.6), (1.8, 2.0), (1.85, 2.3), (.08, .14), (.20, .26), (.95, .98),
                   (.975, .992), (.48, .56), (.18, .22), .08, .33),
    "jeep": CarKind((3.6, 4.4), (1.7, 1.9), (1.7, 1.95), (.26, .32), (.31, .36), (.95, .98),
                    (.98, .992), (.58, .64), (.26, .36), .06, .39),
    "bus": CarKind((7.0, 9.5), (2.2, 2.45), (2.6, 3.0), (.015, .03), (.03, .05), (.97, .985),
                   (.985, .995), (.42, .48), (.25, .30), .04, .46),
}
# fmt: on
_PAINTS = (
    ((0.86, 0.86, 0.87), 3),
    ((0.62, 0.64, 0.67), 3),
    ((0.10, 0.10, 0.11), 2),
    ((0.35, 0.36, 0.38), 2),
    ((0.62, 0.07, 0.08), 3),
    ((0.08, 0.16, 0.42), 2.5),
    ((0.12, 0.30, 0.17), 1),
    ((0.85, 0.66, 0.10), 1),
    ((0.80, 0.35, 0.08), 0.8),
    ((0.45, 0.62, 0.75), 1),
    ((0.40, 0.25, 0.18), 0.6),
    ((0.78, 0.74, 0.62), 0.8),
)
CHROME = np.array((0.75, 0.76, 0.78))


@dataclasses.dataclass
class CarPlan:
    """Proportions, heights and colours of one car, in metres.

    `hood_end` … `deck_start` are shares of the length; `front_axle`, `rear_axle` too.
    """

    kind: str
    length: float
    width: float
    height: float
    hood_end: float
    roof_start: float
    roof_end: float
    deck_start: float
    belt: float
    clearance: float
    wheel_radius: float
    front_axle: float
    rear_axle: float
    hood: float
    nose: float
    tail: float
    narrowing: float
    paint: np.ndarray
    trim: np.ndarray
    glass: np.ndarray
    convertible: bool

    def y(self, share):
        """Place along the car of a share of its length; the nose is at -length / 2."""
        return (np.asarray(share) - 0.5) * self.length

    @property
    def is_boxy(self):
        """Whether its sides are upright."""
        return self.kind in ("bus", "van", "jeep")


def car(seed):
    """The car of a seed: a ParametricMesh."""
    builder = ShapeBuilder(seed, _STREAM)
    plan = _plan(builder)
    builder.style |= {"kind": plan.kind, "roof": "open" if plan.convertible else "closed"}
    top_of_body = car_body.add_body(builder, plan)
    cabin = car_cabin.add_cabin(builder, plan)
    car_wheels.add_wheels(builder, plan, CHROME)
    car_details.add_details(builder, plan, cabin, CHROME)
    share = plan.hood_end * 0.55
    builder.keypoints["hood_center"] = (0, plan.y(share), top_of_body(share))
    return builder.mesh()


def _plan(builder):
    uniform, chance = builder.uniform, builder.chance
    name = builder.pick(**{name: kind.weight for name, kind in KINDS.items()})
    kind = KINDS[name]
    length, width, height = (uniform(*r) for r in (kind.length, kind.width, kind.height))
    hood_end, roof_start = uniform(*kind.hood_end), uniform(*kind.roof_start)
    roof_end, deck_start = uniform(*kind.roof_end), uniform(*kind.deck_start)
    belt, upright = height * uniform(*kind.belt), name in ("jeep", "van", "bus")
    hood = belt * (0.97 if upright else uniform(0.86, 0.95))
    blunt = name in ("jeep", "pickup", "suv")
    nose = hood * (uniform(0.88, 0.97) if blunt else uniform(0.78, 0.90))
    tail_range = {"pickup": (0.92, 0.92), "sports": (0.85, 1.02)}.get(name, (0.92, 1.0))
    rear = name in ("van", "bus")
    paint = choose(builder, _PAINTS) * uniform(0.9, 1.1)
    if chance(0.3):
        hue = uniform(0, 1), uniform(0.15, 0.85), uniform(0.3, 0.9)
        paint = np.array(colorsys.hsv_to_rgb(*hue))
    paint = np.clip(paint, 0, 1)
    open_share = {"sports": 0.3, "jeep": 0.2}.get(name, 0.0)
    return CarPlan(
        kind=name,
        length=length,
        width=width,
        height=height,
        hood_end=hood_end,
        roof_start=max(roof_start, hood_end + 0.02),
        roof_end=roof_end,
        deck_start=max(deck_start, roof_end + 0.012),
        belt=belt,
        clearance=uniform(*kind.clearance),
        wheel_radius=kind.wheel_radius * uniform(0.96, 1.06),
        front_axle=uniform(0.15, 0.2) if rear else uniform(0.165, 0.20),
        rear_axle=uniform(0.74, 0.80) if rear else uniform(0.795, 0.835),
        hood=hood,
        nose=nose,
        tail=belt * uniform(*tail_range),
        narrowing=uniform(0.02, 0.06) if upright else uniform(0.05, 0.16),
        paint=paint,
        trim=BLACK if chance(0.6) else paint * 0.9,
        glass=np.array((0.13, 0.16, 0.20)) * uniform(0.7, 1.6),
        convertible=chance(open_share) if open_share else False,
    )
