"""Shapes between shapes of one build."""

import numpy as np
import pytest

from tfgen.shapes.blending import blended, same_build
from tfgen.shapes.classes import ParametricModel


@pytest.fixture(scope="module")
def meshes():
    return [ParametricModel("tables", seed).load() for seed in range(40)]


def test_those_of_one_build_have_the_same_parts_and_faces(meshes):
    builds = same_build(meshes)
    assert builds
    listed = [index for build in builds for index in build]
    assert len(listed) == len(set(listed)) < len(meshes)
    for build in builds:
        first, *others = (meshes[i] for i in build)
        for other in others:
            assert other.part_names == first.part_names
            np.testing.assert_array_equal(other.faces, first.faces)
            np.testing.assert_array_equal(other.part_of_face, first.part_of_face)


def test_a_blend_lies_where_its_weights_say(meshes):
    a, b = (meshes[i] for i in same_build(meshes)[0][:2])
    half = blended([a, b], (0.5, 0.5))
    np.testing.assert_allclose(half.vertices, (a.vertices + b.vertices) / 2)
    np.testing.assert_allclose(half.colors, (a.colors + b.colors) / 2, atol=1e-6)
    for name, point in half.keypoints.items():
        np.testing.assert_allclose(point, (a.keypoints[name] + b.keypoints[name]) / 2)
    same = blended([a, b], (1.0, 0.0))
    np.testing.assert_allclose(same.vertices, a.vertices)
    beyond = blended([a, b, a], (1.0, -1.0, 1.0))
    np.testing.assert_allclose(beyond.vertices, 2 * a.vertices - b.vertices)
    assert beyond.colors.min() >= 0
    assert beyond.colors.max() <= 1


def test_shapes_of_different_builds_are_refused(meshes):
    apart = [build[0] for build in same_build(meshes)[:2]]
    with pytest.raises(ValueError, match="of different builds"):
        blended([meshes[i] for i in apart], (0.5, 0.5))
