"""Garden chairs of planks: slatted seat, fanned back, broad arms."""

import numpy as np

from tfgen.shapes.chair_backs import bent_surface
from tfgen.shapes.materials import fabric, wood


def build_deck_chair(builder, frame):
    """Builds one into a ShapeBuilder; it is of one colour, `frame` is not used."""
    del frame
    uniform, chance = builder.uniform, builder.chance
    color = wood(builder) if chance(0.6) else fabric(builder)
    width, depth = uniform(0.5, 0.6), uniform(0.5, 0.58)
    height, back_height = uniform(0.34, 0.42), uniform(0.5, 0.68)
    lean, drop, planks = np.radians(uniform(16, 30)), uniform(0.03, 0.10), builder.integer(4, 7)
    builder.style |= {"legs": "post", "back": f"{planks} planks", "arms": "board"}

    def seat_height(y):
        return height - drop * (y / depth + 0.5)

    for y in np.linspace(-depth / 2, depth / 2, 6):
        size = (width, depth / 6 * 0.82, 0.02)
        builder.box("seat", (0, y, seat_height(y)), size, color)
    surface = bent_surface(
        width * 0.95,
        back_height,
        depth / 2 - 0.02,
        height - drop + 0.02,
        lean,
        uniform(0, 0.03),
        uniform(0, 0.25),
    )
    rounding, plank = uniform(0, 0.3), width / planks
    for i, s in enumerate(np.linspace(-1, 1, planks)):
        path = surface(s, np.linspace(0, 1 - rounding * s * s, 5))
        half = 0.95 * plank / 2 * 0.86
        builder.tube(f"slat{i}", path, half, color, 4, 0.02 / plank, up=(0, 1, 0))
    for t in (0.12, 0.55):
        rail = surface([-1, 1], [t, t], 0.025)
        builder.tube("rail", rail, 0.014, color, sides=4, flatness=2)
    _add_sides(builder, color, width, depth, height, drop)
    middle = np.linspace(-1, 1, planks)[planks // 2]  # of an even number, the one on the right
    builder.keypoints |= {
        "back_tl": surface(-0.98, 0.98 - rounding),
        "back_tr": surface(0.98, 0.98 - rounding),
        "back_top": surface(middle, 0.97 * (1 - rounding * middle**2)),
        "seat_center": (0, depth * 0.1, seat_height(depth * 0.1) + 0.01),
        "seat_front": (0, -depth / 2, height + 0.01),
    }
    return builder.mesh()


def _add_sides(builder, color, width, depth, height, drop):
    arm = height + builder.uniform(0.17, 0.24)
    for sign, side in ((-1, "l"), (1, "r")):
        x = sign * (width / 2 + 0.04)
        builder.box(f"arm_{side}", (x, -0.02, arm), (0.11, depth * 1.15, 0.022), color)
        builder.keypoints[f"arm_{side}_front"] = (x, -depth * 0.55, arm + 0.011)
        for end, y in (("f", -depth / 2 + 0.03), ("b", depth / 2 - 0.05)):
            at = sign * (width / 2 + 0.012)
            top, foot = (at, y, arm - 0.01), (at, y, 0)
            builder.post(f"leg_{end}{side}", top, foot, (0.022, 0.022), color, 4, flatness=1.8)
            builder.keypoints[f"leg_{end}{side}_foot"] = foot
            z = height - drop * (y / depth + 0.5) + 0.01
            builder.keypoints[f"seat_{end}{side}"] = (sign * width / 2 * 0.9, y, z)
        inner = sign * (width / 2 - 0.012)
        rail = [(inner, -depth / 2, height - 0.03), (inner, depth / 2, height - drop - 0.03)]
        builder.tube("rail", rail, 0.012, color, sides=4, flatness=3)
