"""A user's meshes: OBJ, GLB, glTF, PLY, STL and OFF files, read by trimesh.

Which way is up: glTF fixes y (front +z); ShapeNet has y up and its front at -z; everything else is
taken as z up with its front at -y, as our own meshes are, unless told otherwise.
"""

import collections
import dataclasses
import math
from pathlib import Path

import numpy as np

from tfgen.errors import InputError
from tfgen.pixels import as_float32
from tfgen.shapes.mesh import Mesh

SUFFIXES = (".obj", ".glb", ".gltf", ".ply", ".stl", ".off")
_Y_UP_SUFFIXES = (".glb", ".gltf")
MAX_FACES = 20_000_000
# Grey of surfaces that have no colour of their own.
_PLAIN = np.array([0.7, 0.7, 0.72], np.float32)


@dataclasses.dataclass(frozen=True)
class MeshFile:
    """One mesh on disk.

    Attributes:
      path: of the file.
      name: of the model.
      category: of the model; ShapeNet's synset, else the folder's name.
      up: "auto", "y" or "z".
      yaw: degrees by which the object is turned counter-clockwise, seen from above.
    """

    path: str
    name: str
    category: str
    up: str = "auto"
    yaw: float = 0.0

    def load(self):
        """The Mesh, in our frame: z up, front at -y.

        Raises:
          InputError: the file cannot be read as a mesh; the text names it and says why.
        """
        try:
            return self._load()
        except InputError as error:
            raise InputError(f"{self.path}: {error}") from None
        except Exception as error:  # readers of strangers' files raise anything
            reason = " ".join(str(error).split())[:150] or type(error).__name__
            raise InputError(f"{self.path}: unreadable ({reason})") from None

    def _load(self):
        import trimesh

        path = Path(self.path)
        if path.stat().st_size == 0:
            raise InputError("the file is empty")
        scene = trimesh.load(str(path), process=False, force="scene")
        parts = [_part(geometry, matrix) for geometry, matrix in _placed(scene)]
        parts = [part for part in parts if part is not None]
        if not parts:
            raise InputError("it has no faces")
        mesh = _cleaned(_joined(parts))
        mesh.vertices = mesh.vertices @ self._rotation().T
        return mesh

    def _rotation(self):
        """From the file's axes to ours."""
        up = self.up
        shapenet = _is_shapenet(Path(self.path))
        if up == "auto":
            up = "y" if shapenet or Path(self.path).suffix.lower() in _Y_UP_SUFFIXES else "z"
        rotation = np.eye(3)
        if up == "y":
            # y -> z, and glTF's front, +z -> -y; ShapeNet's front is on the other side.
            rotation = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
        yaw = math.radians(self.yaw + (180.0 if shapenet else 0.0))
        cos, sin = math.cos(yaw), math.sin(yaw)
        return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ rotation


def _is_shapenet(path):
    return path.name.startswith("model_normalized") and path.parent.name == "models"


def find_meshes(meshes, up="auto", yaw=0.0):
    """All meshes below a folder, sorted by path.

    Models of ShapeNet's layout, <synset>/<model>/models/model_normalized.obj, are named by model
    and have their synset as category. Others are named by file; where names repeat, by path.

    Raises:
      InputError: there is no such folder, or no mesh in it.
    """
    root = Path(meshes)
    if not root.is_dir():
        raise InputError(f"`meshes`={meshes} is no folder: give one with mesh files.")
    paths = sorted(p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not paths:
        raise InputError(
            f"`meshes`={meshes} holds no mesh: give a folder with {', '.join(SUFFIXES)} files."
        )
    files = []
    for path in paths:
        if _is_shapenet(path):
            name, category = path.parents[1].name, path.parents[2].name
        else:
            name = path.stem
            category = path.parent.name if path.parent != root else root.resolve().name
        files.append(MeshFile(str(path), name, category, up, yaw))
    times = collections.Counter(file.name for file in files)
    return [
        dataclasses.replace(file, name="_".join(Path(file.path).relative_to(root).parts))
        if times[file.name] > 1
        else file
        for file in files
    ]


def _placed(scene):
    """(geometry, 4x4 matrix) of every mesh of a scene, as often as it is placed."""
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        yield scene.geometry[name], matrix


def _part(geometry, matrix):
    """A Mesh of one trimesh geometry, None for points and lines."""
    faces = getattr(geometry, "faces", None)
    if faces is None or not len(faces):
        return None
    if len(faces) > MAX_FACES:
        raise InputError(f"it has {len(faces)} faces, more than {MAX_FACES}")
    vertices = np.asarray(geometry.vertices, float) @ matrix[:3, :3].T + matrix[:3, 3]
    faces = np.asarray(faces, np.int32)
    texture, coordinates, colors = None, None, None
    visual = geometry.visual
    if visual.kind == "texture":
        texture, coordinates, colors = _material(visual, faces)
    elif visual.kind is not None:
        colors = _srgb(visual.face_colors)
    if colors is None:
        colors = np.tile(_PLAIN, (len(faces), 1))
    return Mesh(
        vertices,
        faces,
        colors,
        coordinates,
        None if texture is None else np.zeros(len(faces), np.int32),
        () if texture is None else (texture,),
    )


def _material(visual, faces):
    """(texture or None, texture coordinates or None, face colours or None) of a material."""
    material = visual.material
    image = getattr(material, "baseColorTexture", None) or getattr(material, "image", None)
    factor = getattr(material, "baseColorFactor", None)
    if factor is None and hasattr(material, "diffuse"):
        factor = material.diffuse
    uv = visual.uv
    if image is not None and uv is not None and len(uv):
        texture = as_float32(image.convert("RGB"))
        # In MTL a map replaces the colour; many exporters leave that black. glTF multiplies.
        multiplies = getattr(material, "baseColorTexture", None) is not None and factor is not None
        tint = _srgb(np.asarray(factor))[None] if multiplies else np.ones((1, 3), np.float32)
        corners = np.asarray(uv, np.float32)[:, :2][faces]
        return texture, np.nan_to_num(corners), np.tile(tint, (len(faces), 1))
    if factor is not None:
        return None, None, np.tile(_srgb(np.asarray(factor)), (len(faces), 1))
    return None, None, None


def _srgb(colors):
    """Colours as float32 RGB in [0, 1]; integers are of 255, whatever their values."""
    colors = np.asarray(colors)
    scale = 255.0 if np.issubdtype(colors.dtype, np.integer) else 1.0
    return np.clip(colors[..., :3].astype(np.float32) / scale, 0, 1)


def _joined(parts):
    """One Mesh of several, each with its own colours and texture."""
    textures, first_vertex = [], 0
    faces, coordinates, texture_of_face = [], [], []
    for part in parts:
        faces.append(part.faces + first_vertex)
        first_vertex += len(part.vertices)
        count = len(part.faces)
        if part.textures:
            coordinates.append(part.texture_coordinates)
            texture_of_face.append(np.full(count, len(textures), np.int32))
            textures += part.textures
        else:
            coordinates.append(np.zeros((count, 3, 2), np.float32))
            texture_of_face.append(np.full(count, -1, np.int32))
    return Mesh(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate(faces),
        np.concatenate([part.colors for part in parts]).astype(np.float32),
        np.concatenate(coordinates),
        np.concatenate(texture_of_face),
        tuple(textures),
    )


def _cleaned(mesh):
    """Without faces that have no area or no place, and vertices that no face uses."""
    faces = mesh.faces
    good = ((faces >= 0) & (faces < len(mesh.vertices))).all(axis=1)
    finite = np.isfinite(mesh.vertices).all(axis=1)
    good[good] &= finite[faces[good]].all(axis=1)
    a, b, c = (mesh.vertices[faces[good, k]] for k in range(3))
    good[good] &= np.linalg.norm(np.cross(b - a, c - a), axis=1) > 0
    if not good.any():
        raise InputError("none of its faces has an area")
    used, renumbered = np.unique(faces[good], return_inverse=True)
    return Mesh(
        mesh.vertices[used],
        renumbered.reshape(-1, 3).astype(np.int32),
        mesh.colors[good],
        mesh.texture_coordinates[good],
        mesh.texture_of_face[good],
        mesh.textures,
    )
