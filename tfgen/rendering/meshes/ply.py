"""PLY: polygons and strips, with colours of vertices or faces, or a texture."""

import re

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.meshes.parts import Parts
from tfgen.rendering.meshes.ply_elements import Lists, read_elements
from tfgen.rendering.meshes.polygons import triangulate

_FACES = ("vertex_indices", "vertex_index")
_COORDINATES = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"), ("texture_s", "texture_t"))
_COLORS = tuple(
    (f"{prefix}red", f"{prefix}green", f"{prefix}blue", f"{prefix}alpha")
    for prefix in ("", "diffuse_", "ambient_")
) + (("r", "g", "b", "a"),)
_TEXTURE = re.compile(r"texture_?file\b[\s:=]*(.+)", re.IGNORECASE)  # of a comment
_SEVERAL = {"vertex": "vertices", "edge": "edges"}


def read_ply(data, beside):
    """The Mesh of a PLY file.

    Args:
      data: its bytes.
      beside: `sources.Beside`, for pictures.

    Raises:
      InputError: it is none, cut, or has no faces.
    """
    elements, comments = read_elements(data)
    if "vertex" not in elements or not {"x", "y", "z"} <= set(elements["vertex"].values):
        raise InputError("it has no vertices")
    vertex = elements["vertex"]
    vertices = np.stack([np.asarray(vertex.values[axis], float) for axis in "xyz"], axis=1)
    face = elements.get("face")
    polygons = _polygons(face)
    if polygons is None:
        strips = elements.get("tristrips")
        if strips is None or not strips.count:
            there = [
                f"{each.count} {_SEVERAL.get(each.name, each.name)}"
                for each in elements.values()
                if each.count
            ]
            raise InputError(f"it has no faces, only {', '.join(there)}")
        faces, owner, triangles, face = _strips(strips), None, None, None
    else:
        corners = polygons.values.astype(np.int64)
        if len(corners) and (corners.min() < 0 or corners.max() >= len(vertices)):
            wrong = corners.max() if corners.max() >= len(vertices) else corners.min()
            raise InputError(
                f"a face has the vertex index {wrong}, and there are {len(vertices)} from 0"
            )
        triangles, owner = triangulate(vertices, corners, polygons.sizes)
        faces = corners[triangles]
    parts = Parts(beside)
    colors = None
    if (own := _colors(vertex)) is not None:
        colors = own[faces]
    elif face is not None and (own := _colors(face)) is not None:
        colors = own[owner]
    if polygons is not None:
        parts.remark_on_lines(polygons.sizes)
    coordinates = _coordinates(vertex, face, faces, triangles, polygons)
    images = [found[1].strip() for found in map(_TEXTURE.match, comments) if found]
    if not images or coordinates is None:
        if images:
            parts.remark("coordinates", f"it names {images[0]} and not where it lies")
        parts.add(vertices, faces, colors)
        return parts.mesh()
    _add_textured(parts, vertices, faces, colors, coordinates, images, _numbers(face, owner))
    return parts.mesh()


def _polygons(face):
    """The Lists of corners of all faces, or None."""
    for name in _FACES:
        if face is not None and face.count and isinstance(face.values.get(name), Lists):
            return face.values[name]
    return None


def _strips(element):
    """Faces of strips, whose ends are marked by -1."""
    (index,) = [each.values for each in element.values.values() if isinstance(each, Lists)][:1]
    index = index.astype(np.int64)
    a, b, c = index[:-2], index[1:-1], index[2:]
    ends = np.flatnonzero(index == -1)
    place = np.arange(len(a))
    first = np.concatenate([[0], ends + 1])
    within = place - first[np.searchsorted(first, place, side="right") - 1]
    odd = within % 2 == 1
    faces = np.stack([a, np.where(odd, c, b), np.where(odd, b, c)], axis=1)
    return faces[(faces >= 0).all(axis=1)]


def _colors(element):
    """[n, 4] sRGB and opacity, or None."""
    for names in _COLORS:
        if not set(names[:3]) <= set(element.values):
            continue
        largest = max(np.max(element.values[name], initial=0) for name in names[:3])
        channels = []
        for name in names:
            if name not in element.values:
                channels.append(np.ones(element.count))
                continue
            kind, values = np.dtype(element.properties[name]), element.values[name]
            most = np.iinfo(kind).max if kind.kind in "iu" else 1.0
            if kind.kind == "f" and largest > 1:  # some write levels as floats
                most = 255.0
            channels.append(np.asarray(values, float) / most)
        if not channels[3].any():  # nobody meant that nothing is seen
            channels[3] = np.ones(element.count)
        return np.stack(channels, axis=1)
    return None


def _coordinates(vertex, face, faces, triangles, polygons):
    """[m, 3, 2] or None: of the corners of faces, nan where they have none; else of vertices."""
    its = None if face is None else face.values.get("texcoord")
    if isinstance(its, Lists) and (whole := its.sizes == 2 * polygons.sizes).any():
        of_corners = np.full((polygons.sizes.sum(), 2), np.nan)
        has = np.repeat(whole, polygons.sizes)
        of_corners[has] = its.values[np.repeat(whole, its.sizes)].reshape(-1, 2)
        return of_corners[triangles]
    for u, v in _COORDINATES:
        if {u, v} <= set(vertex.values):
            return np.stack([vertex.values[u], vertex.values[v]], axis=1)[faces]
    return None


def _numbers(face, owner):
    """Which of several pictures each triangle wears, or None."""
    if face is None or "texnumber" not in face.values:
        return None
    return np.asarray(face.values["texnumber"]).astype(int)[owner]


def _add_textured(parts, vertices, faces, colors, coordinates, images, which):
    which = np.zeros(len(faces), int) if which is None else which
    nowhere = np.isnan(coordinates).any(axis=(1, 2))
    if nowhere.any():
        parts.remark("coordinates", "some of its faces do not say where their texture lies")
        which = np.where(nowhere, -1, which)
    for number in np.unique(which):
        here = np.flatnonzero(which == number)
        texture = -1
        if 0 <= number < len(images):
            name = images[number]
            texture = parts.texture(name, lambda name=name: parts.picture(name))
        own = None if colors is None else colors[here]
        white = np.ones(4)
        parts.add(vertices, faces[here], own if texture < 0 else white, texture, coordinates[here])
