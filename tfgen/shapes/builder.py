"""Builds a parametric mesh part by part: seeded draws, surfaces, keypoints.

Every surface is a grid of points, most of them a loft: a stack of closed rings. So each vertex has
surface coordinates (u along the stack, v around the ring), and the same part of two shapes
corresponds point by point.
"""

import numpy as np

from tfgen.shapes.curves import circle_angles, rectangle, signed_power, smooth_profile
from tfgen.shapes.mesh import ParametricMesh

_UP = (0.0, 0.0, 1.0)


class ShapeBuilder:
    """Collects the parts of one shape.

    Lengths are metres, z is up, the ground is z = 0 and the front faces -y.

    Args:
      seed: of this shape's random draws.
      stream: of its class, so that classes do not share draws.

    Attributes:
      keypoints: name -> point on the surface, to be filled.
      style: trait -> value, to be filled.
    """

    def __init__(self, seed, stream):
        self.rng = np.random.default_rng([stream, seed])
        self.keypoints = {}
        self.style = {}
        self._names = []
        self._vertices, self._coordinates = [], []
        self._faces, self._parts, self._colors = [], [], []
        self._count = 0

    # --- random draws

    def uniform(self, low, high):
        """A float between two bounds."""
        return float(self.rng.uniform(low, high))

    def integer(self, low, high):
        """An integer from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def pick(self, **weights):
        """A name, drawn with the given weights."""
        names, w = list(weights), np.array(list(weights.values()), float)
        return names[int(self.rng.choice(len(names), p=w / w.sum()))]

    def chance(self, probability):
        """True with a probability."""
        return bool(self.rng.random() < probability)

    # --- surfaces

    def grid(self, name, points, color):
        """A sheet of quads.

        Args:
          name: of the part; several surfaces may share one.
          points: [k, n, 3].
          color: [3] sRGB.
        """
        k, n, _ = points.shape
        corner = np.arange(k - 1)[:, None] * n + np.arange(n - 1)[None]
        a, b, c, d = corner, corner + 1, corner + n + 1, corner + n
        halves = [np.stack(t, axis=-1).reshape(-1, 3) for t in ((a, b, c), (a, c, d))]
        faces = np.concatenate(halves) + self._count
        steps = np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1)
        along = np.concatenate([[0], np.cumsum(steps)])
        along = along / along[-1] if along[-1] > 0 else np.linspace(0, 1, k)
        u, v = np.meshgrid(along, np.linspace(0, 1, n), indexing="ij")
        if name not in self._names:
            self._names.append(name)
        self._vertices.append(points.reshape(-1, 3))
        self._coordinates.append(np.stack([u, v], axis=-1).reshape(-1, 2))
        self._faces.append(faces)
        self._parts.append(np.full(len(faces), self._names.index(name)))
        self._colors.append(np.tile(color, (len(faces), 1)))
        self._count += k * n

    def loft(self, name, rings, color, cap=True, shape=None):
        """A stack of closed rings [k, n, 3]; `cap` closes its ends; `shape` bends all points."""
        rings = np.asarray(rings, float)
        if cap:
            ends = [np.broadcast_to(r.mean(axis=0), r.shape)[None] for r in (rings[0], rings[-1])]
            rings = np.concatenate([ends[0], rings, ends[1]])
        rings = np.concatenate([rings, rings[:, :1]], axis=1)
        self.grid(name, shape(rings) if shape else rings, color)

    def slab(
        self,
        name,
        loop,
        bottom,
        top,
        color,
        edge=0.3,
        dome=0.0,
        shape=None,
        rings=(0.8, 0.5, 0.2),
        closed_bottom=False,
    ):
        """A plate over a closed loop.

        Args:
          name, color, shape: as for `loft`.
          loop: [n, 2] outline.
          bottom, top: heights.
          edge: how round the rim is, 0 to 1.
          dome: height by which the top bulges; below 0 it is a dish.
          rings: shares of the outline at which the top (and the bottom) has points of its own.
          closed_bottom: whether the bottom has such points too; bent plates need them.
        """
        centre, height = loop.mean(axis=0), top - bottom
        half = np.abs(loop - centre).max(axis=0) + 1e-9
        radius = edge * height / 2
        rim = []  # (share of the outline, height), from the bottom up
        for angle in np.linspace(0, np.pi / 2, 4) if edge else [np.pi / 2]:
            inset = 1 - radius * (1 - np.sin(angle)) / half
            rim.append((inset, bottom + (radius * (1 - np.cos(angle)) if edge else 0.0)))
        rim += [(share, top - (z - bottom)) for share, z in rim[::-1]]
        inner = [(share * rim[-1][0], top) for share in rings]
        under = [(share * rim[0][0], bottom) for share in rings[::-1]] if closed_bottom else []
        stack = []
        for share, z in under + rim + inner:
            flat = centre + (loop - centre) * share
            stack.append(np.column_stack([flat, np.full(len(loop), z)]))
        stack = np.stack(stack)
        if dome and inner:
            k = len(inner)
            inside = 1 - np.clip((stack[-k:, :, :2] - centre) / half, -1, 1) ** 2
            fade = 1 - np.array(rings)[:, None] ** 6
            stack[-k:, :, 2] += dome * np.sqrt(inside.prod(axis=-1)) * fade
        self.loft(name, stack, color, shape=shape)

    def box(self, name, centre, size, color, edge=0.0):
        """A box of size (x, y, z), its edges rounded by a share of its smaller side."""
        width, depth, height = size
        smaller = min(width, depth)
        loop = rectangle(width, depth, smaller * 0.5 * edge) + np.asarray(centre[:2])
        low, high = centre[2] - height / 2, centre[2] + height / 2
        roundness = min(1.0, edge * smaller / height) if edge else 0.0
        self.slab(name, loop, low, high, color, edge=roundness, rings=())

    def post(self, name, top, foot, radii, color, sides=12, profile=None, bow=None, flatness=1.0):
        """A leg with horizontal cross-sections.

        Args:
          top, foot: [3], its ends.
          radii: (at the top, at the foot).
          sides: of the cross-section; 4 is square.
          profile: radius multipliers from top to foot, or None.
          bow: [3] offset of an S-shaped bend, or None.
          flatness: depth over width of the cross-section.
        """
        top, foot = np.asarray(top, float), np.asarray(foot, float)
        k = 2 if profile is None and bow is None else 25
        t = np.linspace(0, 1, k)[:, None]
        path = top + (foot - top) * t
        if bow is not None:
            path = path + 2 * np.sin(np.pi * t) * (1 - 2 * t) * np.asarray(bow)
        radius = radii[0] + (radii[1] - radii[0]) * t
        if profile is not None:
            radius = radius * smooth_profile(profile, k)[:, None]
        angle = circle_angles(sides, 0.5)
        widen = np.sqrt(2) if sides == 4 else 1.0  # the radius of a square is its half side
        ring = np.stack([np.cos(angle) * widen, np.sin(angle) * widen * flatness, 0 * angle], 1)
        self.loft(name, path[:, None] + ring[None] * radius[:, None], color)

    def tube(
        self, name, path, radius, color, sides=10, flatness=1.0, up=_UP, power=2.0, closed=False
    ):
        """A superelliptic cross-section swept along a path.

        Args:
          path: [k, 3].
          radius: one number or one a point.
          sides: of the cross-section; 4 is square.
          flatness: of the axis that starts out along `up`, over the other.
          power: of the superellipse.
          closed: whether the path ends where it begins.
        """
        path = np.asarray(path, float)
        if closed:
            path = np.concatenate([path, path[:1]])
            tangents = np.roll(path[:-1], -1, axis=0) - np.roll(path[:-1], 1, axis=0)
            tangents = np.concatenate([tangents, tangents[:1]])
        else:
            tangents = np.gradient(path, axis=0)
        tangents = tangents / (np.linalg.norm(tangents, axis=1, keepdims=True) + 1e-12)
        normals = _transported(np.asarray(up, float), tangents)
        binormals = np.cross(tangents, normals)
        angle = circle_angles(sides, 0.5 if sides == 4 else 0.0)
        widen = np.sqrt(2) if sides == 4 else 1.0
        across = widen * signed_power(np.cos(angle), 2 / power)[None, :, None]
        along = widen * flatness * signed_power(np.sin(angle), 2 / power)[None, :, None]
        radius = np.broadcast_to(np.asarray(radius, float), len(path))[:, None, None]
        rings = path[:, None] + radius * (across * binormals[:, None] + along * normals[:, None])
        self.loft(name, rings, color, cap=not closed)

    def lathe(self, name, centre, profile, color, sides=28, axis="z"):
        """A surface of revolution about z or x; profile: (radius, height) pairs."""
        angle = circle_angles(sides)
        rings = np.stack(
            [
                np.stack([r * np.cos(angle), r * np.sin(angle), np.full(sides, z)], axis=1)
                for r, z in profile
            ]
        )
        if axis == "x":
            rings = rings[..., [2, 0, 1]]
        self.loft(name, rings + np.asarray(centre, float), color)

    def mesh(self):
        """The finished ParametricMesh."""
        points = {name: np.asarray(p, float) for name, p in self.keypoints.items()}
        return ParametricMesh(
            vertices=np.concatenate(self._vertices),
            faces=np.concatenate(self._faces).astype(np.int32),
            colors=np.concatenate(self._colors).astype(np.float32),
            surface_coordinates=np.concatenate(self._coordinates),
            part_of_face=np.concatenate(self._parts).astype(np.int16),
            part_names=tuple(self._names),
            keypoints=points,
            style=dict(self.style),
        )


def _transported(up, tangents):
    """Normals along a path that turn no more than the path does (parallel transport)."""
    if abs(up @ tangents[0]) > 0.95:
        up = np.array([0.0, 1, 0]) if abs(tangents[0][1]) < 0.9 else np.array([1.0, 0, 0])
    normals = np.empty_like(tangents)
    for i, tangent in enumerate(tangents):
        up = up - (up @ tangent) * tangent
        up = up / (np.linalg.norm(up) + 1e-12)
        normals[i] = up
    return normals
