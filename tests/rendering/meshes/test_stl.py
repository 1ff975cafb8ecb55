"""STL: text and binary, told apart by what they hold, colours, and files that are cut."""

import struct

import numpy as np
import pytest

from tests.rendering.meshes.tiny_files import (
    BLUE,
    CORNERS,
    PLAIN,
    RED,
    assert_quarters,
    load,
)
from tfgen.errors import InputError


def stl(header=b"", color=0, count=None, behind=b""):
    """A binary STL of the panel's two triangles."""
    faces = [[CORNERS[k] for k in face] for face in ((0, 1, 2), (0, 2, 3))]
    data = header.ljust(80, b"\0") + struct.pack("<I", len(faces) if count is None else count)
    for face in faces:
        data += struct.pack("<12fH", 0, 0, 0, *np.ravel(face), color)
    return data + behind


def test_stls_whose_header_misleads_and_that_go_on_behind_their_end(tmp_path):
    path = tmp_path / "a.stl"
    for data in (
        *(stl(), stl(b"solid facet"), stl(count=0), stl(behind=b"\0" * 20)),
        *(stl(b"solid facet", behind=b"\0 \r\n"), stl(b"solid a\nfacet".ljust(80), behind=b"\0")),
    ):
        path.write_bytes(data)
        assert_quarters(path, [PLAIN] * 4)
        assert not load(path).remarks
    path.write_bytes(stl(behind=b"more to come"))
    assert load(path).remarks[0].text == "12 bytes stand behind its end"
    for data in (
        stl()[:-10],
        stl(b"solid facet")[:-3],
        b"SOLID a\nfacet normal 0 0 0\nouter loop\nvertex 0 0 0\n",
    ):
        path.write_bytes(data)
        with pytest.raises(InputError, match="it is cut"):
            load(path)


def loop(face):
    corners = "".join("vertex {} {} {}\n".format(*CORNERS[k]) for k in face)
    return f"facet normal 0 0 0\nouter loop\n{corners}endloop\nendfacet\n"


FIRST, SECOND = loop((0, 1, 2)), loop((0, 2, 3))
SOLID = f"solid a\n{FIRST}{SECOND}endsolid a\n"


@pytest.mark.parametrize(
    "text",
    [
        SOLID,
        SOLID.replace("solid a", "solid St\u00fchle facet"),
        SOLID.replace("solid a", "solid vertex 1 2 3"),
        SOLID.replace("solid a", "solid facet normal outer loop endsolid"),
        SOLID.replace("solid a", "solid " + "x" * 5000),
        SOLID.replace("endsolid a", "end solid"),
        f"# by hand\n{SOLID}".upper(),
        " ".join(SOLID.split()),
        f"solid a\n{FIRST}endsolid a\n\nsolid\n{SECOND}endsolid",
        f"solid a\n{FIRST}endsolid a\nsolid empty\nendsolid\nsolid b\n{SECOND}endsolid",
        f"{FIRST}{SECOND}endsolid",
        SOLID + "\n" * 10_000,
        SOLID + "\0" * 10_000,
        SOLID.replace("\n", "\r"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16", "utf-16-le", "utf-16-be"])
def test_stls_as_text(tmp_path, text, encoding):
    (tmp_path / "a.stl").write_bytes(text.encode(encoding))
    mesh = load(tmp_path / "a.stl")
    assert len(mesh.faces) == 2
    assert not mesh.remarks


def test_stls_as_text_that_go_on_or_end_too_early(tmp_path):
    path = tmp_path / "a.stl"
    path.write_text(SOLID + "made by me\n" * 1000)
    assert load(path).remarks[0].text == "10999 letters stand behind its end"
    for text, message in (
        (f"solid a\n{FIRST}endsolid\nsolid b\n{SECOND[:-40]}", "it is cut"),
        (f"solid a\n{FIRST}{SECOND}", "it is cut"),
        (SOLID.replace("vertex 1 0 1\nendloop", "endloop"), "1 of its 2 facets are not three"),
        (SOLID.replace("-1 0 1", "-1 0,5 1"), "a comma in place of the point"),
        ("solid a\nendsolid a\n", "it has no faces"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=message):
            load(path)


def test_stl_colours(tmp_path):
    path = tmp_path / "a.stl"
    path.write_bytes(stl(color=1 << 15 | 31 << 10))
    assert_quarters(path, [RED] * 4)
    path.write_bytes(stl(b"COLOR=" + bytes([0, 0, 255, 255]), color=31))
    assert_quarters(path, [RED] * 4)
    path.write_bytes(stl(b"COLOR=" + bytes([0, 0, 255, 255]), color=1 << 15))
    assert_quarters(path, [BLUE] * 4)
    path.write_bytes(stl(b"COLOR=" + bytes([0, 0, 255, 255])))
    assert_quarters(path, [BLUE] * 4)
