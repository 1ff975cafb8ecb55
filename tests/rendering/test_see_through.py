"""What can be seen through: shares, order, shadows; and faces that lie on one another."""

import dataclasses

import numpy as np
import pytest

from tfgen.rendering.renderer import Renderer
from tfgen.rendering.twins import find_twins
from tfgen.shapes.mesh import Mesh


def sheets(*colors, apart=0.2):
    """Squares of colours and opacities, one behind the other, the first in front."""
    square = np.array([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)], float)
    vertices = np.concatenate([square + (0, i * apart, 0) for i in range(len(colors))])
    faces = [(4 * i + a, 4 * i + b, 4 * i + c) for i in range(len(colors)) for a, b, c in _HALVES]
    corners = np.repeat(np.float32(colors), 2, axis=0)[:, None].repeat(3, axis=1)
    return Mesh(
        vertices,
        np.array(faces, np.int32),
        np.ones((len(faces), 3), np.float32),
        corner_colors=corners,
    )


_HALVES = ((0, 1, 2), (0, 2, 3))
RED, GREEN = (1, 0, 0), (0, 1, 0)


def middle(mesh, azimuth=0):
    rgb, mask = Renderer(mesh).render(azimuth, 0, 33, samples=2)
    return rgb[16, 16].astype(int), int(mask[16, 16, 0])


def test_opaque_corners_change_nothing():
    mesh = sheets((*RED, 1), (*GREEN, 1))
    plain = dataclasses.replace(
        mesh, corner_colors=None, colors=np.ascontiguousarray(mesh.corner_colors[:, 0, :3])
    )
    for one, other in zip(
        Renderer(mesh).render(30, 20, 24), Renderer(plain).render(30, 20, 24), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_shares_add_up_front_to_back():
    color, covered = middle(sheets((*RED, 0.5)))
    assert covered == pytest.approx(128, abs=1)
    np.testing.assert_allclose(color, (255, 127, 127), atol=2)
    color, covered = middle(sheets((*RED, 0.5), (*GREEN, 0.5)))
    assert covered == pytest.approx(191, abs=1)
    assert color[0] > color[1] > 100
    back, _ = middle(sheets((*RED, 0.5), (*GREEN, 0.5)), azimuth=180)
    assert back[1] > back[0] > 100


def test_nothing_of_a_sheet_that_is_clear_is_seen_and_it_casts_no_shadow():
    alone, covered = middle(sheets((*GREEN, 1)))
    behind, its = middle(sheets((*RED, 0), (*GREEN, 1)))
    assert covered == its == 255
    np.testing.assert_allclose(alone, behind, atol=6)
    assert middle(sheets((*RED, 0)))[1] == 0


def test_more_sheets_than_can_be_counted_end():
    _, covered = middle(sheets(*[(*RED, 0.004)] * 100, apart=0.01))
    assert 0 < covered < 255


def test_twins_are_found_and_others_not():
    mesh = sheets((*RED, 1))
    assert find_twins(mesh.vertices, mesh.faces) is None
    both = np.concatenate([mesh.faces, mesh.faces[:1, ::-1]])
    np.testing.assert_array_equal(find_twins(mesh.vertices, both), [True, True, True])
    # Two sheets that look opposite ways, apart.
    apart = sheets((*RED, 1), (*GREEN, 1))
    apart.faces[2:] = apart.faces[2:, ::-1]
    assert find_twins(apart.vertices, apart.faces) is None
