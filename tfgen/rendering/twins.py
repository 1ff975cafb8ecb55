"""Faces that lie on one another and look opposite ways: each shows its own colour to its side."""

import numpy as np

from tfgen.rendering.normals import face_normals

# How far such faces are drawn apart, where an object's radius is 0.5.
APART = 2e-5
# Normals and distances of planes that differ by less are one plane's.
_ALIKE = 1e-4


def find_twins(vertices, faces):
    """Which faces share a plane with others that look the other way: [m] bool, or None for none.

    Args:
      vertices: [n, 3] float64.
      faces: [m, 3] int.
    """
    normals, _ = face_normals(vertices, faces)
    low = vertices.min(axis=0)
    size = np.ptp(vertices, axis=0).max() or 1.0
    centres = (vertices[faces].mean(axis=1) - low) / size
    # Of a normal and its opposite one stands for the plane: whose first large part is positive.
    first = np.argmax(np.abs(normals) > 0.3, axis=1)
    side = np.sign(normals[np.arange(len(normals)), first])
    planes = np.hstack([normals, np.einsum("mk,mk->m", normals, centres)[:, None]]) * side[:, None]
    # Not to be cut where planes often lie: at round numbers.
    cells = np.floor(planes / _ALIKE + 0.137).astype(np.int64)
    mixed = cells @ np.array([1, 1_000_003, 998_244_353, 15_485_863], np.int64)
    plane = np.unique(mixed, return_inverse=True)[1].reshape(-1)
    ahead = np.bincount(plane, side > 0) > 0
    behind = np.bincount(plane, side < 0) > 0
    twins = (ahead & behind)[plane]
    return twins if twins.any() else None


def drawn_apart(vertices, faces, twins, normals):
    """Vertices and faces in which twins stand a hair before each other.

    Args:
      vertices: [n, 3] float, normalised.
      faces: [m, 3] int.
      twins: [m] bool.
      normals: [m, 3] float, of faces.

    Returns:
      (vertices [n + 3 t, 3] float32, faces [m, 3] int32), faces in their order.
    """
    moved = vertices[faces[twins]] + APART * normals[twins, None]
    faces = faces.copy()
    faces[twins] = len(vertices) + np.arange(moved.shape[0] * 3).reshape(-1, 3)
    return (
        np.ascontiguousarray(np.concatenate([vertices, moved.reshape(-1, 3)]), np.float32),
        np.ascontiguousarray(faces, np.int32),
    )
