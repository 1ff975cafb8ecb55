"""Keypoints in images: where they appear, and that hidden ones are left out."""

import numpy as np
import trimesh

from tfgen.rendering.keypoints import visible_keypoints
from tfgen.rendering.renderer import Renderer
from tfgen.shapes.classes import SHAPES
from tfgen.shapes.mesh import ParametricMesh


def box():
    """A cube; its front faces -y. Keypoints in the middle of four faces."""
    cube = trimesh.creation.box((1, 1, 1))
    return ParametricMesh(
        vertices=np.asarray(cube.vertices),
        faces=np.asarray(cube.faces, np.int32),
        colors=np.ones((len(cube.faces), 3), np.float32),
        keypoints={
            "front": np.array([0, -0.5, 0]),
            "back": np.array([0, 0.5, 0]),
            "right": np.array([0.5, 0, 0]),
            "top": np.array([0, 0, 0.5]),
        },
    )


def test_only_what_faces_the_camera_is_seen():
    assert sorted(visible_keypoints(box(), 0, 30, 64)) == ["front", "top"]
    assert sorted(visible_keypoints(box(), 90, 0, 64)) == ["right"]
    assert sorted(visible_keypoints(box(), 180, 30, 64)) == ["back", "top"]


def test_they_appear_where_they_are():
    seen = visible_keypoints(box(), 0, 0, 64)
    np.testing.assert_allclose(seen["front"], [32, 32], atol=1e-6)
    above = visible_keypoints(box(), 0, 45, 64)
    assert above["top"][1] < 32 < above["front"][1]


def test_a_chairs_keypoints_lie_on_the_chair():
    mesh = SHAPES["chairs"](3)
    _, mask = Renderer(mesh).render(30, 20, 128)
    seen = visible_keypoints(mesh, 30, 20, 128)
    assert len(seen) >= 4
    for x, y in seen.values():
        near = mask[max(0, int(y) - 2) : int(y) + 3, max(0, int(x) - 2) : int(x) + 3]
        assert near.max() > 0
