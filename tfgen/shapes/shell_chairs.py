"""Moulded shells: seat and back in one bent sheet, on dowels, wire, a sled or a pedestal."""

import numpy as np

from tfgen.shapes.chair_legs import CORNERS
from tfgen.shapes.curves import oval, spline
from tfgen.shapes.materials import fabric, wood
from tfgen.shapes.pedestals import add_pedestal


def build_shell_chair(builder, frame):
    """Builds one into a ShapeBuilder; frame: colour of its legs. Returns the ParametricMesh."""
    uniform, pick, chance = builder.uniform, builder.pick, builder.chance
    color = fabric(builder) if chance(0.8) else wood(builder)
    width, depth = uniform(0.42, 0.60), uniform(0.42, 0.5)
    height, back_height = uniform(0.42, 0.47), uniform(0.28, 0.5)
    side = uniform(0.02, 0.16)
    sheet = _sheet(width, depth, height, back_height, side, uniform(0.08, 0.22))
    outline = oval(2, 1, uniform(2.4, 6), uniform(-0.1, 0.3), points=56, centre=(0, 0.5))
    rings = tuple(np.linspace(0.95, 0.06, 14))
    builder.slab(
        "shell", outline, -0.004, 0.008, color, 0.8, shape=sheet, rings=rings, closed_bottom=True
    )
    if chance(0.3):
        loop = oval(1.5, 0.36, 4, points=32, centre=(0, 0.28))
        rings = (0.8, 0.5, 0.2)
        builder.slab("cushion", loop, 0.006, 0.035, fabric(builder), 1, shape=sheet, rings=rings)

    base = pick(dowel=0.4, wire=0.15, sled=0.12, trumpet=0.18, star=0.1, cross=0.05)
    under = height - 0.045
    if base in ("trumpet", "star", "cross"):
        foot_color = color if base == "trumpet" and chance(0.6) else frame
        add_pedestal(builder, under + 0.01, uniform(0.24, 0.3), foot_color, base)
    else:
        _add_legs(builder, base, width, depth, under, frame)
    builder.keypoints |= {
        name: sheet(np.array([s, t, 0.007]))
        for name, (s, t) in {
            "seat_fl": (-0.7, 0.10),
            "seat_fr": (0.7, 0.10),
            "seat_center": (0, 0.25),
            "seat_front": (0, 0.02),
            "seat_bl": (-0.75, 0.45),
            "seat_br": (0.75, 0.45),
            "back_tl": (-0.6, 0.91),
            "back_tr": (0.6, 0.91),
            "back_top": (0, 0.97),
        }.items()
    }
    arms = "shell" if side > 0.1 else "none"
    builder.style |= {"legs": base, "back": "shell", "arms": arms}
    return builder.mesh()


def _sheet(width, depth, height, back_height, side, lean):
    """A function of points (s across, t from front edge to top, offset) to places [..., 3]."""
    half = depth / 2
    path = spline(
        [
            (0, -half - 0.02, height - 0.035),
            (0, -half + 0.04, height),
            (0, 0, height - 0.03),
            (0, half - 0.07, height),
            (0, half, height + 0.09),
            (0, half + lean * 0.5, height + back_height * 0.6),
            (0, half + lean, height + back_height),
        ],
        80,
    )
    along = np.linspace(0, 1, 80)
    tangent = np.gradient(path, axis=0)
    normal = np.stack([0 * along, -tangent[:, 2], tangent[:, 1]], axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)

    def place(points):
        s, t, offset = points[..., 0], points[..., 1], points[..., 2]
        on_path = np.stack([np.interp(t, along, path[:, i]) for i in range(3)], axis=-1)
        outward = np.stack([np.interp(t, along, normal[:, i]) for i in range(3)], axis=-1)
        # The sides curl up, most in the middle of the sheet's length.
        swell = np.sin(np.pi * np.clip(t * 1.02, 0, 1)) ** 0.7
        curl = side * np.abs(s) ** 2.6 * np.clip(1.6 * swell, 0, 1.3)
        placed = on_path + outward * (offset + curl)[..., None]
        placed[..., 0] += s * width / 2 * (1 - 0.25 * side / 0.16 * np.abs(s) ** 2)
        return placed

    return place


def _add_legs(builder, base, width, depth, under, frame):
    for name, sx, sy in CORNERS:
        top = np.array([sx * 0.13, sy * 0.12, under + 0.01])
        foot = np.array([sx * width * 0.44, sy * depth * 0.47, 0])
        if base == "dowel":
            builder.post(f"leg_{name}", top, foot, (0.019, 0.011), frame)
        elif base == "wire":
            builder.tube(f"leg_{name}", [top, foot], 0.009, frame, sides=8)
            brace = [top * [-1, 1, 1], foot * 0.5 + top * 0.5]
            builder.tube("brace", brace, 0.005, frame, sides=6)
        else:
            path = [
                top,
                foot + [0, 0, 0.04],
                foot * [1, 0.9, 0] + [0, 0, 0.008],
                foot * [1, 0, 0] + [0, 0, 0.008],
            ]
            builder.tube(f"leg_{name}", spline(path, 20), 0.008, frame, sides=8)
        builder.keypoints[f"leg_{name}_foot"] = foot
    builder.box("mount", (0, 0, under - 0.005), (0.28, 0.26, 0.02), frame)
