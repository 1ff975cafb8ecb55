"""How good generated images are: one number an image, averaged by the caller."""

import tensorflow as tf


def over_white(image, mask):
    """Composites an object over white.

    An object over black is its colour times its mask: what a generator draws outside of [0, mask]
    is cut off, and with it all that it draws beside the object.

    Args:
      image: [b, h, w, 3] float32, the object over black.
      mask: [b, h, w, 1] float32.

    Returns:
      [b, h, w, 3] float32 in [0, 1].
    """
    mask = tf.clip_by_value(mask, 0.0, 1.0)
    return tf.clip_by_value(image, 0.0, mask) + (1.0 - mask)


def mean_squared_error(target, prediction):
    """Mean squared error over pixels and colours: [b] float32."""
    return tf.reduce_mean(tf.square(target - prediction), axis=[1, 2, 3])


def object_squared_error(target, prediction, mask):
    """Mean squared error over the object's pixels alone: a large background cannot hide it.

    Args:
      target, prediction: [b, h, w, 3] float32.
      mask: [b, h, w, 1] float32, the object's true coverage.

    Returns:
      [b] float32.
    """
    channels = tf.cast(tf.shape(target)[-1], tf.float32)
    error = tf.reduce_sum(tf.square(target - prediction) * mask, axis=[1, 2, 3])
    return error / tf.maximum(channels * tf.reduce_sum(mask, axis=[1, 2, 3]), 1.0)


def outline_squared_error(target, prediction, mask):
    """Mean squared error within two pixels of the object's outline, where blur and rims show.

    Args:
      target, prediction: [b, h, w, 3] float32.
      mask: [b, h, w, 1] float32, the object's true coverage; its outline is where that passes one
        half. The picture's frame is no outline.

    Returns:
      [b] float32; 0 where there is no outline.
    """
    inside = tf.cast(mask >= 0.5, tf.float32)
    near = tf.nn.max_pool2d(inside, 5, 1, "SAME") - (
        1.0 - tf.nn.max_pool2d(1.0 - inside, 5, 1, "SAME")
    )
    return object_squared_error(target, prediction, near)


def psnr(target, prediction):
    """Peak signal-to-noise ratio in dB of images in [0, 1]: [b] float32."""
    return tf.image.psnr(target, prediction, max_val=1.0)


def mask_iou(target, prediction):
    """Intersection over union of masks, both cut at one half.

    Args:
      target, prediction: [b, h, w, 1] float32.

    Returns:
      [b] float32 in [0, 1]; 1 where both are empty.
    """
    a, b = target >= 0.5, prediction >= 0.5
    both = tf.reduce_sum(tf.cast(a & b, tf.float32), axis=[1, 2, 3])
    either = tf.reduce_sum(tf.cast(a | b, tf.float32), axis=[1, 2, 3])
    return tf.where(either > 0, both / tf.maximum(either, 1.0), 1.0)
