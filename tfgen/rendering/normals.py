"""Surface normals: flat ones of faces, and smooth ones that respect creases."""

import numpy as np

# Faces that meet at more than this angle keep their edge.
CREASE_DEGREES = 38.0
# Above this number of faces a triangle is smaller than a pixel, and smoothing costs gigabytes.
MAX_SMOOTH_FACES = 200_000
# Faces around one vertex beyond this number are left out of its averages (fans of thousands).
_MAX_FACES_OF_VERTEX = 48


def face_normals(vertices, faces):
    """Unit normals and areas (times two) of faces: [m, 3] and [m] float64."""
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(normals, axis=1)
    return normals / np.maximum(areas, 1e-30)[:, None], areas


def corner_normals(vertices, faces):
    """Normals at the corners of faces, averaged over neighbours within the crease angle.

    Vertices at the same place count as one, so that seams do not show.

    Args:
      vertices: [n, 3] float64.
      faces: [m, 3] int.

    Returns:
      [m, 3, 3] float32 unit vectors: face, corner, coordinate.
    """
    normals, areas = face_normals(vertices, faces)
    if len(faces) > MAX_SMOOTH_FACES:
        return np.repeat(normals[:, None], 3, axis=1).astype(np.float32)
    scale = np.ptp(vertices, axis=0).max()
    grid = np.round(vertices / (scale * 1e-5)).astype(np.int64)
    welded = np.unique(grid, axis=0, return_inverse=True)[1].reshape(-1)[faces].reshape(-1)

    # All pairs (i, j) of corners that share a place: corners sorted by place, then, for the k-th
    # corner of a place with c corners, the pairs with all c of them.
    order = np.argsort(welded, kind="stable")
    places = welded[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(places)) + 1])
    counts = np.diff(np.concatenate([starts, [len(places)]]))
    partners = np.repeat(np.minimum(counts, _MAX_FACES_OF_VERTEX), counts)
    i = np.repeat(np.arange(len(places)), partners)
    offset = np.arange(len(i)) - np.repeat(np.cumsum(partners) - partners, partners)
    j = np.repeat(np.repeat(starts, counts), partners) + offset

    face_i, face_j = order[i] // 3, order[j] // 3
    alike = np.einsum("ij,ij->i", normals[face_i], normals[face_j])
    weights = areas[face_j] * (alike > np.cos(np.radians(CREASE_DEGREES)))
    weighted = weights[:, None] * normals[face_j]
    corners = len(faces) * 3
    smooth = [np.bincount(order[i], weighted[:, k], minlength=corners) for k in range(3)]
    smooth = np.stack(smooth, axis=1).reshape(-1, 3, 3)
    length = np.linalg.norm(smooth, axis=2, keepdims=True)
    smooth = np.where(length > 1e-20, smooth / np.maximum(length, 1e-30), normals[:, None])
    return smooth.astype(np.float32)
