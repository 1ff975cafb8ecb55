"""A car's cabin: glass house and roof, or the open seats of a convertible.

Parts: cabin, roof, windshield, rearwindow, window0_l …, interior, seat, pillar.
"""

import numpy as np

from tfgen.shapes.curves import oval, spline
from tfgen.shapes.materials import BLACK, fabric

# Windows stand this much proud of the cabin, so that they are seen.
_PROUD = 1.010


class Cabin:
    """Places on the cabin by coordinates: across and along in [-1, 1], height in [0, 1]."""

    def __init__(self, builder, plan):
        self.power = 24.0 if plan.kind in ("bus", "jeep") else builder.uniform(9, 16)
        self.low_half = plan.width / 2 * 0.955 * 0.955
        upright = plan.is_boxy
        lean_in = builder.uniform(0.88, 0.95) if upright else builder.uniform(0.70, 0.84)
        self.high_half = self.low_half * lean_in
        self.bottom, self.top = plan.belt - 0.03, plan.height - 0.03
        shares = (plan.hood_end, plan.roof_start, plan.roof_end, plan.deck_start)
        self.front_low, self.front_high, self.back_high, self.back_low = plan.y(shares)

    def place(self, across, along, height):
        """Points [..., 3]."""
        across, along, height = np.broadcast_arrays(
            *(np.asarray(a, float) for a in (across, along, height))
        )
        bulge = 1 + 0.02 * np.sin(np.pi * height)
        half = self.low_half + (self.high_half - self.low_half) * height
        front = self.front_low + (self.front_high - self.front_low) * height
        back = self.back_low + (self.back_high - self.back_low) * height
        y = (front + back) / 2 + along * (back - front) / 2 * bulge
        z = self.bottom + (self.top - self.bottom) * height
        return np.stack([across * half * bulge, y, z], axis=-1)

    def rim(self, s):
        """The superellipse of the cabin's plan: the other coordinate's extreme at s."""
        return (1 - np.abs(s) ** self.power) ** (1 / self.power)

    def on_side(self, side, s, height, proud=_PROUD):
        """Points on the front ("f"), back ("b"), left ("l") or right ("r") side."""
        edge = self.rim(s) * proud * (-1 if side in "fl" else 1)
        if side in "fb":
            return self.place(s, edge, height) + [0, 0, 0.012]
        return self.place(edge, s, height)


def add_cabin(builder, plan):
    """Adds the cabin and its keypoints; returns the Cabin."""
    cabin = Cabin(builder, plan)
    windshield = -0.3 if plan.kind == "bus" else 0.08
    _add_window(builder, plan, cabin, "windshield", "f", (-0.86, 0.86), (windshield, 0.93))
    for side, s in (("l", -0.8), ("r", 0.8)):
        for end, height in (("b", 0.15), ("t", 0.88)):
            builder.keypoints[f"windshield_{end}{side}"] = cabin.on_side("f", s, height)
    if plan.convertible:
        _add_open_seats(builder, plan, cabin)
    else:
        _add_roof(builder, plan, cabin)
        _add_windows(builder, plan, cabin)
    return cabin


def _add_window(builder, plan, cabin, name, side, across, up):
    s, height = np.meshgrid(np.linspace(*across, 9), np.linspace(*up, 5))
    builder.grid(name, cabin.on_side(side, s, height), plan.glass)


def _add_roof(builder, plan, cabin):
    loop = oval(2, 2, cabin.power, points=56)
    heights = np.linspace(0, 1, 7)[:, None]
    walls = cabin.place(loop[None, :, 0], loop[None, :, 1], heights)
    builder.loft("cabin", walls, plan.paint, cap=False)

    def crown(share):
        return 0.03 * (1 - share**6) + 0.015 * (1 - share**2)

    rings = [
        cabin.place(loop[:, 0] * share, loop[:, 1] * share, 1.0) + [0, 0, crown(share)]
        for share in (1, 0.97, 0.9, 0.7, 0.4, 0.1)
    ]
    builder.loft("roof", rings, plan.paint if builder.chance(0.8) else BLACK)
    for side, x in (("l", -0.8), ("r", 0.8)):
        for end, y in (("f", -0.8), ("b", 0.8)):
            point = cabin.place(x, y, 1.0) + [0, 0, crown(0.8)]
            builder.keypoints[f"roof_{end}{side}"] = point


def _add_windows(builder, plan, cabin):
    rear = (builder.uniform(0.15, 0.3), 0.9)
    _add_window(builder, plan, cabin, "rearwindow", "b", (-0.8, 0.8), rear)
    top = builder.uniform(0.86, 0.95)
    cargo = plan.kind == "van" and builder.chance(0.4)
    count = _window_count(builder, plan)
    edges = np.linspace(-0.86, 0.88, count + 1)
    if count == 3 and plan.kind not in ("bus", "van"):
        edges = np.array([-0.86, -0.2, 0.42, 0.90])
    for i in range(1 if cargo else count):
        for side in "lr":
            across = (edges[i] + 0.02, edges[i + 1] - 0.03)
            _add_window(builder, plan, cabin, f"window{i}_{side}", side, across, (0.13, top))


def _window_count(builder, plan):
    if plan.kind == "bus":
        return builder.integer(4, 6)
    if plan.kind == "pickup":
        return 1 if plan.roof_end - plan.roof_start < 0.18 else 2
    if plan.kind == "jeep":
        return 2 if plan.length < 4 else 3
    if plan.kind == "hatch":
        return 3 if plan.length > 4 else 2
    if plan.kind == "sedan":
        return 3 if builder.chance(0.3) else 2
    return {"sports": 1}.get(plan.kind, 3)


def _add_open_seats(builder, plan, cabin):
    middle, long = (cabin.front_low + cabin.back_low) / 2, cabin.back_low - cabin.front_low
    floor = (cabin.low_half * 1.75, long * 0.78, 0.03)
    builder.box("interior", (0, middle, plan.belt + 0.015), floor, BLACK)
    cloth = fabric(builder)
    for sign in (-1, 1):
        seat = (sign * cabin.low_half * 0.42, middle + 0.1, plan.belt + 0.14)
        builder.box("seat", seat, (cabin.low_half * 0.6, 0.16, 0.34), cloth, edge=0.5)
        pillar = [cabin.place(sign * x, -0.97, h) for x, h in ((0.95, 0), (0.95, 0.5), (0.9, 0.93))]
        builder.tube("pillar", spline(pillar, 8), 0.03, plan.paint, sides=6)
    bar = [cabin.place(x, -0.97, 0.94) for x in (-0.9, 0.9)]
    builder.tube("pillar", bar, 0.03, plan.paint, sides=6)
