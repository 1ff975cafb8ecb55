"""Where the keypoints of a parametric mesh appear, and which of them can be seen."""

import numpy as np

from tfgen.rendering.camera import orbit, project
from tfgen.rendering.renderer import Renderer

# A keypoint counts as seen if the surface met on the way to it is no more than so far before it,
# in radii of the object: keypoints lie on edges and corners.
_TOLERANCE = 0.03


def visible_keypoints(mesh, azimuth, elevation, size, margin=1.0):
    """The keypoints of a mesh that an image shows.

    Args:
      mesh: `shapes.mesh.ParametricMesh`.
      azimuth, elevation: degrees.
      size: height and width of the image in pixels.
      margin: of the camera.

    Returns:
      Name -> [2] float, x to the right and y down in pixels, pixel centres at +0.5.
    """
    if not mesh.keypoints:
        return {}
    renderer = Renderer(mesh)
    camera = orbit(azimuth, elevation, margin)
    names = sorted(mesh.keypoints)
    points = np.array([mesh.keypoints[name] for name in names], float)
    points = (points - renderer.centre) * renderer.scale
    away = points - camera.eye
    distances = np.linalg.norm(away, axis=1)
    origins = np.tile(camera.eye, (len(points), 1)).astype(np.float32)
    hits = renderer.caster.first_hits(origins, (away / distances[:, None]).astype(np.float32))
    met = np.full(len(points), np.inf)
    met[hits.ray] = hits.distance
    pixels, _ = project(points, camera, size)
    seen = (met > distances - _TOLERANCE) & np.isfinite(met)
    inside = ((pixels >= 0) & (pixels < size)).all(axis=1)
    return {name: pixel for name, pixel, ok in zip(names, pixels, seen & inside, strict=True) if ok}
