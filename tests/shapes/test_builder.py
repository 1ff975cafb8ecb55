"""Surfaces against closed forms."""

import numpy as np
import pytest

from tfgen.shapes import curves
from tfgen.shapes.builder import ShapeBuilder
from tfgen.shapes.mesh import normalisation

WHITE = np.ones(3)


def volume(mesh):
    """Signed volume of a closed mesh (divergence theorem)."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6


def test_a_box_has_its_size_and_volume():
    builder = ShapeBuilder(0, 0)
    builder.box("box", (1, 2, 3), (2, 4, 6), WHITE)
    mesh = builder.mesh()
    np.testing.assert_allclose(mesh.vertices.min(axis=0), [0, 0, 0], atol=1e-9)
    np.testing.assert_allclose(mesh.vertices.max(axis=0), [2, 4, 6], atol=1e-9)
    assert abs(volume(mesh)) == pytest.approx(48)


def test_a_lathe_of_a_cylinder_has_its_volume():
    builder = ShapeBuilder(0, 0)
    builder.lathe("cylinder", (0, 0, 0), [(0.5, 0), (0.5, 2)], WHITE, sides=200)
    assert abs(volume(builder.mesh())) == pytest.approx(np.pi * 0.25 * 2, rel=1e-3)


def test_a_straight_tube_is_a_cylinder():
    builder = ShapeBuilder(0, 0)
    builder.tube("tube", [(0, 0, 0), (0, 1, 1)], 0.1, WHITE, sides=100)
    expected = np.pi * 0.01 * np.sqrt(2)
    assert abs(volume(builder.mesh())) == pytest.approx(expected, rel=1e-2)


def test_a_square_post_has_sides_of_twice_its_radius():
    builder = ShapeBuilder(0, 0)
    builder.post("post", (0, 0, 1), (0, 0, 0), (0.1, 0.1), WHITE, sides=4)
    np.testing.assert_allclose(np.ptp(builder.mesh().vertices, axis=0), [0.2, 0.2, 1], atol=1e-9)


def test_a_spline_passes_through_its_points_evenly():
    points = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (2, 1, 1.0)])
    path = curves.spline(points, 400)
    for point in points:
        assert np.linalg.norm(path - point, axis=1).min() < 0.01
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert steps.std() < 0.05 * steps.mean()


def test_a_superellipse_of_power_two_is_an_ellipse():
    x, y = curves.oval(4, 2, 2.0).T
    np.testing.assert_allclose((x / 2) ** 2 + y**2, 1)


def test_parts_and_surface_coordinates_are_kept():
    builder = ShapeBuilder(0, 0)
    builder.box("a", (0, 0, 0), (1, 1, 1), WHITE)
    builder.box("b", (2, 0, 0), (1, 1, 1), WHITE * 0.5)
    mesh = builder.mesh()
    assert mesh.part_names == ("a", "b")
    of_b = mesh.vertices[mesh.faces[mesh.part_of_face == 1]]
    assert of_b[..., 0].min() == pytest.approx(1.5)
    assert (mesh.colors[mesh.part_of_face == 1] == 0.5).all()


def test_normalisation_centres_the_box_and_scales_to_the_sphere():
    vertices = np.array([(1.0, 1, 1), (3, 1, 1), (1, 5, 1)])
    centre, scale = normalisation(vertices)
    moved = (vertices - centre) * scale
    np.testing.assert_allclose(moved.min(axis=0) + moved.max(axis=0), 0, atol=1e-12)
    assert np.linalg.norm(moved, axis=1).max() == pytest.approx(0.5)
