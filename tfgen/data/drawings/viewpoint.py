"""The viewpoint code: angles by their sine and cosine, so that 0 and 359 degrees are neighbours.

Dosovitskiy et al., section 3. The camera's convention is `tfgen.rendering.camera`'s: azimuth 0 is
the front and grows counter-clockwise seen from above; elevation is above the horizontal plane.
"""

import math

import tensorflow as tf

VIEWPOINT_SIZE = 4


def viewpoint_code(azimuth, elevation):
    """Encodes views.

    Args:
      azimuth, elevation: [...] float32, degrees.

    Returns:
      [..., 4] float32: sin and cos of the azimuth, sin and cos of the elevation.
    """
    azimuth = tf.cast(azimuth, tf.float32) * (math.pi / 180.0)
    elevation = tf.cast(elevation, tf.float32) * (math.pi / 180.0)
    angles = [tf.sin(azimuth), tf.cos(azimuth), tf.sin(elevation), tf.cos(elevation)]
    return tf.stack(angles, axis=-1)
