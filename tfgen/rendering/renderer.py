"""Renders a mesh from any orbit view: RGB over white and an exact, antialiased mask."""

import functools

import numpy as np

from tfgen.pixels import as_uint8
from tfgen.rendering.camera import orbit, project
from tfgen.rendering.normals import corner_normals, face_normals
from tfgen.rendering.ray_casting import RayCaster
from tfgen.rendering.see_through import light_through, surfaces_along
from tfgen.rendering.shading import (
    Lighting,
    around_normal,
    sample_directions,
    to_srgb,
)
from tfgen.rendering.surface import Surface
from tfgen.rendering.twins import drawn_apart
from tfgen.shapes.mesh import normalisation

# Rays traced at a time: their temporaries stay in a core's cache.
_RAYS_AT_A_TIME = 32_768
# How far above a surface its secondary rays start.
_OFFSET = np.float32(2e-4)


class Renderer:
    """Renders one mesh, normalised to the camera's sphere.

    Args:
      mesh: `shapes.mesh.Mesh`.
      lighting: `shading.Lighting`.

    Attributes:
      centre, scale: of the normalisation: drawn = (vertex - centre) * scale.
    """

    def __init__(self, mesh, lighting=None):
        self.lighting = lighting or Lighting()
        self.centre, self.scale = normalisation(mesh.vertices[np.unique(mesh.faces)])
        vertices = (mesh.vertices - self.centre) * self.scale
        self._vertices = np.ascontiguousarray(vertices, np.float32)
        normals = face_normals(vertices, mesh.faces)[0]
        self._face_normals = np.ascontiguousarray(normals.T, np.float32)
        self._corner_normals = corner_normals(vertices, mesh.faces).reshape(-1, 9)
        self._surface = Surface(mesh)
        if mesh.twins is None:
            drawn = self._vertices, np.ascontiguousarray(mesh.faces, np.int32)
        else:
            drawn = drawn_apart(vertices, mesh.faces, mesh.twins, normals)
        self.caster = RayCaster(*drawn)

    def render(self, azimuth, elevation, size, samples=4, margin=1.0):
        """Renders a view.

        Args:
          azimuth, elevation: degrees.
          size: height and width in pixels.
          samples: rays a pixel along each side; samples^2 in all.
          margin: distance of the camera, see `camera.orbit`.

        Returns:
          (rgb [size, size, 3] uint8 over white, mask [size, size, 1] uint8: the share of the
          pixel's rays that met the object, times 255).
        """
        camera = orbit(azimuth, elevation, margin)
        rgb = np.full((size, size, 3), 255, np.uint8)
        mask = np.zeros((size, size, 1), np.uint8)
        pixels, _ = project(self._vertices, camera, size)
        left, top = np.clip(np.floor(pixels.min(axis=0)).astype(int), 0, size)
        right, bottom = np.clip(np.ceil(pixels.max(axis=0)).astype(int), 0, size)
        if right <= left:
            return rgb, mask
        towards_key = self.lighting.towards_key(azimuth)
        rows = max(1, _RAYS_AT_A_TIME // ((right - left) * samples**2))
        for first in range(top, bottom, rows):
            box = left, right, first, min(first + rows, bottom)
            self._render_box(rgb, mask, camera, box, samples, towards_key)
        return rgb, mask

    def _render_box(self, rgb, mask, camera, box, samples, towards_key):
        left, right, top, _ = box
        directions = _primary_directions(camera, box, len(rgb), samples)
        origins = np.empty_like(directions)
        origins[:] = camera.eye
        shade = functools.partial(self._radiance, camera, samples**2, towards_key)
        if self._surface.see_through:
            ray, light, weight = self._layers(origins, directions, shade)
        else:
            hits = self.caster.first_hits(origins, directions)
            ray, weight = hits.ray, None
            light = shade(directions[ray], hits) if len(ray) else None
        if not len(ray):
            return
        pixel = ray // samples**2
        # A pixel's hits stand one after another.
        first = np.flatnonzero(np.diff(pixel, prepend=-1))
        if weight is None:
            covered = np.diff(first, append=len(pixel)).astype(np.float32)
        else:
            covered = np.add.reduceat(weight, first)
        # The mean colour of the covered samples, then composited: partial coverage is exact.
        color = to_srgb(np.add.reduceat(light, first, axis=1) / covered)
        alpha = covered / np.float32(samples**2)
        row, column = np.divmod(pixel[first], right - left)
        place = row + top, column + left
        rgb[place] = as_uint8(color * alpha + 1 - alpha).T
        mask[place] = as_uint8(alpha)[:, None]

    def _layers(self, origins, directions, shade):
        """(rays that met something, their light [3, r], how much of each is covered [r])."""
        light = np.zeros((3, len(origins)), np.float32)
        covered = np.zeros(len(origins), np.float32)
        for hits, weight in surfaces_along(self.caster, self._surface.opacity, origins, directions):
            light[:, hits.ray] += shade(directions[hits.ray], hits) * weight
            covered[hits.ray] += weight
        ray = np.flatnonzero(covered > 0)
        return ray, light[:, ray], covered[ray]

    def _reaching(self, origins, directions, limit=None):
        """The share of light that reaches points from directions: [n], bool or float32."""
        if self._surface.see_through:
            return light_through(self.caster, self._surface.opacity, origins, directions, limit)
        return self.caster.unoccluded(origins, directions, limit)

    def _radiance(self, camera, samples, towards_key, directions, hits):
        """Linear light that leaves the hit points towards the camera: [3, h] float32."""
        lighting = self.lighting
        sample = hits.ray % samples
        dx, dy, dz = directions.T.copy()
        gx, gy, gz = self._face_normals[:, hits.face]
        # Both sides of a face are drawn: normals are turned towards the viewer.
        side = np.where(gx * dx + gy * dy + gz * dz > 0, np.float32(-1), np.float32(1))
        w, u, v = 1 - hits.u - hits.v, hits.u, hits.v
        c = self._corner_normals[hits.face].T
        nx = c[0] * w + c[3] * u + c[6] * v
        ny = c[1] * w + c[4] * u + c[7] * v
        nz = c[2] * w + c[5] * u + c[8] * v
        length = side / np.sqrt(np.maximum(nx * nx + ny * ny + nz * nz, np.float32(1e-20)))
        nx, ny, nz = nx * length, ny * length, nz * length

        points = np.empty((len(hits.ray), 3), np.float32)
        eye = camera.eye.astype(np.float32)
        for k, (d, g) in enumerate(((dx, gx), (dy, gy), (dz, gz))):
            points[:, k] = eye[k] + hits.distance * d + g * (side * _OFFSET)
        hemisphere, disc = sample_directions(samples)

        facing_key = np.maximum(nx * towards_key[0] + ny * towards_key[1] + nz * towards_key[2], 0)
        lit = np.flatnonzero(facing_key > 0)
        across = np.cross(towards_key, [0, 0, 1])
        across /= np.linalg.norm(across)
        offsets = disc[:, :1] * across + disc[:, 1:] * np.cross(towards_key, across)
        to_light = (towards_key + lighting.softness * offsets).astype(np.float32)
        facing_key[lit] *= self._reaching(points[lit], to_light[sample[lit]])

        to_sky = around_normal((nx, ny, nz), hemisphere[sample])
        open_sky = self._reaching(points, to_sky, lighting.occlusion_distance)
        # The sky is brighter above than below: 0.55 to 1.
        sky = lighting.ambient * (np.float32(0.775) + np.float32(0.225) * nz) * open_sky

        facing_camera = np.maximum(-(nx * dx + ny * dy + nz * dz), 0)
        intensity = sky + lighting.key * facing_key + lighting.fill * facing_camera
        light = self._surface.colors(hits, w) * (lighting.exposure * intensity)[:, None]
        own = self._surface.emission(hits, w)
        return (light if own is None else light + own).T


def _primary_directions(camera, box, size, samples):
    """Unit directions of all rays of a box, pixel by pixel, row by row: [n, 3] float32."""
    left, right, top, bottom = box
    within = (np.arange(samples) + 0.5) / samples
    # Axes: row, column, row and column within the pixel.
    x = (np.arange(left, right)[:, None, None] + within) * (2 / size) - 1
    y = 1 - (np.arange(top, bottom)[:, None, None, None] + within[:, None]) * (2 / size)
    x, y = x.astype(np.float32), y.astype(np.float32)
    rotation, focal = camera.rotation.astype(np.float32), np.float32(camera.focal)
    shrink = 1 / np.sqrt(x * x + y * y + focal * focal)
    directions = np.empty((*shrink.shape, 3), np.float32)
    for k in range(3):
        ahead = x * rotation[0, k] + focal * rotation[2, k]
        directions[..., k] = (ahead + y * rotation[1, k]) * shrink
    return directions.reshape(-1, 3)
