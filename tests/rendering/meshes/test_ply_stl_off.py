"""PLY, STL and OFF: text and binary, colours, polygons, and files that are cut."""

import struct

import numpy as np
import pytest

from tests.rendering.meshes.tiny_files import (
    BLUE,
    CORNERS,
    GREEN,
    PLAIN,
    RED,
    UV,
    YELLOW,
    assert_alike,
    assert_quarters,
    load,
    picture,
    seen,
)
from tfgen.errors import InputError


def ply(vertices, faces, of_vertex="", of_face="list uchar int vertex_indices", comments=()):
    """A PLY as text; vertices and faces are lines."""
    properties = ["property float x", "property float y", "property float z", of_vertex]
    header = ["ply", "format ascii 1.0", *comments, f"element vertex {len(vertices)}"]
    header += [*filter(None, properties), f"element face {len(faces)}", f"property {of_face}"]
    return "\n".join([*header, "end_header", *vertices, *faces, ""])


POINTS = ["{} {} {}".format(*corner) for corner in CORNERS]


def binary_ply(order, polygons):
    """A binary PLY of the panel's corners and polygons of any size."""
    kind = {"<": "little", ">": "big"}[order]
    header = (
        f"ply\nformat binary_{kind}_endian 1.0\nelement vertex 4\nproperty double x\n"
        f"property double y\nproperty double z\nelement face {len(polygons)}\n"
        "property list uchar int vertex_index\nend_header\n"
    )
    data = header.encode() + b"".join(struct.pack(f"{order}3d", *corner) for corner in CORNERS)
    return data + b"".join(struct.pack(f"{order}B{len(p)}i", len(p), *p) for p in polygons)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(
    "polygons", [[(0, 1, 2, 3)], [(0, 1, 2), (0, 2, 3)], [(0, 1, 2, 3), (0, 1, 2)]]
)
def test_binary_plys_of_polygons_alike_or_not(tmp_path, order, polygons):
    (tmp_path / "a.ply").write_bytes(binary_ply(order, polygons))
    mesh = load(tmp_path / "a.ply")
    assert len(mesh.faces) == sum(len(polygon) - 2 for polygon in polygons)
    assert_quarters(mesh, [PLAIN] * 4)
    (tmp_path / "a.ply").write_bytes(binary_ply(order, polygons)[:-3])
    with pytest.raises(InputError, match="it is cut"):
        load(tmp_path / "a.ply")


def test_ply_colours_of_vertices_and_of_faces(tmp_path):
    path = tmp_path / "a.ply"
    channels = "\n".join(f"property uchar {name}" for name in ("red", "green", "blue"))
    path.write_text(ply([f"{each} 0 0 255" for each in POINTS], ["4 0 1 2 3"], channels))
    assert_quarters(path, [BLUE] * 4)
    path.write_text(
        ply(POINTS, ["4 0 1 2 3 0 255 0"], "", f"list uchar int vertex_indices\n{channels}")
    )
    assert_quarters(path, [GREEN] * 4)


@pytest.mark.parametrize(
    ("kind", "names", "level"),
    [
        ("uchar", ("r", "g", "b"), 255),
        ("ushort", ("red", "green", "blue"), 65535),
        ("float", ("diffuse_red", "diffuse_green", "diffuse_blue"), 1.0),
        ("float", ("red", "green", "blue"), 255.0),
    ],
)
def test_ply_colours_of_any_name_and_type(tmp_path, kind, names, level):
    channels = "\n".join(f"property {kind} {name}" for name in names)
    rows = [f"{each} {level} 0 0" for each in POINTS]
    (tmp_path / "a.ply").write_text(ply(rows, ["4 0 1 2 3"], channels))
    assert_quarters(tmp_path / "a.ply", [RED] * 4)


def test_ply_textures_by_vertex_and_by_corner(tmp_path):
    picture(tmp_path / "my panel.png")
    comments = ["comment TextureFile my panel.png"]
    rows = [f"{point} {u} {v}" for point, (u, v) in zip(POINTS, UV, strict=True)]
    by_vertex = "property float s\nproperty float t"
    (tmp_path / "a.ply").write_text(ply(rows, ["4 0 1 2 3"], by_vertex, comments=comments))
    by_corner = "list uchar int vertex_indices\nproperty list uchar float texcoord"
    face = "4 0 1 2 3 8 " + " ".join(f"{u} {v}" for u, v in UV)
    (tmp_path / "b.ply").write_text(ply(POINTS, [face], "", by_corner, comments))
    for name in ("a.ply", "b.ply"):
        assert_quarters(tmp_path / name)


def test_plys_of_strips_and_of_points(tmp_path):
    path = tmp_path / "a.ply"
    strip = ply(POINTS, ["5 0 1 3 2 -1"], "", "list int int vertex_indices")
    path.write_text(strip.replace("element face", "element tristrips"))
    assert len(load(path).faces) == 2
    path.write_text(ply(POINTS, []))
    with pytest.raises(InputError, match="no faces, only 4 vertices"):
        load(path)


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


@pytest.mark.parametrize(
    ("head", "vertex", "face", "expected"),
    [
        ("OFF\n4 1 0", "{}", "4 0 1 2 3", PLAIN),
        ("OFF4 1 0", "{}", "4 0 1 2 3", PLAIN),
        ("4 1 0", "{}", "4 0 1 2 3 # a comment", PLAIN),
        ("OFF\n4 1", "{}", "4 0 1 2 3 255 0 0", RED),
        ("OFF\n4 1 0", "{}", "4 0 1 2 3 0.0 1.0 0.0 1.0", GREEN),
        ("COFF\n4 1 0", "{} 0 0 255 255", "4 0 1 2 3", BLUE),
        ("COFF\n4 1 0", "{} 1.0 1.0 0.0 1.0", "4 0 1 2 3", YELLOW),
        ("NOFF\n4 1 0", "{} 0 -1 0", "4 0 1 2 3", PLAIN),
        ("CNOFF\n4 1 0", "{} 0 -1 0 0 0 255 255", "4 0 1 2 3", BLUE),
        ("STOFF\n4 1 0", "{} 0 0", "4 0 1 2 3", PLAIN),
        ("STCOFF\n4 1 0", "{} 0 255 0 0.5 0.5", "4 0 1 2 3", GREEN),
        ("OFF\n4 1 0", "{} 0 0 255", "4 0 1 2 3", BLUE),
        ("OFF\n4 1 0", "{} 0 -1 0", "4 0 1 2 3", PLAIN),
        ("OFF 4 1 0", "{}", "4 0 1 2 3 255 0 0 255", RED),
        ("OFF # by hand\n4\n1\n0", "{}", "4 0 1 2 3 0 1 0", GREEN),
        ("OFF\n4 1 0", "{}", "4 0 1 2 3 0.0 0.0 255.0", BLUE),
        ("OFF\n4 1 0", "{}", "4 0 1 2 3 7", PLAIN),
    ],
)
def test_heads_and_colours_of_off(tmp_path, head, vertex, face, expected):
    rows = [vertex.format(point) for point in POINTS]
    (tmp_path / "a.off").write_text("\n".join([head, "# corners", *rows, "", face, ""]))
    assert_quarters(tmp_path / "a.off", [expected] * 4)


@pytest.mark.parametrize("head", ["OFF", "COFF", "NOFF", "CNOFF"])
@pytest.mark.parametrize(
    "form", ["a word a line", "all on one line", "faces in two lines", "pairs"]
)
def test_lines_of_off_break_anywhere(tmp_path, head, form):
    behind = " 0 -1 0" * ("N" in head) + " 0 0 255 255" * ("C" in head)
    points = [f"{point}{behind}" for point in POINTS]
    words = f"4 2 0 {' '.join(points)} 3 0 1 2 3 0 2 3".split()
    text = {
        "a word a line": "\n".join([head, *words]),
        "all on one line": " ".join([head, *words]),
        "faces in two lines": "\n".join([head, "4 2 0", *points, "3 0", "1 2 # one", "3", "0 2 3"]),
        "pairs": "\n".join(
            [head, "4 2 0", " ".join(points[:2]), " ".join(points[2:]), "3 0 1 2", "", "3 0 2 3"]
        ),
    }[form]
    (tmp_path / "a.off").write_text(text)
    assert_quarters(tmp_path / "a.off", [BLUE if "C" in head else PLAIN] * 4)


def test_offs_that_are_cut_or_concave(tmp_path):
    path = tmp_path / "a.off"
    arrow = ["0 0 -1", "1 0 1", "0 0 0", "-1 0 1"]
    path.write_text("\n".join(["OFF", "4 1 0", *arrow, "4 0 1 2 3"]))
    mesh = load(path)
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    assert np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2 == pytest.approx(1)
    path.write_text("\n".join(["OFF", "4 1 0", *arrow]))
    with pytest.raises(InputError, match="it is cut: 4 of 5 lines"):
        load(path)
    path.write_text("OFF\n")
    with pytest.raises(InputError, match="header does not say"):
        load(path)


def test_two_sides_of_different_triangles_show_each_its_own(tmp_path):
    faces = ["4 0 1 2 3 255 0 0", "3 1 0 3 0 0 255", "3 1 3 2 0 0 255"]
    (tmp_path / "a.off").write_text("\n".join(["OFF", "4 3 0", *POINTS, *faces]))
    mesh = load(tmp_path / "a.off")
    assert_alike(seen(mesh), [RED] * 4)
    assert_alike(seen(mesh, 180), [BLUE] * 4)
