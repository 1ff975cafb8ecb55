"""OFF and its kin: COFF, NOFF, STOFF, with colours of vertices or faces."""

import re

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.meshes.parts import Parts
from tfgen.rendering.meshes.polygons import triangulate
from tfgen.rendering.meshes.text import decoded, numbers, table

_HEAD = re.compile(r"(ST)?(C)?(N)?(4)?(N)?OFF", re.IGNORECASE)


def read_off(data, beside):
    """The Mesh of an OFF file.

    Args:
      data: its bytes.
      beside: not used: OFF names no other files.

    Raises:
      InputError: it is none, cut, or its faces name vertices that there are not.
    """
    del beside
    text = decoded(data)
    if "#" in text:
        text = re.sub(r"#.*", "", text)
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    head = _HEAD.match(lines[0]) if lines else None
    if head:
        if re.match(r"\s*binary\b", lines[0][head.end() :], re.IGNORECASE):
            raise InputError("it is binary OFF, which is not read: write it anew as text")
        lines[0] = lines[0][head.end() :].strip()
        lines = lines if lines[0] else lines[1:]
    if head and head[4]:
        raise InputError("it has four coordinates a vertex, which are not read")
    counts = _counts(lines)
    if len(lines) - 1 < sum(counts):
        raise InputError(f"it is cut: {len(lines) - 1} of {sum(counts)} lines")
    parts = Parts()
    rows = lines[1 : 1 + counts[0]]
    vertices = table(rows, 3)
    polygons, extra = _polygons(lines[1 + counts[0] : 1 + sum(counts)])
    sizes = np.array([len(polygon) for polygon in polygons], int)
    corners = np.concatenate([*polygons, np.zeros(0)]).astype(np.int64)
    if len(corners) and (corners.min() < 0 or corners.max() >= len(vertices)):
        raise InputError(f"a face has a vertex index beyond {len(vertices) - 1}, counted from 0")
    triangles, owner = triangulate(vertices[:, :3], corners, sizes)
    faces = corners[triangles]
    colors = None
    first = 6 if head and head[3] else 3  # colours stand behind normals
    if head and head[2] and vertices.shape[1] >= first + 3:
        words = [row.split()[first : first + 4] for row in rows]
        colors = _colors(words)[faces]
    elif any(extra):
        colors = _colors(extra)[owner]
    parts.remark_on_lines(sizes)
    parts.add(vertices[:, :3], faces, colors)
    return parts.mesh()


def _counts(lines):
    """Numbers of vertices and faces."""
    words = lines[0].split()[:2] if lines else []
    if len(words) < 2 or not all(word.isdecimal() for word in words):
        raise InputError("its header does not say how many vertices and faces it has")
    return int(words[0]), int(words[1])


def _polygons(rows):
    """(corners of each face [size] int, what stands behind them: lists of str)."""
    if all(row.startswith("3") and row.count(" ") == 3 for row in rows):
        values = numbers(" ".join(rows))
        if len(values) == 4 * len(rows):
            return list(values.reshape(-1, 4)[:, 1:]), []
    polygons, extra = [], []
    for row in rows:
        words = row.split()
        size = int(numbers(words[0])[0])
        if size < 0 or len(words) < 1 + size:
            raise InputError(f'the face "{row[:40]}" is not whole')
        polygons.append(numbers(" ".join(words[1 : 1 + size])))
        extra.append(words[1 + size :])
    return polygons, extra


def _colors(words):
    """[n, 4] sRGB and opacity; nan where there are less than three numbers.

    Whole numbers are of 255.
    """
    whole = all(re.fullmatch(r"\d+", word) for row in words for word in row)
    scale = 255.0 if whole else 1.0
    colors = np.full((len(words), 4), np.nan)
    colors[:, 3] = 1
    for color, row in zip(colors, words, strict=True):
        if len(row) >= 3:
            its = numbers(" ".join(row[:4])) / scale
            color[: len(its)] = its
    if not colors[:, 3].any():  # nobody meant that nothing is seen
        colors[:, 3] = 1
    return colors
