"""Folders, archives and single files as people have them: found, named, and nothing lost."""

import json
import os
import socket
import unicodedata
import warnings
import zipfile

import cv2
import numpy as np
import pytest

from tests.rendering.meshes.tiny_files import OBJ, QUARTERS, assert_quarters, panel, picture
from tfgen.errors import InputError
from tfgen.pictures.image_grid import GUTTER, TEXT_HEIGHT
from tfgen.rendering.folder import render_to_folder
from tfgen.rendering.mesh_files import MeshFile, find_meshes, passed_over
from tfgen.rendering.orienting import Request, orient
from tfgen.rendering.sheet import render_sheet
from tfgen.rendering.turntable import Failure, Turntable, render_model

TURNTABLE = Turntable((0.0, 90.0), (0.0,), 24, samples=1)


def names(found):
    return [file.name for file in found]


def packed(path, **files):
    """A ZIP of files by name, given with _ for their dot."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return path


def test_linked_folders_are_followed_once_and_pipes_not_at_all(tmp_path):
    inside, elsewhere = tmp_path / "meshes", tmp_path / "elsewhere"
    (inside / "a").mkdir(parents=True)
    elsewhere.mkdir()
    (inside / "a" / "one.obj").write_text(OBJ)
    (elsewhere / "two.obj").write_text(OBJ)
    (inside / "link").symlink_to(elsewhere)
    (inside / "again").symlink_to(inside / "a")
    (inside / "a" / "loop").symlink_to(inside)
    (inside / "gone.obj").symlink_to(tmp_path / "nothing.obj")
    (inside / "folder.obj").mkdir()
    os.mkfifo(inside / "pipe.obj")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(inside / "s.obj"))
        (inside / "notes.txt").symlink_to(tmp_path / "nothing.txt")
        found = {file.name: file for file in find_meshes(inside)}
    assert set(found) == {"one", "two", "gone.obj", "pipe.obj", "s.obj"}
    assert found["one"].path == str(inside / "a" / "one.obj")
    assert found["gone.obj"].problem == "it cannot be read (a link to what does not exist)"
    assert found["pipe.obj"].problem == "it cannot be read (no regular file)"


def test_what_systems_leave_is_passed_over_and_other_files_are_counted(tmp_path):
    (tmp_path / "one.obj").write_text(OBJ)
    for name in ("._one.obj", ".hidden.obj", ".git/two.obj", "__MACOSX/one.obj", "Thumbs.db"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(OBJ)
    packed(tmp_path / "pack.zip", three_obj=OBJ)
    with zipfile.ZipFile(tmp_path / "pack.zip", "a") as archive:
        for name in ("._three.obj", ".git/five.obj", "__MACOSX/three.obj"):
            archive.writestr(name, OBJ)
    assert names(find_meshes(tmp_path)) == ["one", "three"]
    assert passed_over(tmp_path) == []
    for name in ("a.txt", "b.TXT", "c.pdf", "README", "wood.png", "one.mtl", ".DS_Store"):
        (tmp_path / name).touch()
    assert passed_over(tmp_path) == [
        "passed over, as they are no meshes: 1 .pdf, 2 .txt, 1 without suffix"
    ]


def test_textures_are_found_from_linked_folders_and_files(tmp_path):
    real, linked = tmp_path / "real" / "model", tmp_path / "linked"
    real.mkdir(parents=True)
    linked.mkdir()
    panel(real, "map_Kd ../images/panel.png", name=None)
    picture(tmp_path / "real" / "images" / "panel.png", QUARTERS)
    (linked / "folder").symlink_to(real)
    assert_quarters(linked / "folder" / "panel.obj")
    (linked / "alone.obj").symlink_to(real / "panel.obj")
    assert_quarters(linked / "alone.obj")


def test_names_that_no_folder_takes_are_mended(tmp_path):
    long = "x" * 240
    for name in (
        b"f\xfcr.obj",
        "Stühle.obj".encode(),
        f"{long}.obj".encode(),
        b"a\nb.obj",
    ):
        with open(os.fsencode(tmp_path) + b"/" + name, "w") as file:  # noqa: PTH123
            file.write(OBJ)
    files, _ = orient(find_meshes(tmp_path), Request(up="z"))
    assert {"für", "Stühle", "a_b"} <= set(names(files))
    text = render_to_folder(files, TURNTABLE, tmp_path / "out", processes=1)
    assert "4 models rendered, 0 skipped" in text
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert len(report["rendered"]) == 4
    assert max(map(len, report["rendered"])) < 160


def test_an_archive_is_read_as_it_is(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    panel(folder, "map_Kd ..\\tex\\Panel.png", name=None)
    image = picture(tmp_path / "panel.png", QUARTERS).read_bytes()
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stuff/model/panel.obj", (folder / "panel.obj").read_bytes())
        archive.writestr("stuff/model/panel.mtl", (folder / "panel.mtl").read_bytes())
        archive.writestr("stuff/tex/panel.PNG", image)
        archive.writestr("__MACOSX/._panel.obj", b"\0")
        archive.writestr("stuff/inner.zip", b"")
    inner, file = find_meshes(path)
    assert (file.name, file.category) == ("panel", "model")
    assert "archive within an archive" in inner.problem
    (oriented, _), _ = orient([file, inner], Request(up="z"))
    mesh = oriented.load()
    assert not mesh.remarks
    assert_quarters(mesh)


def without_flag(path):
    """Takes the flag that names are UTF-8 from all members of a ZIP."""
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = data.find(signature)
        while start >= 0:
            data[start + at + 1] &= ~8
            start = data.find(signature, start + 4)
    path.write_bytes(data)


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
@pytest.mark.parametrize("flag", [True, False])
def test_names_with_accents_in_archives_and_folders(tmp_path, flag, forms):
    written, named = (unicodedata.normalize(form, "Größe/Tür é.png") for form in forms)
    folder = tmp_path / "Bücher"
    folder.mkdir()
    panel(folder, f"map_Kd {named}", name=written)
    assert_quarters(folder / "panel.obj")
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        archive.write(folder / "panel.obj", "Bücher/Stühle.obj")
        archive.write(folder / "panel.mtl", "Bücher/panel.mtl")
        archive.write(folder / written, f"Bücher/{written}")
    if not flag:
        without_flag(tmp_path / "pack.zip")
    (file,) = find_meshes(tmp_path / "pack.zip")
    assert (file.name, file.category) == ("Stühle", "Bücher")
    ((oriented,), _) = orient([file], Request(up="z"))
    assert_quarters(oriented.load())


def test_members_outside_of_their_archive_are_refused_by_name(tmp_path):
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        for name in ("good.obj", "/a/../also_good.obj", "../../evil.obj", "..\\run.sh"):
            archive.writestr(name, OBJ)
    files = {file.name: file for file in find_meshes(tmp_path)}
    assert set(files) == {"good", "also_good", "evil", "run"}
    for name, place in (("evil", "../../evil.obj"), ("run", "../run.sh")):
        with pytest.raises(InputError, match=f"its place, {place}, is outside of its archive"):
            files[name].load()


def test_archives_that_cannot_be_read_say_why(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4 and no more")
    packed(tmp_path / "pictures.zip", a_png=b"")
    packed(tmp_path / "bomb.zip", a_obj=bytes(2**26 + 1))
    problems = {file.name: file for file in find_meshes(tmp_path)}
    for name, reason in (
        ("broken.zip", "no ZIP archive"),
        ("pictures.zip", "holds no mesh"),
        ("a", "times when unpacked"),
    ):
        with pytest.raises(InputError, match=reason):
            problems[name].load()


def test_formats_that_are_not_read_are_named_with_the_way_to_convert(tmp_path):
    (tmp_path / "good.obj").write_text(OBJ)
    for name in ("a.fbx", "b.DAE", "c.usdz", "d.3mf", "e.blend", "f.rar"):
        (tmp_path / name).write_bytes(b"something")
    files, _ = orient(find_meshes(tmp_path), Request(up="z"))
    text = render_to_folder(files, TURNTABLE, tmp_path / "out", processes=1)
    assert "1 models rendered, 6 skipped" in text
    assert "left out: 6 of 7 models\n  a.fbx: FBX is not read: open it in Blender" in text
    skipped = json.loads((tmp_path / "out" / "report.json").read_text())["skipped"]
    assert all("is not read: " in reason for reason in skipped.values())
    assert "export it as glTF" in skipped["a.fbx"]


OTHERS = (
    ".fbx .dae .usd .usda .usdc .usdz .3mf .blend .max .ma .mb .c4d .skp .step .stp .iges .igs "
    ".x3d .wrl .3ds .lwo .abc .dxf .dwg .ifc .amf .ply.gz .rar .7z .tar.gz"
)


@pytest.mark.parametrize("suffix", OTHERS.split())
def test_every_format_of_others_is_refused_in_one_sentence(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"something")
    for place in (tmp_path, path):
        (file,) = find_meshes(place)
        with pytest.raises(InputError, match=r"is not read: \w+ .*[\w)]$") as error:
            file.load()
        assert "\n" not in str(error.value)


def test_a_single_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("no mesh")
    with pytest.raises(InputError, match="is no mesh: give one of"):
        find_meshes(tmp_path / "notes.txt")
    (tmp_path / "one.obj").write_text(OBJ)
    assert names(find_meshes(tmp_path / "one.obj")) == ["one"]


@pytest.mark.parametrize("size", [1e-30, 1e30, 1e39, 1e150])
def test_any_size_is_drawn(tmp_path, size):
    corners = [(-size, 0, -size), (size, 0, -size), (size, 0, size), (-size, 0, size)]
    text = "".join("v {:g} {:g} {:g}\n".format(*corner) for corner in corners)
    (tmp_path / "a.obj").write_text(f"{text}f 1 2 3 4\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frames = render_model(MeshFile(str(tmp_path / "a.obj"), "a", "b", "z"), TURNTABLE)
    masks = [cv2.imdecode(np.frombuffer(each, np.uint8), 0) for each in frames.masks]
    assert masks[0].mean() > 60
    assert [remark.text for remark in frames.remarks] == ["nothing in 1 of 2"]


def test_a_model_of_which_nothing_is_seen_fails(tmp_path):
    file = MeshFile(str(panel(tmp_path, "Kd 1 0 0\nd 0", name=None)), "a", "b", "z")
    result = render_model(file, TURNTABLE)
    assert isinstance(result, Failure)
    assert result.reason == "nothing of it is seen"


def test_what_models_lack_is_counted_and_stays_known(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    panel(tmp_path / "a", "map_Kd gone.png")
    panel(tmp_path / "b", "map_Kd panel.png")
    panel(tmp_path / "c", "map_Kd gone.png", library="mtllib lost.mtl")
    files, notes = orient(find_meshes(tmp_path), Request())
    assert "up is z, 3 of 3 asked stand better so" in notes[0]
    out = tmp_path / "out"
    for overwrite in (True, False):
        text = render_to_folder(files, TURNTABLE, out, 1, overwrite, notes)
        lacking = "a_panel.obj (gone.png is not found)"
        assert f"1 of 3 models lacks a texture: {lacking}" in text
        assert "1 of 3 models lacks a material library: c_panel.obj" in text
        assert notes[0] in text
        report = json.loads((out / "report.json").read_text())
        assert report["remarks"]["a_panel.obj"][0] == ["texture", "gone.png is not found"]
        assert report["orientation"] == notes


def test_a_sheet_shows_all_models_and_those_that_cannot_be_read(tmp_path):
    (tmp_path / "good.obj").write_text(OBJ)
    (tmp_path / "bad.stl").write_bytes(b"nothing")
    files, notes = orient(find_meshes(tmp_path), Request())
    text = render_sheet(files, TURNTABLE, tmp_path / "out", 1, notes)
    assert "1 models on" in text
    assert "1 skipped" in text
    assert "left out: 1 of 2 models\n  bad: it is no STL" in text
    page = cv2.imread(str(tmp_path / "out" / "sheet.png"))
    assert page.std() > 5
    assert page[-1, 0].tolist() == [255] * 3
    assert page[TEXT_HEIGHT + 1, 2 * GUTTER].tolist() == [235] * 3
    with pytest.raises(InputError, match="too many for one page"):
        render_sheet(files * 10**6, TURNTABLE, tmp_path / "out")
