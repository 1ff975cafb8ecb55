"""PLY: text and binary, colours, textures, polygons, and files that are cut."""

import struct

import pytest

from tests.rendering.meshes.tiny_files import (
    BLUE,
    CORNERS,
    GREEN,
    PLAIN,
    POINTS,
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


@pytest.mark.parametrize(
    "comment", ["texturefile panel.png", "TextureFile  panel.png ", 'texture_file: "panel.png"']
)
@pytest.mark.parametrize("names", ["s t", "u v", "texture_u texture_v", "texture_s texture_t"])
def test_names_of_textures_and_coordinates_in_plys(tmp_path, comment, names):
    picture(tmp_path / "panel.png")
    rows = [f"{point} {u} {v}" for point, (u, v) in zip(POINTS, UV, strict=True)]
    by_vertex = "\n".join(f"property float {name}" for name in names.split())
    (tmp_path / "a.ply").write_text(
        ply(rows, ["4 0 1 2 3"], by_vertex, comments=[f"comment {comment}"])
    )
    assert_quarters(tmp_path / "a.ply")


def test_comments_anywhere_in_a_header(tmp_path):
    text = ply([f"{each} 0 0 255" for each in POINTS], ["4 0 1 2 3"])
    channels = "\n".join(f"property uchar diffuse_{name}" for name in ("red", "green", "blue"))
    text = text.replace("property float z", f"property float z\n{channels}")
    head, _, body = text.partition("end_header\n")
    lines = head.split("\n")
    head = "\ncomment of the end_header\nobj_info 3\ncomment\n".join(lines[:-1])
    for data in (text.encode(), f"{head}\nend_header\n{body}".encode(), text.encode("utf-16")):
        (tmp_path / "a.ply").write_bytes(data)
        assert_quarters(tmp_path / "a.ply", [BLUE] * 4)


def test_ply_faces_some_of_which_have_coordinates(tmp_path):
    picture(tmp_path / "panel.png")
    by_corner = "list uchar int vertex_indices\nproperty list uchar float texcoord"
    faces = ["3 0 1 2 6 0 0 1 0 1 1", "3 0 2 3 0"]
    text = ply(POINTS, faces, "", by_corner, ["comment TextureFile panel.png"])
    (tmp_path / "a.ply").write_text(text)
    mesh = load(tmp_path / "a.ply")
    assert [remark.kind for remark in mesh.remarks] == ["coordinates"]
    assert seen(mesh)[3] == YELLOW
    assert_alike(seen(mesh)[:1], [PLAIN])


def test_plys_of_strips_and_of_points(tmp_path):
    path = tmp_path / "a.ply"
    strip = ply(POINTS, ["5 0 1 3 2 -1"], "", "list int int vertex_indices")
    path.write_text(strip.replace("element face", "element tristrips"))
    assert len(load(path).faces) == 2
    path.write_text(ply(POINTS, []))
    with pytest.raises(InputError, match="no faces, only 4 vertices"):
        load(path)
