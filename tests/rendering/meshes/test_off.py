"""OFF: heads, colours, lines that break anywhere, and files that are cut."""

import numpy as np
import pytest

from tests.rendering.meshes.tiny_files import (
    BLUE,
    GREEN,
    PLAIN,
    POINTS,
    RED,
    YELLOW,
    assert_alike,
    assert_quarters,
    load,
    seen,
)
from tfgen.errors import InputError


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
