"""A small network that reads named factors from pictures."""

import dataclasses

import numpy as np
import tensorflow as tf

from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.spec import Conv, Dense, NetworkSpec

_SMALLEST_MAP = 8  # pixels a side, from which the fully connected layers read
_BATCH = 64


def reader_spec(image_size, numbers):
    """Strided convolutions down to a small map, then two fully connected layers.

    Args:
      image_size: height and width of the pictures.
      numbers: how many the network gives.

    Returns:
      `networks.spec.NetworkSpec`.
    """
    rows, channels, size = {}, 16, image_size
    while size > _SMALLEST_MAP:
        rows[f"conv{len(rows) + 1}"] = Conv(channels, 3, 2)
        channels, size = min(2 * channels, 64), -(-size // 2)
    rows["fc"] = Dense(64)
    rows["factors"] = Dense(numbers, activation="none")
    return NetworkSpec("ours", rows, slope=0.2)


@dataclasses.dataclass(frozen=True)
class Judge:
    """Reads factors from pictures.

    Attributes:
      factors: of `conditions.description.Condition`, one-hot ones and angles.
      image_size: height and width of the pictures.
      network: `networks.layered.LayeredNetwork`, of `reader_spec`.
      scores: name of a factor -> the score, as `score` gives it, on pictures that were not trained
        on; {} before it has been trained.
      constant_scores: the same of the best answer that does not look at the picture: what any
        judge gets from blank pages.
    """

    factors: tuple
    image_size: int
    network: LayeredNetwork
    scores: dict = dataclasses.field(default_factory=dict)
    constant_scores: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def untrained(cls, factors, image_size):
        """A Judge whose network starts at random; ValueError for a factor that is a vector."""
        for factor in factors:
            if factor.kind == "vector":
                raise ValueError(f"factor {factor.name} is a vector: give one-hot ones and angles.")
        numbers = sum(factor.code_size for factor in factors)
        spec = reader_spec(image_size, numbers)
        network = LayeredNetwork(spec, (image_size, image_size, 3))
        return cls(tuple(factors), image_size, network)

    def codes(self, images):
        """What the network gives, by factor.

        Args:
          images: [n, s, s, 3] float32 in [0, 1].

        Returns:
          dict: name -> [n, code_size] float32: logits of a one-hot, about the sine and cosine of an
          angle.
        """
        sizes = [factor.code_size for factor in self.factors]
        parts = tf.split(self.network(images - 0.5), sizes, axis=-1)
        return {factor.name: part for factor, part in zip(self.factors, parts, strict=True)}

    def read(self, images):
        """What pictures show.

        Args:
          images: [n, s, s, 3] uint8.

        Returns:
          dict: name -> [n, size] float32 probabilities of a one-hot's values, or [n] float32
          degrees from 0 to 360 of an angle.
        """
        parts = [
            self.codes(tf.constant(images[i : i + _BATCH], tf.float32) / 255.0)
            for i in range(0, len(images), _BATCH)
        ]
        return {
            factor.name: _values(factor, np.concatenate([part[factor.name] for part in parts]))
            for factor in self.factors
        }

    def score(self, images, values):
        """How well it reads.

        Args:
          images: [n, s, s, 3] uint8.
          values: name of each factor -> [n] true numbers of a one-hot, or degrees.

        Returns:
          dict: name -> share of a one-hot's values that are read right, or the mean absolute error
          of an angle in degrees, the short way round.
        """
        answers = self.read(images)
        return {
            factor.name: agreement(factor, answers[factor.name], values[factor.name])
            for factor in self.factors
        }


def agreement(factor, answers, truth):
    """The score of answers, as `Judge.score` tells it.

    Args:
      factor: `conditions.description.Condition`.
      answers: as `Judge.read` gives them.
      truth: [n] numbers of a one-hot, or degrees.
    """
    if factor.kind == "one-hot":
        return float(np.mean(answers.argmax(axis=-1) == truth))
    return float(np.abs((answers - truth + 180) % 360 - 180).mean())


def constant_score(factor, truth):
    """The score of the one answer that is best for all pictures.

    Args:
      factor: `conditions.description.Condition`.
      truth: [n] numbers of a one-hot, or degrees.
    """
    if factor.kind == "one-hot":
        return float(np.bincount(truth, minlength=factor.size).max() / len(truth))
    # The best is among the true angles: the mean absolute error is linear between them.
    return min(agreement(factor, np.full(len(truth), angle), truth) for angle in np.unique(truth))


def _values(factor, codes):
    if factor.kind == "one-hot":
        return tf.nn.softmax(codes).numpy()
    sine, cosine = codes.T
    return np.degrees(np.arctan2(sine, cosine)) % 360
