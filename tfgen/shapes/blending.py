"""Shapes between shapes: parametric meshes of one build, mixed point by point.

The same part of two shapes has the same surface coordinates. Where two shapes are put together from
the same parts of the same grids, each point of one has its counterpart in the other, and what lies
between them, or beyond, is a shape of that build too.
"""

import collections
import dataclasses

import numpy as np


def same_build(meshes):
    """Indices of `shapes.mesh.ParametricMesh`es by their build: lists of two or more, in order."""
    found = collections.defaultdict(list)
    for index, mesh in enumerate(meshes):
        key = mesh.faces.tobytes(), mesh.part_of_face.tobytes(), mesh.part_names
        found[key].append(index)
    return [indices for indices in found.values() if len(indices) > 1]


def blended(meshes, weights):
    """The shape at a weighted sum of shapes.

    Args:
      meshes: `shapes.mesh.ParametricMesh`es of one build.
      weights: of each; their sum is 1, and some may be negative.

    Returns:
      A ParametricMesh with the first one's style.

    Raises:
      ValueError: they are of different builds.
    """
    if len(same_build(meshes)) != 1 or len(same_build(meshes)[0]) != len(meshes):
        raise ValueError("`meshes` are of different builds: give those of one of `same_build`.")

    def mixed(name):
        values = np.stack([getattr(mesh, name) for mesh in meshes])
        return np.tensordot(weights, values, axes=1)

    return dataclasses.replace(
        meshes[0],
        vertices=mixed("vertices"),
        colors=np.clip(mixed("colors"), 0, 1).astype(np.float32),
        keypoints={
            name: np.tensordot(weights, [mesh.keypoints[name] for mesh in meshes], axes=1)
            for name in meshes[0].keypoints
            if all(name in mesh.keypoints for mesh in meshes)
        },
    )
