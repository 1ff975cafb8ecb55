"""Mesh files with bytes cut, changed and put in: a Mesh that can be drawn, or one clear sentence.

Seeded: what fails once fails again. `FUZZ=20` does so many times as much.
"""

import os
import warnings

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rendering.meshes.test_ply import binary_ply, ply
from tests.rendering.meshes.test_stl import stl
from tests.rendering.meshes.tiny_files import OBJ, POINTS, glb, panel, picture
from tfgen.errors import InputError
from tfgen.rendering.mesh_files import MeshFile
from tfgen.rendering.meshes.polygons import triangulate

_ROUNDS = 150 * int(os.environ.get("FUZZ", "1"))
# What stands in the way of readers of text.
_WORDS = (
    b"nan",
    b"-1",
    b"99999999999999999999",
    b"1e999",
    b"/",
    b"\n",
    b"f ",
    b"0",
    b'"',
    b"{}",
    b"[]",
)
_WORDS += (b"null", b"\\\n", b"\0", b"\xff\xfe", b"#", b"usemtl x\n", b"-s ", b"end_header\n")


def sound_files(folder):
    """Name -> bytes of sound files of every format and kind."""
    box = trimesh.creation.box((1, 2, 3))
    box.visual.vertex_colors = np.tile([255, 0, 0, 255], (8, 1)).astype(np.uint8)
    picture(folder / "panel.png")
    material = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}, "alphaMode": "MASK"}
    document = {"textures": [{"source": 0}], "images": [{"uri": "panel.png"}]}
    colors = np.full((4, 4), 200, np.uint8)
    path = glb(folder / "whole.glb", material, ["COLOR_0"], [colors], **document)
    return {
        "a.obj": panel(folder, "Kd 1 0 0\nmap_Kd -s 2 2 panel.png\nd 0.5").read_bytes(),
        "b.obj": OBJ.replace("usemtl wood\n", "")
        .replace("f 1/1 2/2 3/3 4/4", "f -4/-4 -3 -2/-2/ -1\nf 1 2 3")
        .encode(),
        "panel.mtl": b"newmtl wood\nKd 1 0 0\nmap_Kd -s 2 2 panel.png\nd 0.5\nTr 1\n",
        "panel.png": (folder / "panel.png").read_bytes(),
        "a.glb": path.read_bytes(),
        "b.glb": box.export(file_type="glb"),
        "a.ply": binary_ply("<", [(0, 1, 2, 3), (0, 1, 2)]),
        "b.ply": box.export(file_type="ply", encoding="binary"),
        "c.ply": ply(POINTS, ["4 0 1 2 3"]).encode(),
        "a.stl": stl(),
        "b.stl": trimesh.exchange.stl.export_stl_ascii(box).encode(),
        "a.off": b"COFF\n4 2 0\n"
        + b"".join(b"%s 255 0 0 255\n" % p.encode() for p in POINTS)
        + b"4 0 1 2 3\n3 0 1 2 0.5 0.5 0\n",
    }


def damaged(data, rng):
    """Bytes with one to three things wrong."""
    data = bytearray(data)
    for _ in range(rng.integers(1, 4)):
        at = int(rng.integers(0, len(data) + 1))
        kind = rng.integers(0, 5)
        if kind == 0:
            del data[at:]
        elif kind == 1:
            del data[at : at + int(rng.integers(1, 20))]
        elif kind == 2:
            word = _WORDS[rng.integers(len(_WORDS))]
            data[at : at + int(rng.integers(0, 4))] = word
        elif kind == 3:
            data[at:at] = rng.integers(0, 256, int(rng.integers(1, 9)), np.uint8).tobytes()
        elif at < len(data):
            data[at] ^= 1 << int(rng.integers(8))
    return bytes(data)


def assert_can_be_drawn(mesh):
    assert np.isfinite(mesh.vertices).all()
    assert len(mesh.faces) == len(mesh.colors) == len(mesh.texture_of_face)
    assert mesh.faces.min() >= 0
    assert mesh.faces.max() < len(mesh.vertices)
    assert mesh.texture_of_face.max() < len(mesh.textures)
    assert np.isfinite(mesh.texture_coordinates).all()
    for colors in (mesh.colors, mesh.corner_colors):
        assert colors is None or ((colors >= 0) & (colors <= 1)).all()


@pytest.mark.parametrize(
    "name",
    ["a.obj", "b.obj", "panel.mtl", "panel.png", "a.glb", "b.glb"]
    + ["a.ply", "b.ply", "c.ply", "a.stl", "b.stl", "a.off"],
)
def test_damaged_files_are_drawn_or_refused_in_a_sentence(tmp_path, name):
    files = sound_files(tmp_path)
    for each, data in files.items():
        (tmp_path / each).write_bytes(data)
    read = tmp_path / ("a.obj" if name.startswith("panel") else name)
    sound = MeshFile(str(read), "a", "b", "z").load()
    assert not sound.remarks
    for seed in range(_ROUNDS):
        (tmp_path / name).write_bytes(damaged(files[name], np.random.default_rng(seed)))
        said = ""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                assert_can_be_drawn(MeshFile(str(read), "a", "b", "z").load())
            except InputError as error:
                said = str(error)
        assert "\n" not in said, seed
        assert len(said) < 400, seed


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    radii=st.lists(st.floats(0.1, 1), min_size=3, max_size=12),
    turn=st.tuples(*[st.floats(-3, 3)] * 3),
    clockwise=st.booleans(),
)
def test_triangles_of_a_polygon_cover_it_once(radii, turn, clockwise):
    angles = np.arange(len(radii)) / len(radii) * 2 * np.pi
    flat = np.stack([np.cos(angles), np.sin(angles), 0 * angles], 1) * np.array(radii)[:, None]
    rotation = np.linalg.qr(np.eye(3) + np.cross(np.eye(3), turn))[0]
    points = (flat[::-1] if clockwise else flat) @ rotation
    faces, owner = triangulate(points, np.arange(len(points)), [len(points)])
    a, b, c = (points[faces[:, k]] for k in range(3))
    areas = np.cross(b - a, c - a) / 2
    whole = np.cross(points, np.roll(points, -1, axis=0)).sum(axis=0) / 2
    # All look the way of the polygon: their areas add up as vectors and as numbers.
    np.testing.assert_allclose(areas.sum(axis=0), whole, atol=1e-9)
    assert np.linalg.norm(areas, axis=1).sum() == pytest.approx(np.linalg.norm(whole), abs=1e-9)
    assert (owner == 0).all()
