"""Rendered pixels against what geometry says they must be."""

import cv2
import numpy as np
import pytest

from tfgen.rendering.camera import orbit, project
from tfgen.rendering.normals import corner_normals
from tfgen.rendering.renderer import Renderer
from tfgen.rendering.shading import sample_directions, to_linear, to_srgb
from tfgen.shapes.mesh import Mesh


def sphere(rows=60, columns=120):
    theta = np.linspace(0, np.pi, rows)[:, None]
    phi = np.arange(columns) / columns * 2 * np.pi
    points = np.stack(
        [np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta) + 0 * phi], -1
    )
    faces = []
    for i in range(rows - 1):
        for j in range(columns):
            a, b = i * columns + j, i * columns + (j + 1) % columns
            faces += [(a, b, b + columns), (a, b + columns, a + columns)]
    faces = np.array(faces, np.int32)
    return Mesh(points.reshape(-1, 3), faces, np.full((len(faces), 3), 0.5, np.float32))


def quad(corners, color=(1, 0, 0)):
    return Mesh(
        np.array(corners, float),
        np.array([(0, 1, 2), (0, 2, 3)], np.int32),
        np.tile(np.float32(color), (2, 1)),
    )


def cube():
    """Faces coloured by direction: +x red, -x green, -y blue, +y white, ±z grey."""
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
    sides = {
        (4, 6, 7, 5): (1, 0, 0),
        (0, 1, 3, 2): (0, 1, 0),
        (0, 4, 5, 1): (0, 0, 1),
        (2, 3, 7, 6): (1, 1, 1),
        (1, 5, 7, 3): (0.5, 0.5, 0.5),
        (0, 2, 6, 4): (0.5, 0.5, 0.5),
    }
    faces = [f for a, b, c, d in sides for f in ((a, b, c), (a, c, d))]
    colors = [color for color in sides.values() for _ in range(2)]
    return Mesh(corners, np.array(faces, np.int32), np.array(colors, np.float32))


def test_the_mask_of_a_sphere_is_the_inscribed_disc():
    _, mask = Renderer(sphere()).render(20, 30, 96)
    assert mask.sum() / 255 == pytest.approx(np.pi * 48**2, rel=0.01)


def test_coverage_of_a_tilted_quad_is_that_of_its_projected_polygon():
    mesh = quad([(-0.7, 0, -0.5), (0.8, 0.2, -0.4), (0.6, 0.1, 0.7), (-0.5, -0.2, 0.6)])
    renderer, camera = Renderer(mesh), orbit(15, 10)
    _, mask = renderer.render(15, 10, 64, samples=8)
    corners, _ = project((mesh.vertices - renderer.centre) * renderer.scale, camera, 64)
    # The polygon drawn 64 times finer by another rasteriser, then averaged.
    fine = np.zeros((4096, 4096), np.uint8)
    cv2.fillPoly(fine, [np.rint(corners * 64 - 0.5).astype(np.int32)], 255)
    expected = cv2.resize(fine, (64, 64), interpolation=cv2.INTER_AREA)
    error = np.abs(mask[..., 0].astype(int) - expected)
    assert error.max() <= 0.13 * 255  # one of eight rows or columns of samples
    assert error.mean() < 0.5


@pytest.mark.parametrize(
    ("azimuth", "channel"), [(90, 0), (270, 1), (0, 2)], ids=["+x red", "-x green", "front blue"]
)
def test_each_side_is_seen_from_its_azimuth(azimuth, channel):
    rgb, _ = Renderer(cube()).render(azimuth, 0, 33)
    pixel = rgb[16, 16].astype(int)
    others = [pixel[k] for k in range(3) if k != channel]
    assert pixel[channel] > 100
    assert max(others) < 10


def test_the_background_is_white_and_outside_the_mask():
    rgb, mask = Renderer(cube()).render(30, 20, 64)
    assert (rgb[mask[..., 0] == 0] == 255).all()
    assert mask.max() == 255
    assert 0 < (mask > 0).mean() < 1


def test_composited_colours_can_be_taken_apart_exactly():
    # colour * alpha = rgb - (255 - alpha) must be within [0, alpha] up to rounding.
    rgb, mask = Renderer(sphere()).render(0, 0, 48)
    premultiplied = rgb.astype(int) + mask - 255
    assert premultiplied.min() >= -1
    assert (premultiplied <= mask.astype(int) + 1).all()


def test_a_texture_lies_the_right_way_round():
    texture = np.zeros((2, 2, 3), np.float32)
    texture[0, 0], texture[0, 1] = (1, 0, 0), (0, 1, 0)  # upper left red, upper right green
    texture[1, 0], texture[1, 1] = (0, 0, 1), (1, 1, 1)  # lower left blue, lower right white
    mesh = quad([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)], color=(1, 1, 1))
    uv = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    mesh.texture_coordinates = uv[mesh.faces]
    mesh.texture_of_face = np.zeros(2, np.int32)
    mesh.textures = (texture,)
    rgb, _ = Renderer(mesh).render(0, 0, 64)
    assert rgb[24, 24].argmax() == 0
    assert rgb[24, 40].argmax() == 1
    assert rgb[40, 24].argmax() == 2
    assert np.ptp(rgb[40, 40].astype(int)) < 12


def test_a_surface_under_a_roof_is_darker():
    floor = quad([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], color=(0.8, 0.8, 0.8))
    roof = np.array([(-1, -1, 0.3), (1, -1, 0.3), (1, 1, 0.3), (-1, 1, 0.3)])
    both = Mesh(
        np.concatenate([floor.vertices, roof]),
        np.concatenate([floor.faces, floor.faces + 4]),
        np.tile(floor.colors, (2, 1)),
    )
    open_floor, _ = Renderer(floor).render(0, 60, 64)
    covered, _ = Renderer(both).render(0, 10, 64)
    lit = to_linear(open_floor[32, 32] / 255)
    under = to_linear(covered[32, 32] / 255)
    assert (under < 0.75 * lit).all()


def test_both_sides_of_a_face_are_drawn():
    mesh = quad([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)])
    for azimuth in (0, 180):
        rgb, mask = Renderer(mesh).render(azimuth, 0, 32)
        assert mask[16, 16] == 255
        assert rgb[16, 16, 0] > rgb[16, 16, 1] + 50


def test_rendering_is_reproducible():
    a, b = (Renderer(cube()).render(33, 21, 48) for _ in range(2))
    np.testing.assert_array_equal(a[0], b[0])


def test_normals_are_smooth_on_a_sphere_and_sharp_on_a_cube():
    ball = sphere(20, 40)
    normals = corner_normals(ball.vertices, ball.faces)
    corners = ball.vertices[ball.faces]
    areas = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    good = areas > 1e-9
    agreement = np.abs((normals * corners).sum(-1))[good]
    assert agreement.min() > 0.98
    box = cube()
    normals = corner_normals(box.vertices, box.faces)
    np.testing.assert_allclose(np.abs(normals).max(axis=-1), 1, atol=1e-6)


def test_srgb_and_linear_light_are_inverse_and_fixed_at_known_values():
    values = np.linspace(0, 1, 50)
    np.testing.assert_allclose(to_srgb(to_linear(values)), values, atol=1e-6)
    assert to_linear(0.5) == pytest.approx(0.21404, abs=1e-4)  # of the sRGB standard


def test_hemisphere_samples_are_cosine_distributed():
    hemisphere, disc = sample_directions(4096)
    np.testing.assert_allclose(np.linalg.norm(hemisphere, axis=1), 1, atol=1e-5)
    assert hemisphere[:, 2].mean() == pytest.approx(2 / 3, abs=0.01)
    np.testing.assert_allclose(hemisphere[:, :2].mean(axis=0), 0, atol=0.01)
    assert np.linalg.norm(disc, axis=1).max() <= 1
