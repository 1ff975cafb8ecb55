"""The only file that knows the ray caster: Embree, through embreex."""

import dataclasses

import numpy as np
from embreex import rtcore_scene
from embreex.mesh_construction import TriangleMesh


@dataclasses.dataclass(frozen=True)
class Hits:
    """Where rays first met the mesh.

    Attributes:
      ray: [h] int, numbers of the rays that met it.
      face: [h] int.
      u, v: [h] float32, barycentric coordinates of the face's second and third corner.
      distance: [h] float32.
    """

    ray: np.ndarray
    face: np.ndarray
    u: np.ndarray
    v: np.ndarray
    distance: np.ndarray


class RayCaster:
    """Casts rays at one mesh.

    Args:
      vertices: [n, 3] float32.
      faces: [m, 3] int32.
    """

    def __init__(self, vertices, faces):
        self._scene = rtcore_scene.EmbreeScene()
        self._mesh = TriangleMesh(self._scene, vertices, faces)  # must live as long as the scene

    def first_hits(self, origins, directions):
        """The first hit of each ray that has one; origins, directions: [n, 3] float32."""
        hits = self._scene.run(origins, directions, output=1)
        ray = np.flatnonzero(hits["primID"] >= 0)
        return Hits(ray, hits["primID"][ray], hits["u"][ray], hits["v"][ray], hits["tfar"][ray])

    def unoccluded(self, origins, directions, distance=None):
        """Whether rays meet nothing within a distance (None: at all): [n] bool."""
        limits = {} if distance is None else {"dists": np.full(len(origins), distance, np.float32)}
        return self._scene.run(origins, directions, query="OCCLUDED", **limits) < 0
