"""Parametric shapes: sound geometry, keypoints on the surface, variety."""

import functools

import numpy as np
import pytest

from tfgen.shapes.classes import SHAPES, ParametricModel

SEEDS = range(60)


@functools.cache
def shape(category, seed):
    """A mesh that no test changes."""
    return SHAPES[category](seed)


def triangle_distances(point, corners):
    """Distance of a point to each triangle [m, 3, 3], by projecting onto face and edges."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    best = np.full(len(a), np.inf)
    for p, q in ((a, b), (b, c), (c, a)):
        d = q - p
        t = np.clip(((point - p) * d).sum(1) / np.maximum((d * d).sum(1), 1e-30), 0, 1)
        best = np.minimum(best, np.linalg.norm(p + t[:, None] * d - point, axis=1))
    normal = np.cross(b - a, c - a)
    length = np.linalg.norm(normal, axis=1)
    normal = normal / np.maximum(length, 1e-30)[:, None]
    height = ((point - a) * normal).sum(1)
    foot = point - height[:, None] * normal
    inside = length > 1e-12
    for p, q in ((a, b), (b, c), (c, a)):
        inside &= (np.cross(q - p, foot - p) * normal).sum(1) >= 0
    return np.where(inside, np.minimum(best, np.abs(height)), best)


@pytest.fixture(params=SHAPES)
def make(request):
    return functools.partial(shape, request.param)


def test_geometry_is_finite_and_indices_are_valid(make):
    for seed in SEEDS:
        mesh = make(seed)
        assert np.isfinite(mesh.vertices).all()
        assert mesh.faces.min() >= 0
        assert mesh.faces.max() < len(mesh.vertices)
        assert len(mesh.colors) == len(mesh.part_of_face) == len(mesh.faces)
        assert mesh.colors.min() >= 0
        assert mesh.colors.max() <= 1
        assert mesh.part_of_face.max() == len(mesh.part_names) - 1
        assert mesh.surface_coordinates.min() >= 0
        assert mesh.surface_coordinates.max() <= 1 + 1e-9


def test_shapes_stand_on_the_ground(make):
    for seed in SEEDS:
        lowest = make(seed).vertices[:, 2].min()
        assert -0.045 < lowest < 0.03, seed  # the runners of rocking chairs reach below


def test_shapes_are_about_symmetric(make):
    for seed in SEEDS:
        x = make(seed).vertices[:, 0]
        assert abs(x.min() + x.max()) < 0.12 * np.ptp(x), seed


def test_keypoints_lie_on_the_surface(make):
    for seed in range(0, 60, 2):
        mesh = make(seed)
        corners = mesh.vertices[mesh.faces]
        size = np.ptp(mesh.vertices, axis=0).max()
        for name, point in mesh.keypoints.items():
            # Triangles whose box is further away are, too: the others decide.
            outside = np.maximum(corners.min(axis=1) - point, point - corners.max(axis=1))
            near = corners[(outside < 0.03 * size).all(axis=1)]
            off = triangle_distances(point, near).min(initial=np.inf)
            assert off < 0.03 * size, (seed, name, off)


def test_keypoint_names_are_shared_by_a_class():
    common = {
        "chairs": {"seat_fl", "seat_br", "seat_center", "seat_front"},
        "tables": {"top_fl", "top_br", "top_center", "top_left"},
        "cars": {"wheel_fl", "wheel_br", "headlight_l", "taillight_r", "plate_f", "hood_center"},
    }
    for category, names in common.items():
        for seed in SEEDS:
            assert names <= set(shape(category, seed).keypoints), (category, seed)


def test_left_is_left_and_the_front_is_in_front(make):
    for seed in SEEDS:
        points = make(seed).keypoints
        for name, point in points.items():
            for left, right in (("_fl", "_fr"), ("_bl", "_br"), ("_l", "_r"), ("_tl", "_tr")):
                other = name.removesuffix(left) + right
                if name.endswith(left) and other in points:
                    assert point[0] < points[other][0], (seed, name)
            for front, back in (("_fl", "_bl"), ("_fr", "_br")):
                other = name.removesuffix(front) + back
                if name.endswith(front) and other in points:
                    assert point[1] < points[other][1], (seed, name)


def test_a_chairs_back_is_behind_and_above_its_seat():
    for seed in SEEDS:
        points = shape("chairs", seed).keypoints
        if "back_top" in points:
            assert points["back_top"][1] > points["seat_center"][1]
            assert points["back_top"][2] > points["seat_center"][2]


@pytest.mark.parametrize("category", SHAPES)
def test_a_seed_gives_the_same_shape_and_another_seed_another(category):
    a, b, c = shape(category, 5), SHAPES[category](5), shape(category, 6)
    np.testing.assert_array_equal(a.vertices, b.vertices)
    np.testing.assert_array_equal(a.colors, b.colors)
    assert a.vertices.shape != c.vertices.shape or not np.allclose(a.vertices, c.vertices)


@pytest.mark.parametrize(("category", "at_least"), [("chairs", 100), ("tables", 60), ("cars", 10)])
def test_styles_vary(category, at_least):
    styles = set()
    for seed in range(300):
        styles.add(tuple(sorted(shape(category, seed).style.items())))
        if len(styles) >= at_least:
            return
    pytest.fail(f"{len(styles)} styles")


def test_stools_do_not_look_like_tables():
    for seed in range(400):
        mesh = shape("chairs", seed)
        if mesh.style["kind"] == "stool":
            extent = np.ptp(mesh.vertices, axis=0)
            assert extent[2] > 0.8 * max(extent[:2])


def test_a_model_names_itself_and_survives_pickling():
    import pickle

    model = pickle.loads(pickle.dumps(ParametricModel("tables", 12)))
    assert model.name == "tables_0012"
    np.testing.assert_array_equal(model.load().vertices, SHAPES["tables"](12).vertices)
