"""OBJ: polygons with materials of MTL files."""

import re

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.meshes import textures
from tfgen.rendering.meshes.mtl import Material, read_mtl
from tfgen.rendering.meshes.parts import Parts
from tfgen.rendering.meshes.polygons import triangulate
from tfgen.rendering.meshes.text import decoded, numbers, table
from tfgen.rendering.shading import to_linear

_CONTINUED = re.compile(r"\\[ \t]*\n")
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
# What most lines begin with, and elements that are no faces.
_USUAL = {"v", "vt", "vn", "f"}
_NOT_DRAWN = {"l", "p", "curv", "curv2", "surf"}
_NO_INDEX = re.compile(r"/(?=/|\s|$)")


def read_obj(data, beside):
    """The Mesh of an OBJ file.

    Args:
      data: its bytes.
      beside: `sources.Beside`, for libraries and pictures.

    Raises:
      InputError: it has no faces, or they name vertices that there are not.
    """
    statements = _Statements(data)
    if not statements.faces:
        raise InputError("it has no faces")
    parts = Parts(beside)
    vertices = table(statements.vertices, 3)
    coordinates = table(statements.coordinates, 1)
    corners, of_coordinates, sizes = _corners(statements, len(vertices))
    triangles, owner = triangulate(vertices[:, :3], corners, sizes)
    faces, places = corners[triangles], of_coordinates[triangles]
    parts.remark_on_lines(sizes)
    if statements.not_drawn:
        parts.remark("data", f"{statements.not_drawn} lines, points or curves")
    colors = _vertex_colors(vertices)
    mapped = ((places >= 0) & (places < len(coordinates))).all(axis=1)
    if (places >= len(coordinates)).any():
        parts.remark("coordinates", "some of its faces name coordinates that there are not")
    uv = np.zeros((len(faces), 3, 2))
    if mapped.any():
        uv[mapped, :, : coordinates.shape[1]] = coordinates[places[mapped]][..., :2]
    materials = _materials(statements.libraries, parts)
    user = np.searchsorted(statements.material_starts, owner, side="right") - 1
    for number, name in enumerate(statements.materials):
        here = np.flatnonzero(user == number)
        if not len(here):
            continue
        material = _material(name, materials, parts)
        own = None if colors is None else colors[faces[here]]
        part = faces[here], own, mapped[here], uv[here]
        _add(parts, vertices[:, :3], part, material)
    return parts.mesh()


class _Statements:
    """The statements of a file, sorted.

    Attributes:
      vertices, coordinates, faces: list of str, what stands behind `v`, `vt` and `f`.
      before: number of a face -> (vertices, coordinates) read before it, for those that count back.
      materials, material_starts: names of the materials, and the face from which each is used.
      libraries: of what stands behind `mtllib`.
      not_drawn: number of elements that are no faces.
    """

    def __init__(self, data):
        text = decoded(data)
        if "\\" in text and _CONTINUED.search(text):
            # Comments go first: one that ends in a backslash is not continued.
            text = _CONTINUED.sub(" ", _COMMENT.sub("", text))
        if "\t" in text:
            text = text.replace("\t", " ")
        self.vertices, self.coordinates, self.faces = [], [], []
        self.before, self.libraries, self.not_drawn = {}, [], 0
        self.materials, self.material_starts = [None], [0]
        for line in text.split("\n"):
            word, _, rest = line.partition(" ")
            if word not in _USUAL:
                word, _, rest = line.strip().partition(" ")
                word = word.lower()
            if word == "v":
                self.vertices.append(rest)
            elif word == "vt":
                self.coordinates.append(rest)
            elif word == "f":
                if "#" in rest:
                    rest = rest.partition("#")[0]
                if "-" in rest:
                    before = len(self.vertices), len(self.coordinates)
                    self.before[len(self.faces)] = before
                self.faces.append(rest)
            elif word == "usemtl":
                self.materials.append(rest.strip())
                self.material_starts.append(len(self.faces))
            elif word == "mtllib" and rest.strip():
                self.libraries.append(rest.strip())
            elif word in _NOT_DRAWN:
                self.not_drawn += 1


def _corners(statements, vertices):
    """(vertices, texture coordinates or -1: int of all corners; corners of each face)."""
    sizes = np.array([len(face.split()) for face in statements.faces])
    joined = "\n".join(statements.faces)
    if "/" in joined:
        joined = _NO_INDEX.sub("/0", joined)
    words = joined.split()
    slashes = {word.count("/") for word in words}
    if len(slashes) > 1:
        words = [word + "/0" * (2 - word.count("/")) for word in words]
        slashes = {2}
    width = (slashes or {0}).pop() + 1
    indices = numbers(" ".join(words).replace("/", " "), np.int64)
    if width > 3 or len(indices) != len(words) * width:
        raise InputError("its faces are not written as vertex/texture/normal")
    indices = indices.reshape(-1, width)
    corner = indices[:, 0].copy()
    of_coordinates = indices[:, 1].copy() if width > 1 else np.zeros_like(corner)
    starts = np.cumsum(sizes) - sizes
    for face, (of_vertices, of_texture) in statements.before.items():
        its = slice(starts[face], starts[face] + sizes[face])
        corner[its] += np.where(corner[its] < 0, of_vertices + 1, 0)
        of_coordinates[its] += np.where(of_coordinates[its] < 0, of_texture + 1, 0)
        if (corner[its] <= 0).any():
            raise InputError("a face counts back beyond the first vertex")
    if (corner == 0).any():
        raise InputError("a face has the vertex index 0, and OBJ counts from 1")
    if corner.max(initial=0) > vertices:
        raise InputError(f"a face has the vertex index {corner.max()}, and there are {vertices}")
    return corner - 1, of_coordinates - 1, sizes


def _vertex_colors(vertices):
    """SRGB and opacity of vertices [n, 4], from six numbers behind `v`; None without."""
    if vertices.shape[1] < 6:
        return None
    colors = vertices[:, 3:6]
    if np.nanmax(colors, initial=0) > 1:
        colors = colors / 255
    return np.hstack([colors, np.ones((len(colors), 1))])


def _materials(libraries, parts):
    """The materials of all libraries by name; a library's name may hold blanks, or be several."""
    materials = {}
    for line in libraries:
        names = line.split()
        if len(names) > 1 and parts.beside.find(line):
            names = [line]
        for name in names:
            data = parts.find(name, "library")
            for key, material in read_mtl(data or b"").items():
                materials.setdefault(key, material)
    return materials


def _material(name, materials, parts):
    if not name:
        return Material()
    found = materials.get(name)
    if found is None:
        spelt = {_loosely(each): material for each, material in materials.items()}
        found = spelt.get(_loosely(name)) or spelt.get(_loosely(name.partition(" #")[0]))
    if found is None:
        if not any(remark.kind == "library" for remark in parts.remarks):
            parts.remark("material", f'"{name}" is not found')
        return Material()
    for statement in found.unread:
        parts.remark("material", f'"{statement[:60]}" of "{name}" is not read')
    return found


def _loosely(name):
    """A name without regard to capitals and to how many blanks there are."""
    return " ".join(name.casefold().split())


def _add(parts, vertices, part, material):
    """Adds the faces of one material: those with texture coordinates, and those without."""
    faces, own, mapped, uv = part
    texture, its_map = _texture(parts, material)
    if texture < 0:
        mapped = np.zeros(len(faces), bool)
    elif not mapped.all():
        parts.remark("coordinates", "faces that have a texture do not say where")
    if not mapped.all():
        rest = np.flatnonzero(~mapped)
        named = material.color_map is not None
        # Where a map stands for the colour, many exporters leave the colour black.
        color = [np.nan] * 3 if named or material.color is None else material.color
        colors = np.tile([*color, material.opacity], (len(rest), 3, 1))
        if own is not None and not named:
            colors[..., :3] = np.where(
                np.isnan(own[rest, :, :3]), colors[..., :3], own[rest, :, :3]
            )
        emission = (to_linear(material.light), -1, None)
        parts.add(vertices, faces[rest], colors, emission=emission)
    if mapped.any():
        here = np.flatnonzero(mapped)
        # Black would hide the map; many exporters leave it so where a map stands for the colour.
        tint = material.color or (1, 1, 1)
        tint = tint if any(tint) or not material.color_map else (1, 1, 1)
        placed = uv[here] * its_map.scale + its_map.offset
        emission = _emission(parts, material, uv[here])
        parts.add(vertices, faces[here], (*tint, material.opacity), texture, placed, emission)


def _texture(parts, material):
    """(number of the texture, the Map that says how it lies)."""
    color, opacity = material.color_map, material.opacity_map
    its_map = color or opacity

    def make():
        pixels = parts.picture(color.name) if color else None
        if pixels is not None:
            pixels = textures.without_empty_opacity(pixels)
        cut = parts.picture(opacity.name) if opacity else None
        if cut is None or (color and pixels is None):
            return pixels
        if pixels is None:
            pixels = np.ones_like(cut)
        return textures.with_opacity(pixels, cut)

    if its_map is None:
        return -1, None
    return parts.texture((color, opacity), make, its_map.wrap), its_map


def _emission(parts, material, uv):
    its_map = material.light_map
    light = to_linear(material.light)
    if its_map is None:
        return light, -1, None
    number = parts.texture(("light", its_map), lambda: parts.picture(its_map.name), its_map.wrap)
    if number < 0:
        return light, -1, None
    light = light if light.any() else np.ones(3, np.float32)
    return light, number, uv * its_map.scale + its_map.offset
