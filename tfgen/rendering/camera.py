"""The one camera of the project: an orbit at a fixed distance around the normalised object.

World frame: right-handed, z up, the object's front faces -y. Azimuth 0 looks at the front and grows
counter-clockwise seen from above: at 90 degrees the camera is on the +x side. Elevation is the
angle above the horizontal plane.
"""

import dataclasses
import math

import numpy as np

FIELD_OF_VIEW = 30.0  # degrees, of the whole square image
RADIUS = 0.5  # of the sphere that holds a normalised object


@dataclasses.dataclass(frozen=True)
class Camera:
    """A pinhole camera.

    Attributes:
      eye: [3] float64, its position.
      rotation: [3, 3] float64; rows: right, up, forward.
      focal: focal length in units of half the image.
    """

    eye: np.ndarray
    rotation: np.ndarray
    focal: float


def orbit(azimuth, elevation, margin=1.0):
    """The camera that looks at the origin from an azimuth and an elevation in degrees.

    Args:
      azimuth, elevation: degrees.
      margin: 1 lets the object's sphere just touch the frame; more shows it smaller.
    """
    a, e = math.radians(azimuth), math.radians(elevation)
    half = math.radians(FIELD_OF_VIEW) / 2
    outward = np.array([math.cos(e) * math.sin(a), -math.cos(e) * math.cos(a), math.sin(e)])
    right = np.array([math.cos(a), math.sin(a), 0.0])
    up = np.cross(outward, right)
    eye = outward * margin * RADIUS / math.sin(half)
    return Camera(eye, np.stack([right, up, -outward]), 1 / math.tan(half))


def project(points, camera, size):
    """Where world points appear.

    Args:
      points: [n, 3] float.
      camera: Camera.
      size: height and width of the image in pixels.

    Returns:
      (pixels [n, 2]: x to the right, y down, pixel centres at +0.5; depth [n] along the view).
    """
    seen = (np.asarray(points) - camera.eye) @ camera.rotation.T
    x = size / 2 * (1 + camera.focal * seen[:, 0] / seen[:, 2])
    y = size / 2 * (1 - camera.focal * seen[:, 1] / seen[:, 2])
    return np.stack([x, y], axis=1), seen[:, 2]
