"""How plausibly a model stands with an axis up, and looks along another."""

import dataclasses

import cv2
import numpy as np

from tfgen.rendering.orientation import turned

_SAMPLES = 20_000
# Weights of what speaks for standing; found on 60 pieces of furniture, 45 of our shapes, 15 scans.
_SUPPORT, _STABILITY, _LEVEL, _HIGH, _HIDDEN = 6.0, 1.5, 6.0, 5.0, 10.0
# Of a model's height: what lies so low touches the ground.
_GROUND = 0.03
# No model speaks louder than this.
_LOUDEST = 4.0
# Thinner than this share of its size, a model is flat: a picture, which stands.
_FLAT = 1e-3
_CELLS = 10


@dataclasses.dataclass(frozen=True)
class Vote:
    """What one model says.

    Attributes:
      up: above 0 it stands more plausibly with z up, below 0 with y up; in [-4, 4].
      front: the same of looking along y (above 0) and along x, with z up; with y up.
    """

    up: float
    front_of_z: float
    front_of_y: float


def vote(mesh):
    """The Vote of a Mesh, in its file's axes."""
    points, normals = _samples(mesh)
    frames = {up: (turned(points, up, 0), turned(normals, up, 0)) for up in "zy"}
    size = np.ptp(mesh.vertices, axis=0)
    flat = int(size.argmin())
    if size[flat] < _FLAT * size.max():
        ahead = (0.0, _LOUDEST, -_LOUDEST)[flat]
    else:
        ahead = _standing(*frames["z"]) - _standing(*frames["y"])
    ahead = float(np.clip(ahead, -_LOUDEST, _LOUDEST))
    return Vote(ahead, _looking(frames["z"][0]), _looking(frames["y"][0]))


def _samples(mesh):
    """Points spread evenly over the surface, and its normals there: [s, 3] float64 each."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    areas = np.linalg.norm(normals, axis=1)
    rng = np.random.default_rng(0)
    face = rng.choice(len(areas), _SAMPLES, p=areas / areas.sum())
    s, t = np.sqrt(rng.random((_SAMPLES, 1))), rng.random((_SAMPLES, 1))
    points = a[face] * (1 - s) + b[face] * s * (1 - t) + c[face] * s * t
    return points, normals[face] / np.maximum(areas[face], 1e-300)[:, None]


def _standing(points, normals):
    """How plausibly points with their normals stand, z up."""
    low, high = points.min(axis=0), points.max(axis=0)
    flat = ((points[:, :2] - low[:2]) / max(*(high - low)[:2], 1e-300)).astype(np.float32)
    height = (points[:, 2] - low[2]) / max(high[2] - low[2], 1e-300)
    shadow = cv2.contourArea(cv2.convexHull(flat))
    ground = cv2.convexHull(flat[height < _GROUND])
    support = cv2.contourArea(ground) / max(shadow, 1e-9)
    centre = tuple(float(each) for each in flat.mean(axis=0))
    inside = cv2.pointPolygonTest(ground, centre, True) / max(np.sqrt(shadow), 1e-9)
    level = (normals[:, 2] > 0.95).mean()
    return (
        _SUPPORT * support
        + _STABILITY * np.clip(inside, -1, 1)
        + _LEVEL * level  # seats, tops, roofs
        + _HIGH * height.mean()  # legs are thin
        # Of a surface that is open, more looks up than down: nobody draws what is not seen.
        + _HIDDEN * min(0.0, normals[:, 2].mean() + 0.02)
    )


def _looking(points):
    """Above 0 for left and right alike about x, below 0 for those about y; z up; in [-1, 1]."""
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    places = np.minimum((points - low) / np.maximum(size, 1e-300) * _CELLS, _CELLS - 1).astype(int)
    counts = np.bincount(places @ (_CELLS**2, _CELLS, 1), minlength=_CELLS**3)
    counts = counts.reshape((_CELLS,) * 3) / len(points)
    about_x, about_y = (np.abs(counts - np.flip(counts, axis)).sum() / 2 for axis in (0, 1))
    return float(about_y - about_x)
