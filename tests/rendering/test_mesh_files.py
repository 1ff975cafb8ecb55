"""Real files in every format, written by the tests, and files that are broken."""

import json
import struct

import cv2
import numpy as np
import pytest
import trimesh

from tfgen.errors import InputError
from tfgen.rendering.mesh_files import MeshFile, find_meshes
from tfgen.rendering.renderer import Renderer


def box():
    return trimesh.creation.box((1.0, 2.0, 3.0))


def load(path, up="z", **kwargs):
    return MeshFile(str(path), path.stem, "things", up, **kwargs).load()


@pytest.mark.parametrize("suffix", ["obj", "ply", "stl", "off"])
def test_a_plain_mesh_keeps_its_size_and_axes(tmp_path, suffix):
    path = tmp_path / f"box.{suffix}"
    box().export(path)
    mesh = load(path)
    np.testing.assert_allclose(np.ptp(mesh.vertices, axis=0), [1, 2, 3], atol=1e-5)
    assert len(mesh.faces) == 12
    assert Renderer(mesh).render(30, 20, 32)[1].max() == 255


def test_glb_is_y_up_with_its_front_at_plus_z(tmp_path):
    path = tmp_path / "box.glb"
    box().export(path)
    mesh = load(path, "auto")
    np.testing.assert_allclose(np.ptp(mesh.vertices, axis=0), [1, 3, 2], atol=1e-5)
    # A marker at +z, glTF's front, must come to -y, our front.
    marker = trimesh.creation.box((0.1, 0.1, 0.1))
    marker.apply_translation((0, 0, 5))
    scene = trimesh.Scene([box(), marker])
    scene.export(tmp_path / "front.glb")
    mesh = load(tmp_path / "front.glb", "auto")
    assert mesh.vertices[:, 1].min() == pytest.approx(-5.05)


def test_ascii_and_binary_files_are_the_same(tmp_path):
    (tmp_path / "a.ply").write_bytes(trimesh.exchange.ply.export_ply(box(), encoding="ascii"))
    (tmp_path / "b.ply").write_bytes(trimesh.exchange.ply.export_ply(box(), encoding="binary"))
    (tmp_path / "a.stl").write_text(trimesh.exchange.stl.export_stl_ascii(box()))
    (tmp_path / "b.stl").write_bytes(trimesh.exchange.stl.export_stl(box()))
    for suffix in ("ply", "stl"):
        a, b = load(tmp_path / f"a.{suffix}"), load(tmp_path / f"b.{suffix}")
        np.testing.assert_allclose(a.vertices[a.faces], b.vertices[b.faces], atol=1e-5)


def write_textured_obj(folder):
    """A quad facing -y whose texture is red on its left half and green on its right."""
    texture = np.zeros((8, 8, 3), np.uint8)
    texture[:, :4], texture[:, 4:] = (0, 0, 255), (0, 255, 0)  # BGR
    cv2.imwrite(str(folder / "wood.png"), texture)
    (folder / "quad.mtl").write_text("newmtl wood\nKd 0 0 0\nmap_Kd wood.png\n")
    (folder / "quad.obj").write_text(
        "mtllib quad.mtl\nv -1 0 -1\nv 1 0 -1\nv 1 0 1\nv -1 0 1\n"
        "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nusemtl wood\nf 1/1 2/2 3/3\nf 1/1 3/3 4/4\n"
    )
    return folder / "quad.obj"


def assert_red_left_green_right(mesh, azimuth=0):
    rgb, _ = Renderer(mesh).render(azimuth, 0, 64)
    assert rgb[32, 20].argmax() == 0
    assert rgb[32, 44].argmax() == 1


def test_an_obj_shows_the_texture_of_its_mtl(tmp_path):
    # The MTL's colour is black, as many exporters leave it: the map replaces it.
    assert_red_left_green_right(load(write_textured_obj(tmp_path)))


def test_a_glb_shows_its_texture(tmp_path):
    scene = trimesh.load(write_textured_obj(tmp_path), force="scene")
    (geometry,) = scene.geometry.values()
    geometry.visual.material = trimesh.visual.material.PBRMaterial(
        baseColorTexture=geometry.visual.material.image
    )
    scene.export(tmp_path / "quad.glb")
    assert_red_left_green_right(load(tmp_path / "quad.glb", up="z"))


def test_materials_without_texture_colour_their_faces(tmp_path):
    (tmp_path / "two.mtl").write_text("newmtl red\nKd 1 0 0\nnewmtl blue\nKd 0 0 1\n")
    (tmp_path / "two.obj").write_text(
        "mtllib two.mtl\nv -1 0 -1\nv 0 0 -1\nv 0 0 1\nv -1 0 1\nv 1 0 -1\nv 1 0 1\n"
        "usemtl red\nf 1 2 3\nf 1 3 4\nusemtl blue\nf 2 5 6\nf 2 6 3\n"
    )
    rgb, _ = Renderer(load(tmp_path / "two.obj")).render(0, 0, 64)
    assert rgb[32, 20].argmax() == 0
    assert rgb[32, 44].argmax() == 2


def test_a_missing_mtl_is_tolerated(tmp_path):
    path = write_textured_obj(tmp_path)
    (tmp_path / "quad.mtl").unlink()
    assert len(load(path).faces) == 2


def test_vertex_colours_are_taken(tmp_path):
    mesh = box()
    mesh.visual.vertex_colors = np.tile([255, 0, 0, 255], (8, 1)).astype(np.uint8)
    mesh.export(tmp_path / "red.ply")
    colors = load(tmp_path / "red.ply").colors
    np.testing.assert_allclose(colors, np.tile([1, 0, 0], (12, 1)), atol=1e-3)


def test_integer_colours_are_of_255_however_small(tmp_path):
    mesh = box()
    mesh.visual.face_colors = np.tile([1, 1, 1, 255], (12, 1)).astype(np.uint8)
    mesh.export(tmp_path / "black.ply")
    assert load(tmp_path / "black.ply").colors.max() < 0.01


def test_parts_of_a_scene_stand_where_their_nodes_put_them(tmp_path):
    scene = trimesh.Scene()
    unit = trimesh.creation.box((1, 1, 1))
    scene.add_geometry(unit, node_name="a")
    scene.add_geometry(
        unit, node_name="b", transform=trimesh.transformations.translation_matrix((5, 0, 0))
    )
    scene.export(tmp_path / "two.glb")
    mesh = load(tmp_path / "two.glb")
    assert len(mesh.faces) == 24
    assert np.ptp(mesh.vertices[:, 0]) == pytest.approx(6)


def test_yaw_turns_counter_clockwise(tmp_path):
    (tmp_path / "flag.obj").write_text("v 0 0 0\nv 1 0 0\nv 1 0 1\nf 1 2 3\n")
    turned = load(tmp_path / "flag.obj", yaw=90.0)
    np.testing.assert_allclose(turned.vertices.max(axis=0), [0, 1, 1], atol=1e-9)


def test_up_can_be_told(tmp_path):
    box().export(tmp_path / "box.obj")
    mesh = load(tmp_path / "box.obj", up="y")
    np.testing.assert_allclose(np.ptp(mesh.vertices, axis=0), [1, 3, 2], atol=1e-5)


def test_vertices_that_no_face_uses_do_not_count(tmp_path):
    (tmp_path / "far.obj").write_text("v 0 0 0\nv 1 0 0\nv 1 0 1\nv 1000 0 0\nf 1 2 3\n")
    assert load(tmp_path / "far.obj").vertices.max() == 1


def broken(folder):
    """Name -> a file that cannot be used."""
    files = {
        "empty.obj": b"",
        "garbage.glb": bytes(range(256)) * 4,
        "text.stl": b"this is no mesh at all",
        "points.obj": b"v 0 0 0\nv 1 1 1\n",
        "flat.obj": b"v 0 0 0\nv 0 0 0\nv 0 0 0\nf 1 2 3\n",
        "nan.obj": b"v nan 0 0\nv 1 nan 0\nv 1 1 nan\nf 1 2 3\n",
        "truncated.ply": trimesh.exchange.ply.export_ply(box(), encoding="binary")[:-40],
        "index.off": b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 9\n",
    }
    header = json.dumps({"asset": {"version": "2.0"}}).encode()
    files["bare.glb"] = (
        struct.pack("<4sII", b"glTF", 2, 20 + len(header))
        + struct.pack("<I4s", len(header), b"JSON")
        + header
    )
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return list(files)


def test_broken_files_are_refused_by_name_in_one_sentence(tmp_path):
    for name in broken(tmp_path):
        with pytest.raises(InputError) as caught:
            load(tmp_path / name)
        assert name in str(caught.value), name
        assert "\n" not in str(caught.value), name


def test_meshes_are_found_below_a_folder_and_named(tmp_path):
    (tmp_path / "a").mkdir()
    box().export(tmp_path / "chair.obj")
    box().export(tmp_path / "a" / "desk.PLY", file_type="ply")
    (tmp_path / "notes.txt").write_text("no mesh")
    found = find_meshes(tmp_path)
    assert [(file.name, file.category) for file in found] == [
        ("desk", "a"),
        ("chair", tmp_path.name),
    ]


def test_shapenets_layout_gives_model_and_synset(tmp_path):
    folder = tmp_path / "02958343" / "abc" / "models"
    folder.mkdir(parents=True)
    (folder / "model_normalized.obj").write_text("v 0 0 0\nv 0 0 -1\nv 0 1 0\nf 1 2 3\n")
    (file,) = find_meshes(tmp_path)
    assert (file.name, file.category) == ("abc", "02958343")
    # ShapeNet's front, -z, comes to -y; its up, y, to z.
    vertices = file.load().vertices
    np.testing.assert_allclose(vertices.min(axis=0), [0, -1, 0], atol=1e-9)
    np.testing.assert_allclose(vertices.max(axis=0), [0, 0, 1], atol=1e-9)


def test_repeated_names_are_told_apart_by_their_paths(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        box().export(tmp_path / name / "chair.obj")
    assert [file.name for file in find_meshes(tmp_path)] == ["a_chair.obj", "b_chair.obj"]


def test_a_folder_without_meshes_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no mesh"):
        find_meshes(tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        find_meshes(tmp_path / "none")
