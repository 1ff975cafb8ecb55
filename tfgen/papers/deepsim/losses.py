"""The three losses of DeePSiM (Dosovitskiy and Brox, equations 2 to 5), one number an image.

Reductions as the authors' code has them: sums over pixels and features, halved where squared; means
over the batch are left to the trainer. Images count in units of 1/255.
"""

import tensorflow as tf


def image_loss(kind, target, drawn):
    """Loss in image space, [b] float32.

    Args:
      kind: "squared": equation (5); "absolute": the sum of differences; "none": zeros.
      target, drawn: [b, h, w, 3] float32 in [0, 1].
    """
    difference = 255.0 * (drawn - target)
    if kind == "none":
        return tf.zeros(tf.shape(target)[0])
    if kind == "absolute":
        return tf.reduce_sum(tf.abs(difference), axis=(1, 2, 3))
    return 0.5 * tf.reduce_sum(tf.square(difference), axis=(1, 2, 3))


def feature_loss(target, drawn):
    """Equation (2), of features of any shape: [b] float32."""
    axes = tuple(range(1, target.shape.rank))
    return 0.5 * tf.reduce_sum(tf.square(drawn - target), axis=axes)


def discriminator_loss(real, generated):
    """Equation (3): [b] float32, of logits [b, 2], of which the first is for real images."""
    return _cross_entropy(real, 0) + _cross_entropy(generated, 1)


def adversarial_loss(generated):
    """Equation (4): [b] float32, of logits [b, 2]."""
    return _cross_entropy(generated, 0)


def _cross_entropy(logits, label):
    labels = tf.fill(tf.shape(logits)[:1], label)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
