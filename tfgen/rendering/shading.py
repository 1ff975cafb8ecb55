"""How a lit surface looks: key light with soft shadow, sky with ambient occlusion, fill light."""

import dataclasses
import functools

import numpy as np


@dataclasses.dataclass(frozen=True)
class Lighting:
    """Lights, in linear units.

    Attributes:
      key, ambient, fill: strengths of the key light, the sky and the light at the camera.
      direction: towards the key light, for a camera at azimuth 0; it turns with the camera, so that
        all views are lit alike.
      softness: radius of the key light seen from the object, at distance 1.
      occlusion_distance: how near geometry must be to take away the sky.
      exposure: factor on everything.
    """

    key: float = 0.68
    ambient: float = 0.42
    fill: float = 0.16
    direction: tuple = (-0.5, -0.75, 0.9)
    softness: float = 0.12
    occlusion_distance: float = 0.35
    exposure: float = 1.15

    def towards_key(self, azimuth):
        """Unit vector towards the key light for a camera's azimuth in degrees: [3] float32."""
        a = np.radians(azimuth)
        x, y, z = self.direction
        turned = np.array([x * np.cos(a) - y * np.sin(a), x * np.sin(a) + y * np.cos(a), z])
        return (turned / np.linalg.norm(turned)).astype(np.float32)


def to_linear(srgb):
    """Linear light of sRGB in [0, 1], float32."""
    srgb = np.asarray(srgb, np.float32)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(
        np.float32
    )


def to_srgb(linear):
    """Linear light to sRGB in [0, 1]."""
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


@functools.cache
def sample_directions(count):
    """Low-discrepancy directions for the samples of a pixel.

    Returns:
      (hemisphere [count, 3] cosine-distributed about z, disc [count, 2] within radius 1), float32.
    """
    i = np.arange(count)
    golden_angle = np.pi * (3 - np.sqrt(5))
    radius, angle = np.sqrt((i + 0.5) / count), i * golden_angle
    hemisphere = np.stack(
        [radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1 - radius**2)], axis=1
    )
    disc = np.stack([radius * np.cos(angle + 1), radius * np.sin(angle + 1)], axis=1)
    # Neighbouring samples of a pixel get far apart directions.
    order = (i * 7 + 3) % count if count % 7 else i
    return hemisphere[order].astype(np.float32), disc[order].astype(np.float32)


def around_normal(normal, local):
    """Turns directions about z into directions about normals (Duff et al. 2017).

    Args:
      normal: (x, y, z), each [n] float32, unit.
      local: [n, 3] float32.

    Returns:
      [n, 3] float32.
    """
    nx, ny, nz = normal
    hx, hy, hz = local.T
    sign = np.where(nz >= 0, np.float32(1), np.float32(-1))
    a = -1 / (sign + nz)
    b = nx * ny * a
    turned = np.empty_like(local)
    turned[:, 0] = (1 + sign * nx * nx * a) * hx + b * hy + nx * hz
    turned[:, 1] = sign * b * hx + (sign + ny * ny * a) * hy + ny * hz
    turned[:, 2] = -sign * nx * hx - ny * hy + nz * hz
    return turned
