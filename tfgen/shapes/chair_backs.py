"""Backs of chairs. Parts: back (panels), crest, post_l, post_r, slat0 …, rail, spine."""

import numpy as np

from tfgen.shapes.curves import circle_angles, oval, resampled_loop, spline

_FORWARD = (0, 1, 0)  # slats are thin front to back


def bent_surface(width, height, y, z, lean, bend, flare):
    """A function of (s in [-1, 1] across, t in [0, 1] up, depth behind) to points [..., 3].

    Args:
      width, height: metres; y, z: of its lower edge; lean: radians; bend: how far the sides come
        forward; flare: by which share it widens upwards.
    """

    def surface(s, t, depth=0.0):
        s, t, depth = np.broadcast_arrays(*(np.asarray(a, float) for a in (s, t, depth)))
        x = s * width / 2 * (1 + flare * t)
        back = y + np.tan(lean) * height * t - bend * s**2 + depth
        return np.stack([x, back, z + height * t], axis=-1)

    return surface


def back_surface(plan):
    """The `bent_surface` of a `chairs.ChairPlan`'s back."""
    width = plan.back_width * (0.96 if plan.is_angular else 0.8)
    if plan.legs == "cantilever":  # between its tubes
        width = plan.width
    y = plan.depth / 2 * (0.96 if plan.is_angular else 0.85)
    z = plan.height - 0.01
    return bent_surface(width, plan.back_height, y, z, plan.lean, plan.bend, plan.flare)


def add_panel(builder, name, surface, loop, thickness, color, dome=0.0):
    """A plate on a back's surface: loop [n, 2] of (s, t), thickness towards the front."""
    # Bent plates need points on their straight edges too, or they show facets.
    loop = resampled_loop(loop, 72, aspect=(1, 2))

    def shape(points):
        return surface(points[..., 0], points[..., 1], thickness / 2 - points[..., 2])

    builder.slab(
        name,
        loop,
        0,
        thickness,
        color,
        edge=0.9 if thickness > 0.03 else 0.5,
        dome=dome,
        shape=shape,
        rings=(0.9, 0.75, 0.6, 0.45, 0.3, 0.15),
        closed_bottom=True,
    )


def add_back(builder, plan, surface):
    """Adds the back that a ChairPlan asks for, and its keypoints.

    Functions of kinds of backs return (s, t of the upper right corner, t of the upper edge), or
    None for backs between posts.
    """
    names = {
        "solid": _add_solid,
        "vslats": _add_slats,
        "ladder": _add_ladder,
        "spindle": _add_spindles,
        "cross": _add_cross,
        "frame": _add_frame,
        "oval": _add_oval,
        "hoop": _add_hoop,
        "split": _add_split,
    }
    if plan.kind == "office" and plan.back in ("solid", "split"):
        corner = _add_office_back(builder, plan, surface)
    else:
        _add_posts(builder, plan, surface)
        corner = names[plan.back](builder, plan, surface)
    s, t, top = corner or (1.0, 0.9, 0.95)  # backs between posts have them as corners
    builder.keypoints |= {
        "back_tl": surface(-s, t),
        "back_tr": surface(s, t),
        "back_top": surface(0, top),
    }


def half_width(back, t):
    """How far from its middle a back reaches at a height t in [0, 1]: s of its surface."""
    if back == "oval":
        return 0.92 * np.sqrt(max(1 - ((t - 0.58) / 0.42) ** 2, 0.1))
    if back == "hoop":
        return np.sqrt(max(1 - (max(t - 0.35, 0) / 0.62) ** 2, 0.1))
    return 1.0


def panel_corner(loop):
    """(s, t) of a panel's upper right corner, and t of its upper edge, a little inside."""
    centre, half = loop.mean(axis=0), np.ptp(loop, axis=0) / 2
    farthest = loop[((loop - centre) / half).sum(axis=1).argmax()]
    s, t = centre + 0.97 * (farthest - centre)
    return s, t, centre[1] + 0.95 * half[1]


def _add_office_back(builder, plan, surface):
    """A cushion on a spine."""
    gap = builder.uniform(0.0, 0.25)
    spine = [
        surface(0, 0, -0.15) - [0, 0, 0.06],
        surface(0, 0, 0.03) - [0, 0, 0.05],
        surface(0, 0.25, 0.035),
        surface(0, 0.6, 0.02),
    ]
    builder.tube("spine", spline(spine, 16), 0.028, plan.frame, 8, 0.35, up=_FORWARD)
    power, taper = (3.2 if builder.chance(0.4) else 7.0), builder.uniform(-0.2, 0.25)
    loop = oval(2, 1 - gap, power, taper, centre=(0, (1 + gap) / 2))
    thickness = builder.uniform(0.035, 0.07)
    add_panel(builder, "back", surface, loop, thickness, plan.back_color, dome=0.01)
    return panel_corner(loop)


def _add_posts(builder, plan, surface):
    """Two posts, and a crest rail that joins them, where the kind of back has them."""
    uniform, chance = builder.uniform, builder.chance
    framed = plan.back in ("vslats", "ladder", "spindle", "cross", "frame", "split")
    if (framed or (plan.back == "solid" and chance(0.3))) and plan.legs != "cantilever":
        sides = 4 if chance(0.4) else 10
        radius = plan.leg_radius * uniform(0.75, 1.0)
        for sign, name in ((-1, "post_l"), (1, "post_r")):
            path = surface(sign, np.linspace(0, 1, 9))
            builder.tube(name, path, radius, plan.frame, sides)
    if plan.back in ("vslats", "spindle", "cross") or (framed and chance(0.75)):
        height, arch = uniform(0.03, 0.09), uniform(0, 0.06)
        s = np.linspace(-1.06, 1.06, 15)
        path = surface(s, 1.0 - height / plan.back_height / 2 + arch * (1 - s**2))
        flatness = 0.022 / height
        builder.tube("crest", path, height / 2, plan.frame, 12, flatness, _FORWARD, power=3.5)


def _add_solid(builder, plan, surface):
    uniform, chance = builder.uniform, builder.chance
    gap = 0.03 if chance(0.5) else uniform(0.15, 0.45)
    power = 12.0 if chance(0.5) else uniform(2.2, 5)
    loop = oval(2.02, 1 - gap, power, uniform(-0.15, 0.3), centre=(0, (1 + gap) / 2))
    thickness = uniform(0.015, 0.05)
    add_panel(builder, "back", surface, loop, thickness, plan.back_color, dome=0.004)
    if gap > 0.1:
        for s, name in ((-0.6, "post_l"), (0.6, "post_r")):
            path = surface(s, np.linspace(-0.02, 0.6, 6), 0.012)
            builder.tube(name, path, plan.leg_radius * 0.7, plan.frame, sides=8)
    return panel_corner(loop)


def _add_slats(builder, plan, surface):
    count, share = builder.integer(3, 7), builder.uniform(0.25, 0.7)
    width = plan.back_width / (count + 1) * share
    for i, s in enumerate(np.linspace(-1, 1, count + 2)[1:-1]):
        path = surface(s, np.linspace(0, 0.97, 7))
        builder.tube(f"slat{i}", path, width / 2, plan.frame, 4, 0.010 / width, _FORWARD)


def _add_ladder(builder, plan, surface):
    count = builder.integer(2, 5)
    share, arch = builder.uniform(0.25, 0.6), builder.uniform(0, 0.05)
    height = plan.back_height * 0.75 / count * share
    s = np.linspace(-1, 1, 13)
    for i, t in enumerate(np.linspace(0.22 if count > 2 else 0.45, 0.93, count)):
        path = surface(s, t + arch * (1 - s**2))
        flatness = 0.014 / height
        builder.tube(f"slat{i}", path, height / 2, plan.back_color, 14, flatness, _FORWARD, 4)


def _add_spindles(builder, plan, surface):
    count = builder.integer(5, 9)
    for i, s in enumerate(np.linspace(-1, 1, count + 2)[1:-1]):
        path = surface(s * np.linspace(0.92, 1, 7), np.linspace(0, 0.96, 7))
        builder.tube(f"slat{i}", path, 0.0065, plan.frame, sides=8)


def _add_cross(builder, plan, surface):
    for i, sign in enumerate((-1, 1)):
        path = surface(sign * np.linspace(-1, 1, 13), np.linspace(0.04, 0.92, 13))
        builder.tube(f"slat{i}", path, 0.014, plan.frame, 6, 0.6, _FORWARD)


def _add_frame(builder, plan, surface):
    gap = builder.uniform(0.12, 0.4)
    loop = oval(1.85, 0.93 - gap, 10.0, centre=(0, (0.93 + gap) / 2))
    thickness = builder.uniform(0.025, 0.05)
    add_panel(builder, "back", surface, loop, thickness, plan.seat_color, dome=0.008)
    for t in (gap - 0.04, 0.97):
        builder.tube("rail", surface(np.linspace(-1, 1, 9), t), 0.013, plan.frame, sides=8)


def _add_oval(builder, plan, surface):
    angle = circle_angles(36)
    ring = surface(0.92 * np.cos(angle), 0.58 + 0.42 * np.sin(angle))
    builder.tube("crest", ring, 0.018, plan.frame, 8, up=_FORWARD, closed=True)
    loop = oval(1.75, 0.78, 2.0, centre=(0, 0.58))
    add_panel(builder, "back", surface, loop, 0.03, plan.seat_color, dome=0.01)
    for s, name in ((-0.55, "post_l"), (0.55, "post_r")):
        path = surface(s, np.linspace(-0.02, 0.26, 4))
        builder.tube(name, path, 0.016, plan.frame, sides=8)
    return panel_corner(np.stack([0.92 * np.cos(angle), 0.58 + 0.42 * np.sin(angle)], axis=1))


def _add_hoop(builder, plan, surface):
    angle = np.linspace(0, np.pi, 33)
    arch = surface(np.cos(angle), 0.35 + 0.62 * np.sin(angle))
    path = np.concatenate([surface(1, [0.0]), arch, surface(-1, [0.0])])
    builder.tube("crest", path, 0.014, plan.frame, 8, up=_FORWARD)
    if builder.chance(0.6):
        for i, s in enumerate(np.linspace(-1, 1, 7)[1:-1]):
            spindle = surface(s, np.linspace(0, 0.35 + 0.62 * np.sqrt(1 - s * s), 6))
            builder.tube(f"slat{i}", spindle, 0.0065, plan.frame, sides=8)
    else:
        inner = surface(0.6 * np.cos(angle), 0.25 + 0.5 * np.sin(angle))
        builder.tube("slat0", inner, 0.011, plan.frame, 8, up=_FORWARD)
    diagonal = np.sqrt(0.5)
    return diagonal, 0.35 + 0.62 * diagonal, 0.97


def _add_split(builder, plan, surface):
    for i, (low, high) in enumerate(((0.25, 0.5), (0.68, 0.97))):
        loop = oval(2.05, high - low, 6.0, centre=(0, (low + high) / 2))
        thickness = builder.uniform(0.015, 0.035)
        add_panel(builder, f"back{i}", surface, loop, thickness, plan.back_color, dome=0.003)
    return panel_corner(loop)
