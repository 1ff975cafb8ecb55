"""Between images in [0, 1] and the levels that files, servers and screens have.

`to_uint8` and `from_uint8` are of TensorFlow's operations, in graphs too; `as_uint8` and
`as_float32` of NumPy's, for what does without TensorFlow. Both give the same numbers.
"""

import numpy as np


def to_uint8(x):
    """[0, 1] float to 0 … 255, rounded, a tensor; values outside are clipped."""
    import tensorflow as tf

    return tf.cast(tf.round(tf.clip_by_value(x, 0.0, 1.0) * 255.0), tf.uint8)


def from_uint8(levels):
    """Levels 0 … 255 to float32 in [0, 1], a tensor of the same shape."""
    import tensorflow as tf

    return tf.cast(levels, tf.float32) / 255.0


def as_uint8(x):
    """As `to_uint8`, of an array or a tensor to an array."""
    return np.rint(255.0 * np.clip(np.asarray(x), 0.0, 1.0)).astype(np.uint8)


def as_float32(levels):
    """As `from_uint8`, of an array to an array."""
    return np.asarray(levels, np.float32) / np.float32(255.0)
