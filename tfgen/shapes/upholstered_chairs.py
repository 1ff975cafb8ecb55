"""Club chairs: block base, cushion, thick back, block or rolled arms, sometimes wings."""

import numpy as np

from tfgen.shapes.chair_backs import add_panel, bent_surface, panel_corner
from tfgen.shapes.curves import oval
from tfgen.shapes.materials import fabric


def build_upholstered_chair(builder, frame):
    """Builds one into a ShapeBuilder; frame: colour of its legs. Returns the ParametricMesh."""
    uniform, chance = builder.uniform, builder.chance
    cover = fabric(builder)
    cushion = cover if chance(0.6) else fabric(builder)
    width, depth, height = uniform(0.48, 0.75), uniform(0.5, 0.62), uniform(0.38, 0.46)
    arm_width, leg, thickness = uniform(0.07, 0.17), uniform(0.03, 0.16), uniform(0.10, 0.17)
    arm_height, back_height = uniform(0.13, 0.26), uniform(0.36, 0.62)
    lean, edge = np.radians(uniform(5, 16)), uniform(0.15, 0.95)
    base = height - thickness

    whole = width + 2 * arm_width * 0.98
    builder.box("seatbase", (0, 0, (leg + base) / 2), (whole, depth, base - leg), cover, edge=0.12)
    loop = oval(width * 0.985, depth * 0.98, 9.0, centre=(0, -0.015))
    dome = uniform(0.005, 0.04)
    builder.slab("seat", loop, base, height, cushion, edge=0.6, dome=dome)
    surface = bent_surface(
        width + 2 * arm_width * uniform(0.3, 1),
        back_height + height - 0.09 - leg,
        depth / 2 - 0.06,
        leg + 0.03,
        lean * 0.7,
        uniform(0, 0.05),
        uniform(-0.06, 0.05),
    )
    loop = oval(2, 1, uniform(4, 12), uniform(-0.1, 0.2), centre=(0, 0.5))
    thick = uniform(0.12, 0.2)
    add_panel(builder, "back", surface, loop, thick, cover, dome=0.03)
    rolled, winged = chance(0.35), back_height > 0.52 and chance(0.5)
    builder.style |= {"legs": "block", "back": "upholstered", "arms": "block", "wing": winged}

    for sign, side in ((-1, "l"), (1, "r")):
        x, top = sign * (width / 2 + arm_width / 2), height + arm_height
        size = (arm_width, depth * 1.01, top - leg)
        builder.box(f"arm_{side}", (x, 0, (leg + top) / 2), size, cover, edge=edge * 0.9)
        if rolled:
            out = x + sign * 0.015
            path = [(out, -depth / 2 - 0.012, top - 0.02), (out, depth / 2, top - 0.02)]
            builder.tube(f"armroll_{side}", path, arm_width * 0.62, cover, sides=16)
        if winged:
            rise = back_height - arm_height
            y = depth / 2 - 0.12 + np.tan(lean) * back_height * 0.5
            z = height + arm_height * 0.8 + rise * 0.45
            place = (sign * (width / 2 + arm_width * 0.3), y, z)
            size = (arm_width * 0.5, 0.24, rise * 0.9)
            builder.box(f"wing_{side}", place, size, cover, edge=0.7)
        builder.keypoints[f"arm_{side}_front"] = (x, -depth / 2 * 0.95, top)
        for end, sy in (("f", -1), ("b", 1)):
            at = np.array(
                [sign * (width / 2 + arm_width * 0.55), sy * depth / 2 * 0.85, leg + 0.01]
            )
            foot = at * [1.02, 1.03, 0]
            sides = 4 if edge < 0.5 else 12
            builder.post(f"leg_{end}{side}", at, foot, (0.026, 0.016), frame, sides)
            builder.keypoints[f"leg_{end}{side}_foot"] = foot
            y = sy * depth / 2 * (0.9 if sy < 0 else 0.5)
            builder.keypoints[f"seat_{end}{side}"] = (sign * width / 2 * 0.88, y, height)
    s, t, top = panel_corner(loop)
    builder.keypoints |= {
        "back_tl": surface(-s, t),
        "back_tr": surface(s, t),
        "back_top": surface(0, top),
        "seat_center": (0, 0, height + dome),
        "seat_front": (0, -depth / 2 * 0.99, height - 0.03),
    }
    return builder.mesh()
