"""The terms of the variational bound, equation (5) of Dosovitskiy et al., Appendix A.

Each is in nats, one number an image. The bound is
log p(mask | z) + log p(image | z) - KL(q(z | c) || p(z)), with z drawn from q.
"""

import math

import tensorflow as tf


def mask_log_probability(target, logits):
    """Equation (2), log p(s | z): independent Bernoulli pixels.

    Args:
      target: [b, h, w, 1] float32 in [0, 1]; between them, the expectation over both values.
      logits: [b, h, w, 1] float32, before the sigmoid.

    Returns:
      [b] float32.
    """
    likelihood = tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logits)
    return -tf.reduce_sum(likelihood, axis=[1, 2, 3])


def image_log_probability(target, mean, sigma):
    """Equation (3), log p(x | z): independent Gaussian pixels of one variance.

    Args:
      target, mean: [b, h, w, 3] float32.
      sigma: standard deviation of a pixel's channel.

    Returns:
      [b] float32.
    """
    squares = tf.reduce_sum(tf.square(target - mean), axis=[1, 2, 3])
    count = tf.cast(tf.size(target[0]), tf.float32)
    return -0.5 * squares / sigma**2 - count * (0.5 * math.log(2 * math.pi) + math.log(sigma))


def divergence_from_prior(mean, log_variance, free=0.0):
    """KL(N(mean, variance) || N(0, 1)), summed over the code.

    Args:
      mean, log_variance: [b, …] float32.
      free: nats that each number of the code, on average over the batch, has without cost (Kingma
        et al., "Improved variational inference with inverse autoregressive flow", section 5 and
        appendix C.8: free bits).

    Returns:
      [b] float32; with `free`, none of a number is below it.
    """
    terms = 0.5 * (tf.square(mean) + tf.exp(log_variance) - 1.0 - log_variance)
    if free:
        # Where the batch's mean is below, the cost is constant, and has no gradient.
        costs = tf.reduce_mean(terms, axis=0, keepdims=True) > free
        terms = tf.where(costs, terms, free)
    return tf.reduce_sum(terms, axis=tuple(range(1, terms.shape.rank)))
