"""Random transformations T_theta of image and mask (Dosovitskiy et al., section 3).

theta is a vector of eight numbers; zeros are the identity, exactly. The spatial part is one warp
about the image's centre, of image and mask together; the colour part is one linear map of the
object's colours, so that the background, which is black and outside the mask, stays what it is.
"""

import math

import numpy as np
import tensorflow as tf

from tfgen import stack
from tfgen.conditions.turntable import THETA

TRANSFORM_SIZE = len(THETA)


def warp_matrices(theta, height, width):
    """The inverse maps of the spatial part, about the centre: [b, 8] for `projective_warp`."""
    dx, dy, angle, zoom_x, zoom_y = tf.unstack(theta[:, :5], axis=1)
    # Output pixel p shows the input at c + R (p - c - d) / zoom; y points down, so that a
    # counter-clockwise turn of the picture reads the input turned clockwise.
    cos, sin = tf.cos(angle), tf.sin(angle)
    inverse_x, inverse_y = tf.exp(-zoom_x), tf.exp(-zoom_y)
    a0, a1 = cos * inverse_x, -sin * inverse_x
    b0, b1 = sin * inverse_y, cos * inverse_y
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    from_x, from_y = centre_x + dx * width, centre_y + dy * height
    a2 = centre_x - a0 * from_x - a1 * from_y
    b2 = centre_y - b0 * from_x - b1 * from_y
    zero = tf.zeros_like(a0)
    return tf.stack([a0, a1, a2, b0, b1, b2, zero, zero], axis=1)


# Rows: the gray axis, and two directions of colour at right angles to it and to each other.
_COLOR_BASIS = np.array(
    [
        [1 / math.sqrt(3)] * 3,
        [2 / math.sqrt(6), -1 / math.sqrt(6), -1 / math.sqrt(6)],
        [0.0, 1 / math.sqrt(2), -1 / math.sqrt(2)],
    ],
    np.float32,
)


def color_change(theta):
    """What the colour part adds: new = colour + colour @ change.

    Saturation scales a colour's distance from gray, hue turns it about the gray axis, brightness
    scales the whole; written as a change so that the identity adds an exact zero.

    Returns:
      [b, 3, 3] float32.
    """
    saturation, brightness, hue = tf.unstack(theta[:, 5:8], axis=1)
    bright = tf.exp(brightness)
    chroma = bright * tf.exp(saturation)
    one, zero = tf.ones_like(bright), tf.zeros_like(bright)
    cos, sin = chroma * tf.cos(hue), chroma * tf.sin(hue)
    inner = tf.stack(
        [bright - one, zero, zero, zero, cos - one, sin, zero, -sin, cos - one], axis=1
    )
    inner = tf.reshape(inner, (-1, 3, 3))
    basis = tf.constant(_COLOR_BASIS)
    return tf.transpose(basis) @ inner @ basis


def apply_transform(image, mask, theta):
    """T_theta of images over black and their masks.

    Args:
      image: [b, h, w, 3] float32 in [0, 1], the object over black: colour times mask.
      mask: [b, h, w, 1] float32 in [0, 1].
      theta: [b, 8] float32.

    Returns:
      (image, mask) of the same shapes and ranges. Colours stay within [0, mask]; where nothing is
      shown, both are zero. theta = 0 returns its input bit for bit.
    """
    _, height, width, _ = image.shape
    both = stack.projective_warp(
        tf.concat([image, mask], axis=-1), warp_matrices(theta, height, width)
    )
    image, mask = both[..., :3], both[..., 3:]
    change = color_change(theta)[:, tf.newaxis]  # [b, 1, 3, 3]: one matrix product a row
    return tf.clip_by_value(image + image @ change, 0.0, mask), mask
