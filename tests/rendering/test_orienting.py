"""Which way is up and front: decided once for a set, told, and overridden by a list."""

import numpy as np
import pytest

from tests.rendering.figures import figures
from tests.rendering.meshes.tiny_files import OBJ
from tfgen.errors import InputError
from tfgen.rendering.mesh_files import find_meshes
from tfgen.rendering.orientation import ROTATIONS, turned
from tfgen.rendering.orienting import orient, request
from tfgen.rendering.plausibility import vote
from tfgen.shapes.classes import ParametricModel

Y_UP = np.array(ROTATIONS["y"], float)  # of z: a mesh turned back by it has y up


def write(path, mesh, up):
    """Writes one of our shapes, whose z is up, with another axis up, as OBJ, OFF or STL."""
    vertices = mesh.vertices @ Y_UP if up == "y" else mesh.vertices
    if path.suffix == ".off":
        faces = "\n".join(f"3 {a} {b} {c}" for a, b, c in mesh.faces)
        head, mark = f"OFF\n{len(vertices)} {len(mesh.faces)} 0\n", ""
    else:
        faces = "\n".join(f"f {a} {b} {c}" for a, b, c in mesh.faces + 1)
        head, mark = "", "v "
    rows = "\n".join(f"{mark}{x:.5f} {y:.5f} {z:.5f}" for x, y, z in vertices)
    path.write_text(f"{head}{rows}\n{faces}\n")


@pytest.mark.parametrize("category", ["chairs", "tables", "cars"])
def test_furniture_and_cars_are_stood_up(category):
    of_z, of_y = [], []
    for seed in range(4):
        mesh = ParametricModel(category, seed).load()
        of_z.append(vote(mesh).up)
        mesh.vertices = mesh.vertices @ Y_UP
        of_y.append(vote(mesh).up)
    assert min(of_z) > 1
    assert max(of_y) < -1


def test_single_files_of_what_everybody_downloads_are_stood_up(tmp_path):
    ups = {}
    for name, mesh in figures().items():
        path = tmp_path / f"{name}.obj"
        mesh.export(path)
        (file,), _ = orient(find_meshes(path), request())
        ups[name] = file.up
        assert vote(file.read()).up < 0, name  # of its own shape, not only by OBJ's usual
    assert len(ups) == 11
    assert list(ups.values()).count("y") >= 10
    assert {file.up for file in orient(find_meshes(tmp_path), request())[0]} == {"y"}


def test_a_set_of_them_with_z_up_overrules_the_formats_usual(tmp_path):
    for name, mesh in figures().items():
        mesh.vertices = mesh.vertices @ Y_UP.T
        mesh.export(tmp_path / f"{name}.obj")
    files, (said,) = orient(find_meshes(tmp_path), request())
    assert {file.up for file in files} == {"z"}
    assert "11 .obj models: up is z" in said


def test_one_that_lies_among_others_is_named(tmp_path):
    for name, mesh in list(figures().items())[:4]:
        if name == "horse":
            mesh.vertices = mesh.vertices @ Y_UP.T
        mesh.export(tmp_path / f"{name}.obj")
    files, (said,) = orient(find_meshes(tmp_path), request())
    assert {file.up for file in files} == {"y"}
    assert "horse may lie, and stand with z up" in said


@pytest.mark.parametrize("suffix", [".obj", ".off"])
@pytest.mark.parametrize("up", ["y", "z"])
def test_a_folder_is_asked_once_and_tells_how_clearly(tmp_path, suffix, up):
    for seed in range(3):
        mesh = ParametricModel("chairs", seed).load()
        write(tmp_path / f"chair{seed}{suffix}", mesh, up)
    files, (said,) = orient(find_meshes(tmp_path), request())
    assert {file.up for file in files} == {up}
    assert f"3 {suffix} models: up is {up}, 3 of 3 asked stand better so" in said
    height = np.ptp(files[0].load().vertices[:, 2])
    assert height == pytest.approx(
        np.ptp(ParametricModel("chairs", 0).load().vertices[:, 2]), abs=1e-3
    )


def test_a_tie_takes_the_formats_usual_and_says_so(tmp_path):
    cube = "".join(f"v {i % 2} {i // 2 % 2} {i // 4}\n" for i in range(8))
    cube += "f 1 3 4 2\nf 5 6 8 7\nf 1 2 6 5\nf 3 7 8 4\nf 1 5 7 3\nf 2 4 8 6\n"
    (tmp_path / "cube.obj").write_text(cube)
    (file,), (said,) = (
        orient(find_meshes(tmp_path), request(yaw="auto"))[0],
        [" ".join(orient(find_meshes(tmp_path), request(yaw="auto"))[1])],
    )
    assert (file.up, file.yaw) == ("y", 0.0)
    assert "up is y, as usual in this format: their shapes do not tell" in said
    assert "front as usual: their shapes do not tell" in said


def test_what_looks_along_x_is_turned(tmp_path):
    mesh = ParametricModel("chairs", 1).load()
    mesh.vertices = turned(mesh.vertices, "z", 90.0)
    write(tmp_path / "a.obj", mesh, "z")
    (file,), said = orient(find_meshes(tmp_path), request(yaw="auto"))
    assert (file.up, file.yaw) == ("z", -90.0)
    assert "front at +x, by their symmetry" in said[1]


def test_a_list_overrides_single_files(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("one.obj", "two words.obj", "sub/three.obj", "four.obj"):
        (tmp_path / name).write_text(OBJ)
    table = tmp_path / "list.txt"
    table.write_text("# up and yaw\none.obj -y\ntwo words.obj x 90 # lies\nsub/three.obj z -45.5\n")
    files, said = orient(find_meshes(tmp_path), request(orientations=str(table)))
    frames = {file.name: (file.up, file.yaw) for file in files}
    assert frames == {
        "one": ("-y", 0.0),
        "two words": ("x", 90.0),
        "three": ("z", -45.5),
        "four": ("z", 0.0),
    }
    assert "3 models stand as the list says" in said
    table.write_text("gone.obj z\n")
    with pytest.raises(InputError, match=r"orientations names gone\.obj"):
        orient(find_meshes(tmp_path), request(orientations=str(table)))


@pytest.mark.parametrize("line", ["one.obj", "one.obj up", "one.obj z north", "z"])
def test_lines_that_say_nothing_are_refused(tmp_path, line):
    (tmp_path / "list.txt").write_text(f"{line}\n")
    with pytest.raises(InputError, match="has in line 1"):
        request(orientations=str(tmp_path / "list.txt"))
    with pytest.raises(InputError, match="cannot be read"):
        request(orientations=str(tmp_path / "none.txt"))
    with pytest.raises(InputError, match="yaw=north is no number"):
        request(yaw="north")


def test_all_rotations_bring_their_axis_up_and_mirror_nothing():
    for axis, rotation in ROTATIONS.items():
        up = np.zeros(3)
        up["xyz".index(axis[-1])] = -1 if axis[0] == "-" else 1
        np.testing.assert_allclose(turned(up[None], axis, 0), [[0, 0, 1]], atol=1e-12)
        assert np.linalg.det(rotation) == pytest.approx(1)
