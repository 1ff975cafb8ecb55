"""Triangle meshes: what the renderer draws, and what the parametric shapes add to it.

World frame: right-handed, z up; the object's front faces -y; seen from the front, +x is right.
"""

import dataclasses

import numpy as np


@dataclasses.dataclass
class Emission:
    """Light that faces send out of themselves.

    Attributes:
      light: [m, 3] float32, linear; multiplies the texture.
      texture_coordinates, texture_of_face: as of `Mesh`, into the mesh's textures.
    """

    light: np.ndarray
    texture_coordinates: np.ndarray
    texture_of_face: np.ndarray


@dataclasses.dataclass
class Mesh:
    """Triangles with one colour each, and optionally textures and what else files have.

    Attributes:
      vertices: [n, 3] float64.
      faces: [m, 3] int32, indices into `vertices`.
      colors: [m, 3] float32 in [0, 1], sRGB colour of each face; multiplies the texture.
      texture_coordinates: [m, 3, 2] float32 (u right, v up) of each face's corners, or None.
      texture_of_face: [m] int32 index into `textures`, -1 for none; or None.
      textures: tuple of [h, w, 3] float32 in [0, 1], sRGB; a fourth channel is opacity.
      wraps: how each texture goes on beyond its edges, pairs for u and v of "repeat", "mirror" and
        "clamp"; empty: all repeat.
      corner_colors: [m, 3, 4] float32 in [0, 1] or None: sRGB colour and opacity of each corner,
        interpolated in linear light; multiplies colour and texture.
      cutoffs: [m] float32 or None: what is less opaque than its face's cutoff is not there, all
        else is opaque; nan where opacity is what it is.
      emission: Emission or None.
      twins: [m] bool or None: faces that lie on others which look the other way.
      remarks: tuple of what of its file is not in it, as `rendering.meshes.remarks` has it.
    """

    vertices: np.ndarray
    faces: np.ndarray
    colors: np.ndarray
    texture_coordinates: np.ndarray | None = None
    texture_of_face: np.ndarray | None = None
    textures: tuple = ()
    wraps: tuple = ()
    corner_colors: np.ndarray | None = None
    cutoffs: np.ndarray | None = None
    emission: Emission | None = None
    twins: np.ndarray | None = None
    remarks: tuple = ()


@dataclasses.dataclass
class ParametricMesh(Mesh):
    """A generated mesh: it also knows its parts, its surface and its keypoints.

    Attributes:
      surface_coordinates: [n, 2] float64 in [0, 1], (u, v) of each vertex within its part.
      part_of_face: [m] int16, index into `part_names`.
      part_names: tuple of str.
      keypoints: name -> [3] float64, a point on the surface ("seat_fl", "wheel_br", ...).
      style: trait -> value drawn for it ({"legs": "splayed", ...}).
    """

    surface_coordinates: np.ndarray | None = None
    part_of_face: np.ndarray | None = None
    part_names: tuple = ()
    keypoints: dict = dataclasses.field(default_factory=dict)
    style: dict = dataclasses.field(default_factory=dict)


def normalisation(vertices, radius=0.5):
    """Centre and scale that put a mesh into the camera's frame.

    Args:
      vertices: [n, 3] float array; only vertices that a face uses.
      radius: distance of the farthest vertex from the origin afterwards.

    Returns:
      (centre [3], scale): normalised = (vertices - centre) * scale, the bounding box's centre at
      the origin.
    """
    centre = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
    return centre, radius / np.linalg.norm(vertices - centre, axis=1).max()
