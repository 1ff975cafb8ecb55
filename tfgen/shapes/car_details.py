"""What makes a car a car: lights, grille, plates, mirrors, handles, and some extras."""

import numpy as np

from tfgen.shapes.curves import circle_angles
from tfgen.shapes.materials import BLACK

_HEADLIGHT = np.array((0.93, 0.94, 0.90))
_TAILLIGHT = np.array((0.70, 0.05, 0.05))
_PLATE = np.full(3, 0.9)


def add_details(builder, plan, cabin, chrome):
    """Adds the details and their keypoints; `cabin` is a `car_cabin.Cabin`."""
    face = plan.nose - plan.clearance * 1.2  # height of the front
    lights = plan.clearance * 1.2 + face * builder.uniform(0.56, 0.64)
    _add_headlights(builder, plan, face, lights)
    _add_taillights(builder, plan)
    _add_grille(builder, plan, face, lights, chrome)
    if plan.kind != "bus":
        _add_mirrors(builder, plan, cabin)
    _add_handles(builder, plan, cabin, chrome)
    _add_extras(builder, plan, cabin, chrome)


def _add_headlights(builder, plan, face, z):
    front, half = -plan.length / 2, plan.width / 2 * (1 - plan.narrowing)
    width, height = builder.uniform(0.18, 0.38), face * builder.uniform(0.16, 0.26)
    radius = face * builder.uniform(0.11, 0.15)
    is_round = builder.chance(0.3) or plan.kind == "jeep"
    for sign, side in ((-1, "l"), (1, "r")):
        x = sign * half * 0.76
        if is_round:
            angle = circle_angles(20)
            profile = ((1, 0.10), (1, -0.015), (0.7, -0.03), (0.1, -0.035))
            rings = [
                np.stack(
                    [
                        x + share * radius * np.cos(angle),
                        np.full(20, front + 0.012 + y),
                        z + share * radius * np.sin(angle),
                    ],
                    axis=1,
                )
                for share, y in profile
            ]
            builder.loft(f"headlight_{side}", np.stack(rings), _HEADLIGHT)
            surface = front - 0.023
        else:
            size = (width, 0.22, height)
            builder.box(f"headlight_{side}", (x, front + 0.10, z), size, _HEADLIGHT, edge=0.35)
            surface = front - 0.01
        builder.keypoints[f"headlight_{side}"] = (x, surface, z)


def _add_taillights(builder, plan):
    tall = plan.kind in ("van", "suv", "hatch", "wagon", "bus")
    size = (0.16, 0.18, 0.26) if tall else (0.30, 0.18, 0.13)
    z = plan.clearance + (plan.tail - plan.clearance) * 0.68
    half = plan.width / 2 * (1 - plan.narrowing * 0.8) * 0.80
    for sign, side in ((-1, "l"), (1, "r")):
        place = (sign * half, plan.length / 2 - 0.075, z)
        builder.box(f"taillight_{side}", place, size, _TAILLIGHT, edge=0.3)
        builder.keypoints[f"taillight_{side}"] = (sign * half, plan.length / 2 + 0.015, z)


def _add_grille(builder, plan, face, lights, chrome):
    uniform = builder.uniform
    front, half = -plan.length / 2, plan.width / 2 * (1 - plan.narrowing)
    width, height = half * uniform(0.6, 1.05), face * uniform(0.12, 0.26)
    color = BLACK if builder.chance(0.75) else chrome * 0.8
    z = lights - face * uniform(0, 0.06)
    builder.box("grille", (0, front + 0.03, z), (width, 0.07, height), color, edge=0.15)
    low = plan.clearance * 1.2
    size = (width * uniform(1.0, 1.4), 0.07, face * uniform(0.1, 0.18))
    builder.box("grille", (0, front + 0.03, low + face * 0.16), size, BLACK, edge=0.15)
    z = low + face * 0.34
    for y in (front - 0.005, plan.length / 2):
        builder.box("plate", (0, y, z), (0.45, 0.03, 0.10), _PLATE)
    builder.keypoints["plate_f"] = (0, front - 0.02, z)


def _add_mirrors(builder, plan, cabin):
    for sign, side in ((-1, "l"), (1, "r")):
        on_door = cabin.place(sign * 1.0, -0.80, 0.12)
        place = on_door + [sign * 0.10, 0.02, 0.02]
        builder.box(f"mirror_{side}", place, (0.15, 0.08, 0.11), plan.paint, edge=0.6)
        builder.keypoints[f"mirror_{side}"] = on_door + [sign * 0.175, 0.02, 0.02]


def _add_handles(builder, plan, cabin, chrome):
    doors = (0.55,) if plan.kind in ("sports", "bus", "pickup") else (0.02, 0.5)
    color = chrome if builder.chance(0.4) else plan.paint * 0.7
    for share in doors:
        y = cabin.front_low + (cabin.back_low - cabin.front_low) * (share + 0.38) * 0.85
        for sign in (-1, 1):
            place = (sign * plan.width / 2 * 0.985, y, plan.belt * 0.86)
            builder.box("handle", place, (0.05, 0.16, 0.03), color)


def _add_extras(builder, plan, cabin, chrome):
    chance, back = builder.chance, plan.length / 2
    if plan.kind == "sports" and chance(0.4):
        for sign in (-1, 1):
            place = (sign * plan.width * 0.33, back - 0.2, plan.tail + 0.07)
            builder.box("spoiler", place, (0.04, 0.12, 0.16), plan.paint)
        wing = (plan.width * 0.86, 0.24, 0.035)
        builder.box("spoiler", (0, back - 0.17, plan.tail + 0.16), wing, plan.paint, edge=0.4)
    if plan.kind in ("suv", "wagon", "van") and chance(0.5):
        color = chrome if chance(0.5) else BLACK
        for sign in (-1, 1):
            rail = cabin.place(sign * 0.86, np.array([-0.8, 0, 0.85]), 1.0) + [0, 0, 0.055]
            builder.tube("rack", rail, 0.02, color, sides=6)
    if plan.kind in ("suv", "jeep") and chance(0.5):
        angle, radius = circle_angles(24), plan.wheel_radius
        centre = np.array([0, back - 0.02, plan.belt * 0.86])
        rings = [
            np.stack([r * radius * np.cos(angle), np.full(24, y), r * radius * np.sin(angle)], 1)
            for r, y in ((0.9, 0), (0.95, 0.06), (0.9, 0.18), (0.6, 0.2))
        ]
        builder.loft("spare", np.stack(rings) + centre, BLACK)
