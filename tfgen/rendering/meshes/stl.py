"""STL: triangles without colours, or with those of VisCAM and Magics; text and binary."""

import re
import struct

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.meshes.parts import Parts
from tfgen.rendering.meshes.text import decoded, numbers

_HEADER, _SIZE = 84, 50
_RECORD = np.dtype([("normal", "<3f4"), ("corners", "<f4", (3, 3)), ("color", "<u2")])
_HEAD = 4096  # bytes at the beginning by which text is told from binary
_FIRST_LINE = re.compile(r"^\s*(solid|facet)\b", re.IGNORECASE | re.MULTILINE)
_LAST_LINE = re.compile(r"\bend ?solid\b.*", re.IGNORECASE)
_FACET = re.compile(r"\bfacet\s+normal\b", re.IGNORECASE)
_VERTEX = r"\s+vertex\s+\S+\s+\S+\s+\S+"
_LOOP = re.compile(rf"\bouter\s+loop({_VERTEX * 3})\s+endloop\b", re.IGNORECASE)
_COLOR = b"COLOR="


def read_stl(data, beside):
    """The Mesh of an STL file.

    Args:
      data: its bytes.
      beside: not used: STL names no other files.

    Raises:
      InputError: it is no STL, or cut.
    """
    del beside
    parts = Parts()
    corners, colors = _text(decoded(data), parts) if _is_text(data) else _binary(data, parts)
    faces = np.arange(corners.size // 3).reshape(-1, 3)
    parts.add(corners.reshape(-1, 3).astype(float), faces, colors)
    return parts.mesh()


def _is_text(data):
    """Binary files may begin with "solid" too, but have zeros early: in their count at least."""
    head = decoded(data[:_HEAD]).rstrip("\0")
    return "\0" not in head and bool(_FIRST_LINE.search(head))


def _count(data):
    return struct.unpack("<I", data[80:_HEADER])[0]


def _text(text, parts):
    """(corners [m, 3, 3], None) of all solids; what they are called does not count."""
    loops, end = [], 0
    for found in _LOOP.finditer(text):
        loops.append(found[1])
        end = found.end()
    ends = [found.end() for found in _LAST_LINE.finditer(text, end)] or [end]
    if ends == [end] or _FACET.search(text, ends[-1]):
        raise InputError("it is cut: its last lines are missing")
    rest = text[ends[-1] :].strip("\0 \t\n")
    if rest:
        parts.remark("data", f"{len(rest)} letters stand behind its end")
    whole = len(re.findall(r"\bendloop\b", text[:end], re.IGNORECASE))
    if whole != len(loops):
        raise InputError(f"{whole - len(loops)} of its {whole} facets are not three corners")
    words = re.sub("vertex", " ", " ".join(loops), flags=re.IGNORECASE)
    return numbers(words).reshape(-1, 3, 3), None


def _binary(data, parts):
    if len(data) < _HEADER:
        raise InputError(f"it is no STL: it begins with {data[:16]!r}")
    count = _count(data)
    room = (len(data) - _HEADER) // _SIZE
    if not count and room:
        count = room  # some writers leave the count at 0
    if count > room:
        if b"\0" not in data[:_HEADER]:
            raise InputError(f"it is no STL: it begins with {data[:16]!r}")
        raise InputError(f"it is cut: {len(data)} of {_HEADER + _SIZE * count} bytes")
    behind = len(data) - _HEADER - _SIZE * count
    if behind and data[-behind:].strip(b"\0 \r\n"):
        parts.remark("data", f"{behind} bytes stand behind its end")
    records = np.frombuffer(data, _RECORD, count, _HEADER)
    return records["corners"], _colors(data, records["color"].astype(int))


def _colors(data, levels):
    """[m, 4] sRGB and opacity of binary facets, nan without a colour; None if none has one."""
    at = data[:80].find(_COLOR)
    magics = 0 <= at <= 80 - len(_COLOR) - 4
    has = levels >> 15 == (0 if magics else 1)
    if magics and not levels.any():  # by a writer that knows of no colours of facets
        has[:] = False
    channels = [levels >> 10 & 31, levels >> 5 & 31, levels & 31]
    colors = np.stack(channels[::-1] if magics else channels, axis=1) / 31
    whole = np.frombuffer(data, np.uint8, 4, at + len(_COLOR)) / 255 if magics else None
    if not has.any() and whole is None:
        return None
    otherwise = whole[:3] if magics else np.full(3, np.nan)
    return np.hstack([np.where(has[:, None], colors, otherwise), np.ones((len(levels), 1))])
