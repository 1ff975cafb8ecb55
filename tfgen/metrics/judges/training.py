"""Trains a judge on pictures whose factors are known."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf
import tqdm

from tfgen.metrics.judges.judge import Judge, constant_score
from tfgen.networks.conditioning import encode


def train_judge(factors, training, held_out, steps=2000, batch_size=64, rate=1e-3, seed=0):
    """Trains a Judge, and scores it on pictures that it never saw.

    Args:
      factors: of `conditions.description.Condition`, one-hot ones and angles.
      training, held_out: (images [n, s, s, 3] uint8, dict: name of a factor -> [n] numbers of a
        one-hot, or degrees). Held-out ones should be of other objects, where there are objects.
      steps: of Adam.
      batch_size: pictures in a step.
      rate: Adam's learning rate.
      seed: of the weights and the order.

    Returns:
      Judge, with its scores on the held-out pictures.

    Raises:
      ValueError: a factor is a vector, or has no values.
    """
    images, values = training
    for factor in factors:
        for known in (values, held_out[1]):
            if factor.name not in known:
                raise ValueError(f"factor {factor.name} has no values: give some.")
    keras.utils.set_random_seed(seed)
    judge = Judge.untrained(factors, images.shape[1])
    variables = judge.network.trainable_variables
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(variables)
    # Targets of a one-hot are its weights, of an angle its sine and cosine: what encode gives.
    targets = {factor.name: encode(factor, values[factor.name]).numpy() for factor in factors}

    @tf.function(autograph=False)
    def step(pictures, wanted):
        with tf.GradientTape() as tape:
            codes = judge.codes(tf.cast(pictures, tf.float32) / 255.0)
            loss = sum(_loss(factor, codes, wanted) for factor in factors)
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))
        return loss

    rng = np.random.default_rng(seed)
    for _ in tqdm.trange(steps, unit="step", desc="training a judge"):
        chosen = rng.integers(0, len(images), min(batch_size, len(images)))
        step(
            tf.constant(images[chosen]),
            {name: tf.constant(target[chosen]) for name, target in targets.items()},
        )
    truth = {factor.name: np.asarray(held_out[1][factor.name]) for factor in factors}
    return dataclasses.replace(
        judge,
        scores=judge.score(held_out[0], truth),
        constant_scores={each.name: constant_score(each, truth[each.name]) for each in factors},
    )


def _loss(factor, codes, targets):
    """Cross entropy of a one-hot, squared error of an angle's sine and cosine; a mean."""
    code, target = codes[factor.name], targets[factor.name]
    if factor.kind == "one-hot":
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(target, code))
    return tf.reduce_mean(tf.reduce_sum(tf.square(code - target), axis=-1))
