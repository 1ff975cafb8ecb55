"""Figures such as everybody downloads, from a few solids each, y up: bunny, teapot, cow …"""

import numpy as np
import trimesh


def ball(center, size):
    solid = trimesh.creation.icosphere(2, 1.0)
    return solid.apply_scale(np.array(size) / 2).apply_translation(center)


def block(center, size):
    return trimesh.creation.box(size).apply_translation(center)


def rod(start, end, radius):
    return trimesh.creation.cylinder(radius, segment=(start, end), sections=12)


def _legs(height, radius, xs, zs):
    return [rod((x, 0, z), (x, height, z), radius) for x in xs for z in zs]


def figures():
    """Name -> trimesh.Trimesh; y is up."""
    two, both = (-0.3, 0.3), (-0.12, 0.12)
    made = {
        "bunny": [
            ball((0, 0.35, 0), (0.9, 0.7, 0.6)),
            ball((-0.4, 0.75, 0), (0.4, 0.35, 0.35)),
            ball((0.2, 0.1, 0), (0.7, 0.2, 0.7)),
            ball((-0.3, 1.05, -0.1), (0.12, 0.5, 0.1)),
            ball((-0.3, 1.05, 0.1), (0.12, 0.5, 0.1)),
        ],
        "teapot": [
            ball((0, 0.4, 0), (1, 0.8, 1)),
            block((0, 0.05, 0), (0.6, 0.1, 0.6)),
            rod((0.4, 0.35, 0), (0.8, 0.7, 0), 0.06),
            rod((-0.4, 0.6, 0), (-0.75, 0.5, 0), 0.04),
            ball((0, 0.85, 0), (0.15, 0.15, 0.15)),
        ],
        "cow": [
            block((0, 0.8, 0), (1.1, 0.45, 0.4)),
            block((-0.7, 1.05, 0), (0.35, 0.25, 0.25)),
            *_legs(0.6, 0.06, (-0.45, 0.45), both),
        ],
        "horse": [
            ball((0, 1.0, 0), (1.2, 0.45, 0.4)),
            rod((-0.5, 1.1, 0), (-0.8, 1.5, 0), 0.12),
            ball((-0.9, 1.5, 0), (0.4, 0.2, 0.18)),
            *_legs(0.9, 0.05, (-0.45, 0.45), both),
        ],
        "man": [
            ball((0, 1.65, 0), (0.22, 0.28, 0.25)),
            block((0, 1.2, 0), (0.42, 0.6, 0.24)),
            rod((-0.2, 1.4, 0), (-0.6, 1.0, 0.1), 0.05),
            rod((0.2, 1.4, 0), (0.6, 1.0, 0.1), 0.05),
            *_legs(0.9, 0.08, both, (0,)),
            block((-0.12, 0.03, 0.06), (0.1, 0.06, 0.26)),
            block((0.12, 0.03, 0.06), (0.1, 0.06, 0.26)),
        ],
        "bust": [
            ball((0, 0.8, 0), (0.4, 0.55, 0.45)),
            rod((0, 0.2, 0), (0, 0.6, 0), 0.12),
            block((0, 0.1, 0), (0.7, 0.2, 0.35)),
        ],
        "car": [
            block((0, 0.45, 0), (2, 0.4, 0.9)),
            block((-0.1, 0.8, 0), (1, 0.35, 0.8)),
            *[rod((x, 0.2, z), (x, 0.2, z * 1.1), 0.2) for x in (-0.6, 0.6) for z in (-0.4, 0.4)],
        ],
        "aeroplane": [
            rod((-1, 0.5, 0), (1, 0.5, 0), 0.15),
            block((0, 0.5, 0), (0.4, 0.04, 2.2)),
            block((0.9, 0.5, 0), (0.25, 0.03, 0.7)),
            block((0.9, 0.75, 0), (0.25, 0.4, 0.03)),
            *[ball((x, 0.1, z), (0.2, 0.2, 0.08)) for x, z in ((-0.7, 0), (0.1, -0.3), (0.1, 0.3))],
            *[rod((x, 0.1, z), (x, 0.5, z), 0.02) for x, z in ((-0.7, 0), (0.1, -0.3), (0.1, 0.3))],
        ],
        "lizard": [
            ball((0, 0.15, 0), (1, 0.2, 0.3)),
            rod((0.4, 0.12, 0), (1.2, 0.05, 0), 0.05),
            ball((-0.65, 0.18, 0), (0.45, 0.14, 0.2)),
            *_legs(0.15, 0.04, two, (-0.2, 0.2)),
        ],
        "house": [
            block((0, 0.4, 0), (1.2, 0.8, 1)),
            trimesh.convex.convex_hull(
                [(x, y, z) for x in (-0.7, 0.7) for y, z in ((0.8, -0.6), (0.8, 0.6), (1.3, 0))]
            ),
            block((0.3, 1.25, 0.2), (0.15, 0.4, 0.15)),
        ],
        "lamp": [
            trimesh.creation.cylinder(0.3, segment=((0, 0, 0), (0, 0.06, 0))),
            rod((0, 0, 0), (0, 1.2, 0), 0.03),
            trimesh.creation.cylinder(0.25, segment=((0, 1.0, 0), (0, 1.4, 0))),
        ],
    }
    return {name: trimesh.util.concatenate(parts) for name, parts in made.items()}
