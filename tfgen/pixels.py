"""Between images in [0, 1] and the levels that files, servers and screens have."""

import tensorflow as tf


def to_uint8(x):
    """[0, 1] float to 0 … 255, rounded; values outside are clipped."""
    return tf.cast(tf.round(tf.clip_by_value(x, 0.0, 1.0) * 255.0), tf.uint8)


def as_uint8(images):
    """[n, h, w, 3] uint8 of images that are about in [0, 1]."""
    return tf.cast(tf.round(255.0 * tf.clip_by_value(images, 0.0, 1.0)), tf.uint8).numpy()


def from_uint8(levels):
    """Levels 0 … 255 to float32 in [0, 1], a tensor of the same shape."""
    return tf.cast(levels, tf.float32) / 255.0
