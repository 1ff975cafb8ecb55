"""Triangles of polygons: concave ones keep their shape."""

import mapbox_earcut
import numpy as np


def triangulate(points, corners, sizes):
    """Cuts polygons into triangles.

    Args:
      points: [n, 3] float64.
      corners: [c] int, the points of all polygons, one polygon after another.
      sizes: [p] int, how many corners each polygon has; those of less than three are left out.

    Returns:
      (triangles [m, 3] int: places in `corners`; owner [m] int: each triangle's polygon).
    """
    sizes = np.asarray(sizes, np.int64)
    starts = np.cumsum(sizes) - sizes
    triangles, owners = [np.zeros((0, 3), np.int64)], [np.zeros(0, np.int64)]
    for size in np.unique(sizes[sizes >= 3]):
        here = np.flatnonzero(sizes == size)
        places = starts[here, None] + np.arange(size)
        if size == 3:
            triangles.append(places)
            owners.append(here)
            continue
        turns = _turns(points[corners[places]])
        # A quadrangle's fan must start where it is concave, or opposite; else anywhere.
        first = np.zeros(len(here), np.int64)
        fine = (turns >= 0).all(axis=1)
        if size == 4:
            first = np.where(turns[:, [1, 3]].min(axis=1) < 0, 1, 0)
            fine = np.ones(len(here), bool)
        turned = np.take_along_axis(places, (first[:, None] + np.arange(size)) % size, axis=1)
        fan = np.stack([np.zeros(size - 2, int), np.arange(1, size - 1), np.arange(2, size)], 1)
        triangles.append(turned[fine][:, fan].reshape(-1, 3))
        owners.append(np.repeat(here[fine], size - 2))
        for polygon in np.flatnonzero(~fine):
            cut = _ears(points[corners[places[polygon]]])
            cut = fan if cut is None else cut
            triangles.append(places[polygon][cut])
            owners.append(np.full(len(cut), here[polygon]))
    triangles, owner = np.concatenate(triangles), np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return triangles[order], owner[order]


def _turns(polygons):
    """How far each corner turns with its polygon, negative where it is concave: [p, size]."""
    to_next = np.roll(polygons, -1, axis=1) - polygons
    here = np.cross(np.roll(to_next, 1, axis=1), to_next)
    turns = np.einsum("psk,pk->ps", here, _normals(polygons))
    largest = np.abs(turns).max(axis=1, keepdims=True)
    return np.where(np.abs(turns) <= 1e-9 * largest, 0, turns)


def _normals(polygons):
    """Newell's normals of polygons [p, size, 3], as long as twice their areas: [p, 3]."""
    centred = polygons - polygons[:, :1]
    return np.cross(centred, np.roll(centred, -1, axis=1)).sum(axis=1)


def _ears(points):
    """Triangles [k, 3] of one polygon [size, 3] by its ears; None where it has no plane."""
    (normal,) = _normals(points[None])
    length = np.linalg.norm(normal)
    if not np.isfinite(length) or length == 0:
        return None
    normal = normal / length
    across = np.cross(normal, np.eye(3)[np.abs(normal).argmin()])
    across /= np.linalg.norm(across)
    flat = np.stack([points @ across, points @ np.cross(normal, across)], axis=1)
    scale = np.abs(flat).max() or 1.0
    flat = np.ascontiguousarray(flat / scale)
    cut = mapbox_earcut.triangulate_float64(flat, np.array([len(flat)], np.uint32))
    return cut.astype(np.int64).reshape(-1, 3) if len(cut) else None
