"""OBJ and MTL: what exporters of all kinds write, and what is said of what is not found."""

import numpy as np
import pytest
from PIL import Image

from tests.image_files.bombs import bomb
from tests.rendering.meshes.tiny_files import (
    BLUE,
    CORNERS,
    GREEN,
    OBJ,
    PLAIN,
    QUARTERS,
    RED,
    WHITE,
    YELLOW,
    assert_alike,
    assert_quarters,
    load,
    panel,
    picture,
    seen,
)
from tfgen.errors import InputError


def said(mesh):
    return {(remark.kind, remark.text) for remark in mesh.remarks}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("panel.png", "panel.png"),
        ("./images/panel.png", "images/panel.png"),
        ("..\\\\images\\\\panel.png", "../images/panel.png"),
        ("images\\panel.png", "images/panel.png"),
        ("C:\\Users\\me\\stuff\\panel.png", "panel.png"),
        ("/home/me/models/tex/panel.png", "tex/panel.png"),
        ("panel.png", "Panel.PNG"),
        ("PANEL.png", "textures/panel.png"),
        ('"my panel.png"', "my panel.png"),
        ("my panel #2.png", "my panel #2.png"),
        ("my%20panel.png", "my panel.png"),
        ("-s 1 1 1 -o 0 0 0 panel.png", "panel.png"),
        ("-clamp on -mm 0 1 -bm 0.5 my panel.png", "my panel.png"),
        ("panel.png   # of oak", "panel.png"),
    ],
)
def test_a_texture_is_found_however_its_path_is_written(tmp_path, written, name):
    folder = tmp_path / "model"
    folder.mkdir()
    mesh = load(panel(folder, f"Kd 0 0 0\nmap_Kd {written}", name))
    assert not mesh.remarks
    assert_quarters(mesh)


@pytest.mark.parametrize(
    ("statements", "levels"),
    [("Kd 1 0.5 0", (255, 127, 0)), ("Kd 0 0 0", (255, 255, 255)), ("", (255, 255, 255))],
)
def test_the_colour_multiplies_its_map_unless_it_is_black(tmp_path, statements, levels):
    expected = [tuple(np.multiply(each, levels) // 255) for each in (RED, GREEN, BLUE, YELLOW)]
    assert_quarters(panel(tmp_path, f"{statements}\nmap_Kd panel.png"), expected)


def test_scale_and_offset_of_a_map(tmp_path):
    assert_quarters(panel(tmp_path, "map_Kd -s 0.5 0.5 -o 0.5 panel.png"), [YELLOW] * 4)


def test_what_is_not_found_or_no_picture_is_named(tmp_path):
    mesh = load(panel(tmp_path, "map_Kd gone.png"))
    assert said(mesh) == {("texture", "gone.png is not found")}
    assert_quarters(mesh, [PLAIN] * 4)
    (tmp_path / "page.png").write_text("<html>404</html>")
    mesh = load(panel(tmp_path, "map_Kd page.png"))
    assert said(mesh) == {("texture", "page.png: it is no picture that can be read")}
    mesh = load(panel(tmp_path, "Kd 1 0 0", library="mtllib gone.mtl"))
    assert said(mesh) == {("library", "gone.mtl is not found")}
    (tmp_path / "other.mtl").write_text("newmtl other\nKd 1 0 0\n")
    mesh = load(panel(tmp_path, "", library="mtllib other.mtl"))
    assert said(mesh) == {("material", '"wood" is not found')}


def test_a_texture_of_too_many_pixels_is_not_decoded(tmp_path):
    path = panel(tmp_path, "map_Kd bomb.png")
    (tmp_path / "bomb.png").write_bytes(bomb())
    ((_, text),) = said(load(path))
    assert "30000 x 30000 pixels, more than max_megapixels=100" in text


@pytest.mark.parametrize(
    "use", ["usemtl Wood", "USEMTL wood", "usemtl  wood # of oak", " usemtl wood "]
)
def test_a_material_is_found_however_it_is_named(tmp_path, use):
    path = panel(tmp_path, "Kd 1 0 0", name=None)
    text = path.read_text().replace("usemtl wood", use).replace("mtllib", "MtlLib")
    path.write_text(text.replace("v -1", "V -1").replace("f 1/1", "F 1/1"))
    mesh = load(path)
    assert not mesh.remarks
    assert_quarters(mesh, [RED] * 4)


@pytest.mark.parametrize("statement", ["Kd 0,5 0,5 0,5", "Kd spectral red.rfl", "Kd 1 0", "d full"])
def test_statements_that_are_not_read_are_named(tmp_path, statement):
    (material,) = said(load(panel(tmp_path, statement, name=None)))
    assert material[0] == "material"
    assert f'{statement[2:]}" of "wood" is not read' in material[1]


def test_what_is_no_face_is_counted(tmp_path):
    path = panel(tmp_path, "Kd 1 0 0", name=None)
    path.write_text(f"{path.read_text()}l 1 2 3\np 1\nf 1 2\n")
    assert said(load(path)) == {
        ("data", "2 lines, points or curves"),
        ("faces", "1 of 2 have less than three corners"),
    }


@pytest.mark.parametrize("libraries", ["mtllib a.mtl b.mtl", "mtllib a.mtl\nmtllib b.mtl"])
def test_materials_of_several_libraries(tmp_path, libraries):
    (tmp_path / "a.mtl").write_text("newmtl other\nKd 1 0 0\n")
    (tmp_path / "b.mtl").write_text("newmtl wood\nKd 0 0 1\n")
    (tmp_path / "panel.obj").write_text(f"{OBJ}{libraries}\n")
    assert_quarters(tmp_path / "panel.obj", [BLUE] * 4)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_marks_encodings_and_ends_of_lines(tmp_path, encoding, ends):
    for name, text in (
        ("blåtand.mtl", "newmtl wood\n\tmap_Kd\tpanel.png \n"),
        ("panel.obj", f"mtllib blåtand.mtl\n{OBJ}"),
    ):
        (tmp_path / name).write_bytes(text.replace("\n", ends).encode(encoding))
    picture(tmp_path / "panel.png")
    assert_quarters(tmp_path / "panel.obj")


def test_continued_lines_are_one_and_comments_are_none(tmp_path):
    (tmp_path / "a.obj").write_text("# C:\\models\\\n" + OBJ.replace("3/3", "\\ \n 3/3"))
    assert len(load(tmp_path / "a.obj").faces) == 2


def test_opacity_of_a_picture_of_a_mask_and_of_a_material(tmp_path):
    cut = np.dstack([QUARTERS, np.array([[255, 0], [255, 255]], np.uint8)])
    holed = (RED, WHITE, BLUE, YELLOW)
    assert_quarters(panel(tmp_path, "map_Kd panel.png", pixels=cut), (RED, None, *holed[2:]))
    picture(tmp_path / "mask.png", np.array([[255, 0], [255, 255]], np.uint8))
    path = panel(tmp_path, "map_Kd panel.png\nmap_d mask.png")
    assert_quarters(path, (RED, None, *holed[2:]))
    half = seen(panel(tmp_path, "Kd 1 0 0\nd 0.5"))
    assert all(one[0] == 255 and 90 < one[1] < 160 for one in half)
    nowhere = np.dstack([QUARTERS, np.zeros((2, 2), np.uint8)])  # nobody meant that
    assert_quarters(panel(tmp_path, "map_Kd panel.png", pixels=nowhere))


def test_a_texture_of_16_bits_keeps_its_greys(tmp_path):
    levels = np.array([[0, 65535], [32896, 16448]], np.uint16).repeat(8, 0).repeat(8, 1)
    Image.fromarray(levels).save(tmp_path / "grey.png")
    greys = [(each,) * 3 for each in (0, 255, 128, 64)]
    assert_quarters(panel(tmp_path, "map_Kd grey.png", name=None), greys)


def test_faces_without_coordinates_do_not_take_them_from_others(tmp_path):
    path = panel(tmp_path, "Kd 0 0 0\nmap_Kd panel.png")
    path.write_text(path.read_text().replace("f 1/1 2/2 3/3 4/4", "f 1/1 2/2 3/3\nf 1 3 4"))
    mesh = load(path)
    upper_left, _, _, lower_right = seen(mesh)
    assert_alike([upper_left, lower_right], [PLAIN, YELLOW])
    assert {kind for kind, _ in said(mesh)} == {"coordinates"}


def test_concave_polygons_keep_their_shape(tmp_path):
    arrow = [(0, 0, -1), (1, 0, 1), (0, 0, 0), (-1, 0, 1)]
    for first in range(4):
        turned = arrow[first:] + arrow[:first]
        text = "".join("v {} {} {}\n".format(*corner) for corner in turned)
        (tmp_path / "a.obj").write_text(f"{text}f 1 2 3 4\n")
        mesh = load(tmp_path / "a.obj")
        a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
        assert np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2 == pytest.approx(1)


def test_negative_indices_count_from_where_they_stand(tmp_path):
    up = "".join(f"v {x} {y} {z + 3}\n" for x, y, z in CORNERS)
    path = panel(tmp_path, "map_Kd panel.png")
    path.write_text(path.read_text().replace("f 1/1 2/2 3/3 4/4", "f -4/-4 -3/-3 -2/-2 -1/-1") + up)
    assert load(path).vertices[:, 2].max() == 1
    assert_quarters(path)


@pytest.mark.parametrize(
    ("face", "reason"),
    [
        ("f 0 1 2", "index 0"),
        ("f 1 2 9", "index 9"),
        ("f 1 2 -9", "counts back"),
        ("f 1 2 three", '"three" is no number'),
    ],
)
def test_faces_of_vertices_that_there_are_not_are_refused(tmp_path, face, reason):
    (tmp_path / "a.obj").write_text(f"{OBJ}{face}\n")
    with pytest.raises(InputError, match=reason):
        load(tmp_path / "a.obj")


def test_decimal_commas_are_named(tmp_path):
    (tmp_path / "a.obj").write_text("v 0,5 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(InputError, match=r'"0,5" is no number \(a comma'):
        load(tmp_path / "a.obj")


def test_colours_of_vertices_are_interpolated(tmp_path):
    for scale in (1, 255):
        colors = [(scale, 0, 0), (scale, 0, 0), (0, 0, scale), (0, 0, scale)]
        lines = [(*corner, *color) for corner, color in zip(CORNERS, colors, strict=True)]
        text = "".join(f"v {' '.join(map(str, line))}\n" for line in lines)
        (tmp_path / "a.obj").write_text(f"{text}f 1 2 3 4\n")
        upper, _, lower, _ = seen(tmp_path / "a.obj")
        assert upper[2] > upper[0] > 50
        assert lower[0] > lower[2] > 50


def test_two_sided_faces_show_each_side_its_own(tmp_path):
    (tmp_path / "a.mtl").write_text("newmtl front\nKd 1 0 0\nnewmtl back\nKd 0 0 1\n")
    text = OBJ.replace("usemtl wood\nf 1/1 2/2 3/3 4/4\n", "")
    for faces in ("f 1 2 3 4\nusemtl back\nf 4 3 2 1", "f 1 2 3 4\nusemtl back\nf 1 4 3\nf 1 3 2"):
        (tmp_path / "a.obj").write_text(f"mtllib a.mtl\n{text}usemtl front\n{faces}\n")
        mesh = load(tmp_path / "a.obj")
        assert_alike(seen(mesh), [RED] * 4)
        assert_alike(seen(mesh, 180), [BLUE] * 4)


def test_light_of_a_material_is_added(tmp_path):
    assert_quarters(panel(tmp_path, "Kd 0 0 0\nKe 0 0.5 0", name=None), [(0, 128, 0)] * 4)
