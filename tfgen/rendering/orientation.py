"""Which way is up and front in a mesh file."""

import dataclasses
import math
import re
from pathlib import Path

import numpy as np

from tfgen.rendering.meshes.readers import FORMATS, suffix_of

# Axis that points up -> rotation that makes it z; of y, glTF's front, +z, comes to ours, -y.
ROTATIONS = {
    "z": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "-z": ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
    "y": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "-y": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "x": ((0, 0, -1), (0, 1, 0), (1, 0, 0)),
    "-x": ((0, 0, 1), (0, 1, 0), (-1, 0, 0)),
}


@dataclasses.dataclass(frozen=True)
class Frame:
    """The axes of a file.

    Attributes:
      up: key of ROTATIONS.
      yaw: degrees by which the object is turned counter-clockwise to look to -y.
      fixed: whether the format or the layout says so.
      loose: whether many files of the format have it otherwise.
    """

    up: str
    yaw: float = 0.0
    fixed: bool = False
    loose: bool = False


def is_shapenet(path):
    """Whether a path is of ShapeNet's layout: <synset>/<model>/model.obj of version 1, or
    <synset>/<model>/models/model_normalized.obj of version 2.
    """
    path = Path(path)
    if path.stem == "model_normalized":
        return path.parent.name == "models"
    return path.stem == "model" and re.fullmatch(r"\d{8}", path.parent.parent.name) is not None


def usual_frame(file):
    """The Frame that files of this format and layout usually have.

    Args:
      file: `mesh_files.MeshFile`.
    """
    path = file.member or file.path
    if is_shapenet(path):
        return Frame("y", 180.0, fixed=True)  # its front is at -z
    kind = FORMATS.get(suffix_of(path))
    return Frame(kind.up, 0.0, kind.fixed, kind.loose) if kind else Frame("z")


def turned(vertices, up, yaw):
    """Vertices [n, 3] in our frame: up is z, then turned counter-clockwise by degrees."""
    cos, sin = math.cos(math.radians(yaw)), math.sin(math.radians(yaw))
    about_z = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    return vertices @ (about_z @ np.array(ROTATIONS[up], float)).T
