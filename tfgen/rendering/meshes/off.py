"""OFF and its kin: COFF, NOFF, STOFF, with colours of vertices or faces."""

import re

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.meshes.parts import Parts
from tfgen.rendering.meshes.polygons import triangulate
from tfgen.rendering.meshes.text import decoded, numbers, table

_HEAD = re.compile(r"(ST)?(C)?(N)?(4)?(N)?OFF\b|(ST)?(C)?(N)?OFF(?=\d)", re.IGNORECASE)
_PLACE, _NORMAL, _COORDINATES = 3, 3, 2  # numbers of a vertex


def read_off(data, beside):
    """The Mesh of an OFF file.

    Args:
      data: its bytes.
      beside: not used: OFF names no other files.

    Raises:
      InputError: it is none, cut, or its faces name vertices that there are not.
    """
    del beside
    lines, head = _lines(decoded(data))
    counts, lines = _counts(lines)
    rows, vertices, corners, sizes, extra = _laid_out(lines, counts, head)
    triangles, owner = triangulate(vertices[:, :_PLACE], corners, sizes)
    faces = corners[triangles]
    parts, colors = Parts(), None
    if any(extra):
        colors = _colors(extra)[owner]
    if (of_vertices := _words_of_colors(rows, vertices, head)) is not None:
        colors = _colors(of_vertices)[faces]
    parts.remark_on_lines(sizes)
    parts.add(vertices[:, :_PLACE], faces, colors)
    return parts.mesh()


def _lines(text):
    """(lines without comments and blank ones, set of letters of the head: "C" of COFF)."""
    if "#" in text:
        text = re.sub(r"#.*", "", text)
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    head = _HEAD.match(lines[0]) if lines else None
    if not head:
        return lines, set()
    rest = lines[0][head.end() :].strip()
    if re.match(r"binary\b", rest, re.IGNORECASE):
        raise InputError("it is binary OFF, which is not read: write it anew as text")
    letters = {each.upper() for each in head.groups() if each}
    if "4" in letters:
        raise InputError("it has four coordinates a vertex, which are not read")
    return [rest, *lines[1:]] if rest else lines[1:], letters


def _counts(lines):
    """((number of vertices, of faces), the lines behind); those of edges may be missing."""
    words, used = [], 0
    wanted = 2 if lines and " " in lines[0] else 3
    while used < len(lines) and len(words) < wanted:
        words += lines[used].split()
        used += 1
    if len(words) < wanted or not all(word.isdecimal() for word in words[:wanted]):
        raise InputError("its header does not say how many vertices and faces it has")
    rest = " ".join(words[3:])
    return (int(words[0]), int(words[1])), [rest, *lines[used:]] if rest else lines[used:]


def _laid_out(lines, counts, head):
    """What `_parted` gives, however lines break.

    A line for each vertex and each face is usual; the format only wants the numbers in their order,
    and colours of a face to end with its line.
    """
    try:
        return _parted(lines, counts)
    except InputError as error:
        first = error
    width = _PLACE + _NORMAL * ("N" in head) + _COORDINATES * ("ST" in head)
    for colors in (4, 3) if "C" in head else (0,):
        for colored in (True, False):
            try:
                return _parted(_relined(lines, counts, width + colors, colored), counts)
            except (InputError, IndexError):
                continue
    raise first


def _parted(rows, counts):
    """Of a row for each vertex and each face.

    Returns:
      (rows of vertices: list of str, their numbers [n, 3 or more], corners of all faces [c] int64,
      how many each has [m] int, what stands behind them: lists of str).
    """
    if len(rows) < sum(counts):
        raise InputError(f"it is cut: {len(rows)} of {sum(counts)} lines")
    vertices = table(rows[: counts[0]], _PLACE)
    polygons, extra = _polygons(rows[counts[0] : sum(counts)])
    sizes = np.array([len(polygon) for polygon in polygons], int)
    corners = np.concatenate([*polygons, np.zeros(0)]).astype(np.int64)
    if len(corners) and not 0 <= corners.min() <= corners.max() < counts[0]:
        raise InputError(f"a face has a vertex index beyond {counts[0] - 1}, counted from 0")
    return rows[: counts[0]], vertices, corners, sizes, extra


def _relined(lines, counts, width, colored):
    """A row for each vertex and face; IndexError where there are not enough numbers."""
    words = [word for line in lines for word in line.split()]
    line_of = [number for number, line in enumerate(lines) for _ in line.split()]
    rows = [" ".join(words[at : at + width]) for at in range(0, counts[0] * width, width)]
    at = counts[0] * width
    for _ in range(counts[1]):
        end = at + 1 + int(numbers(words[at])[0])
        its_line = line_of[end - 1]
        while colored and end < len(words) and line_of[end] == its_line:
            end += 1
        rows.append(" ".join(words[at:end]))
        at = end
    return rows


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


def _words_of_colors(rows, vertices, head):
    """The words of each vertex's colour, or None."""
    first = _PLACE + _NORMAL * ("N" in head)  # colours stand behind normals
    last = vertices.shape[1] - _COORDINATES * ("ST" in head)
    if last - first < len("rgb") or not len(vertices):
        return None
    # Some write colours and do not say so in the head; normals have negative numbers.
    if "C" not in head and (head or last - first > 4 or (vertices[:, first:last] < 0).any()):
        return None
    return [row.split()[first : min(last, first + 4)] for row in rows]


def _colors(words):
    """[n, 4] sRGB and opacity; nan where there are less than three numbers.

    Numbers are of 1 if none is larger, else of 255.
    """
    colors = np.full((len(words), 4), np.nan)
    colors[:, 3] = 1
    scale = 1.0
    for color, row in zip(colors, words, strict=True):
        if len(row) >= 3:
            its = numbers(" ".join(row[:4]))
            color[: len(its)] = its
            scale = 255.0 if its.max() > 1 else scale
    given = np.array([len(row) for row in words])
    colors[given >= 3, :3] /= scale
    colors[given >= 4, 3] /= scale
    if not colors[:, 3].any():  # nobody meant that nothing is seen
        colors[:, 3] = 1
    return colors
