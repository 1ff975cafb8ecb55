"""Inversion by gradient descent on the image (Mahendran and Vedaldi, "Understanding Deep Image
Representations by Inverting Them"), with the settings of the authors' published code.
"""

import dataclasses
import math

import numpy as np
import tensorflow as tf

# The length of a photograph of 227 x 227 less its mean, in levels; grows with its square root.
_LENGTH = 27098.116 / math.sqrt(227 * 227 * 3)
_ALPHA = 6
_LAMBDA_ALPHA = 8e-10
_MOMENTUM = 0.9
_RATE = 0.004
_MEAN = 117.0  # level, about, of ImageNet's photographs
_FARTHEST = 256.0  # from the mean; no level of a photograph is


@dataclasses.dataclass(frozen=True)
class Descent:
    """How far to descend.

    Attributes:
      rates: (factor on the learning rate, iterations) one after another.
      total_variation: weight of the smoothness; the authors take 1 for shallow features and the
        first convolutions, 10 and 100 for later layers.
    """

    rates: tuple
    total_variation: float = 1.0

    @property
    def iterations(self):
        """Number of steps."""
        return sum(count for _, count in self.rates)


OF_NETWORKS = Descent(((1.0, 100), (0.1, 200), (0.01, 100)))
OF_HOG = Descent(((1.0, 200), (0.1, 200), (0.01, 200), (0.001, 200)))


def preimages(extract, features, image_size, descent=OF_NETWORKS, gray=False, seed=0):
    """Images whose features are near given ones, smooth and not too strong.

    Minimises |F(x) - F0|^2 / |F0|^2 + the sum of x^6 and of squared differences between
    neighbours, weighted, from noise. Images are independent of each other.

    Args:
      extract: differentiable function of images [n, s, s, 3] float32 in [0, 1] to features [n, …].
      features: [n, …] float32, to be inverted.
      image_size: height and width.
      descent: Descent.
      gray: whether to seek gray images.
      seed: of the noise.

    Returns:
      [n, image_size, image_size, 3] float32, clipped to [0, 1].
    """
    features = tf.convert_to_tensor(features, tf.float32)
    axes = tuple(range(1, features.shape.rank))
    channels = 1 if gray else 3
    shape = (features.shape[0], image_size, image_size, channels)
    length = _LENGTH * math.sqrt(image_size * image_size * channels)
    x = np.random.default_rng(seed).normal(size=shape)
    x *= length / np.linalg.norm(x.reshape(len(x), -1), axis=1)[:, None, None, None]
    x = tf.Variable(x, dtype=tf.float32)
    velocity = tf.Variable(tf.zeros(shape))
    scale = length**2 / tf.maximum(tf.reduce_sum(tf.square(features), axis=axes), 1e-12)

    def drawn():
        levels = x + _MEAN
        return (tf.repeat(levels, 3, axis=-1) if gray else levels) / 255.0

    @tf.function(autograph=False)
    def step(rate):
        with tf.GradientTape() as tape:
            missed = tf.reduce_sum(tf.square(extract(drawn()) - features), axis=axes)
            energy = scale * missed + 0.5 * (
                descent.total_variation * _total_variation(x)
                + _LAMBDA_ALPHA * tf.reduce_sum(x**_ALPHA, axis=(1, 2, 3))
            )
            energy = tf.reduce_sum(energy)
        velocity.assign(_MOMENTUM * velocity - rate * tape.gradient(energy, x))
        # The smoothness of high layers is at the edge of what the rate can bear: what overshoots
        # would grow without bounds.
        x.assign(tf.clip_by_value(x + velocity, -_FARTHEST, _FARTHEST))

    for factor, count in descent.rates:
        velocity.assign(tf.zeros(shape))
        for _ in range(count):
            step(tf.constant(_RATE * factor))
    return tf.clip_by_value(drawn(), 0.0, 1.0).numpy()


def _total_variation(x):
    """Sum of squared differences between neighbours, beta of 2: [n]."""
    down, right = x[:, 1:] - x[:, :-1], x[:, :, 1:] - x[:, :, :-1]
    return sum(tf.reduce_sum(tf.square(d), axis=(1, 2, 3)) for d in (down, right))
