"""The two terms of equation (1) of Dosovitskiy et al., reduced as in the authors' code; a third.

Squared errors are half the sum over pixels and channels; the softmax's negative log-likelihood is
the mean over pixels. Both give one number an image; the mean over the batch is the caller's.
"""

import tensorflow as tf


def half_squared_error(target, prediction):
    """Half the squared Euclidean distance.

    Args:
      target, prediction: [b, h, w, c] float32.

    Returns:
      [b] float32.
    """
    return 0.5 * tf.reduce_sum(tf.square(target - prediction), axis=[1, 2, 3])


def mask_log_likelihood(target, logits):
    """Negative log-likelihood of a softmax over background and object, mean over pixels.

    Args:
      target: [b, h, w, 1] float32 in [0, 1], the object's coverage of the pixel.
      logits: [b, h, w, 2] float32, background and object.

    Returns:
      [b] float32.
    """
    labels = tf.concat([1.0 - target, target], axis=-1)
    likelihood = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    return tf.reduce_mean(likelihood, axis=[1, 2])


def white_squared_error(targets, outputs):
    """Half the squared error of the picture over white: what is seen of the other two terms.

    It asks for colours and mask to fade together at an outline, of which equation (1) knows
    nothing. Nothing is clipped: what lies outside of [0, 1] has a gradient too.

    Args:
      targets, outputs: as of `reconstruction_terms`.

    Returns:
      [b] float32.
    """
    return half_squared_error(
        targets["image"] - targets["mask"], outputs["image"] - outputs["mask"]
    )


def reconstruction_terms(targets, outputs):
    """L_RGB and L_segm of equation (1), one number an image each.

    Args:
      targets: dict of image [b, h, w, 3], over black, and mask [b, h, w, 1].
      outputs: what `generator.UpConvGenerator` returns.

    Returns:
      dict of "image" and "mask", [b] float32.
    """
    if "mask_logits" in outputs:
        mask = mask_log_likelihood(targets["mask"], outputs["mask_logits"])
    else:
        mask = half_squared_error(targets["mask"], outputs["mask"])
    return {"image": half_squared_error(targets["image"], outputs["image"]), "mask": mask}
