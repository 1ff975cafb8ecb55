"""Outlines, paths and profiles that surfaces are made of."""

import numpy as np

TAU = 2 * np.pi

# Radius multipliers of turned wood, from the top of a leg to its foot.
TURNED_PROFILES = (
    (1, 1, 0.7, 1.1, 0.7, 0.8, 1.15, 1.0, 0.6, 0.5, 0.75, 0.5),
    (1, 0.9, 0.6, 1.2, 1.2, 0.6, 0.7, 0.85, 0.95, 0.9, 0.6, 0.8),
    (0.8, 1, 1.2, 1.25, 1.1, 0.8, 0.6, 0.5, 0.55, 0.65, 0.8, 0.6),
)
CABRIOLE_PROFILE = (1.5, 1.45, 1.2, 1.0, 0.8, 0.7, 0.65, 0.7, 1.0)


def signed_power(x, exponent):
    """|x|^exponent with the sign of x."""
    return np.sign(x) * np.abs(x) ** exponent


def circle_angles(count, start=0.0):
    """That many angles over a full circle."""
    return (np.arange(count) + start) / count * TAU


def oval(width, depth, power=2.0, taper=0.0, points=36, centre=(0.0, 0.0)):
    """A superellipse: 2 is an ellipse, 8 and more nearly a rectangle.

    Args:
      width, depth: extents in x and y.
      power: of the superellipse.
      taper: above 0 narrows the back, +y.
      points: of the loop.
      centre: (x, y).

    Returns:
      [points, 2] loop.
    """
    angle = circle_angles(points, 0.5)
    x = signed_power(np.cos(angle), 2 / power) * width / 2
    y = signed_power(np.sin(angle), 2 / power) * depth / 2
    return np.stack([x * (1 - taper * y / depth), y], axis=1) + np.asarray(centre)


def rectangle(width, depth, radius=0.0, points=4):
    """A rectangle about the origin, its corners rounded by a radius: [n, 2] loop."""
    if radius <= 0:
        return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, depth / 2]
    angle = np.linspace(0, np.pi / 2, points)
    quarter = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius
    corners = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    corners = corners * [width / 2 - radius, depth / 2 - radius]
    sides = []
    for turn, corner in zip(np.arange(4) * np.pi / 2, corners, strict=True):
        rotation = [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
        sides.append(quarter @ np.array(rotation) + corner)
    return np.concatenate(sides)


def spline(points, count=24):
    """Catmull-Rom through points [n, 3], resampled evenly along its length: [count, 3]."""
    p = np.asarray(points, float)
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, 1, 16, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        cubic = (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        pieces.append(0.5 * (2 * b + (c - a) * t + cubic))
    fine = np.concatenate([*pieces, p[-2:-1]])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1))])
    even = np.linspace(0, length[-1], count)
    return np.stack([np.interp(even, length, fine[:, i]) for i in range(3)], axis=1)


def smooth_profile(profile, count):
    """A coarse profile of radii, resampled by a spline: [count]."""
    positions = np.linspace(0, 1, len(profile))
    fine = spline(np.stack([positions, profile, np.zeros(len(profile))], axis=1), 4 * count)
    return np.interp(np.linspace(0, 1, count), fine[:, 0], fine[:, 1])


def resampled_loop(loop, count, aspect=(1.0, 1.0)):
    """A closed loop [n, 2] with its points evenly spaced, lengths weighted by `aspect`."""
    closed = np.concatenate([loop, loop[:1]])
    steps = np.linalg.norm(np.diff(closed, axis=0) * aspect, axis=1)
    length = np.concatenate([[0], np.cumsum(steps)])
    even = np.arange(count) / count * length[-1]
    return np.stack([np.interp(even, length, closed[:, i]) for i in (0, 1)], axis=1)
