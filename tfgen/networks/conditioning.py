"""From the values of conditions to the codes that a generator's streams hear."""

import math

import tensorflow as tf


def encode(condition, values):
    """The code of one condition.

    Args:
      condition: `conditions.description.Condition`.
      values: one-hot: [b] int numbers, or [b, size] float32 weights; angle: [b] degrees; vector:
        [b, size].

    Returns:
      [b, code_size] float32. An angle's are its sine and cosine, so that 0 and 359 degrees are
      neighbours (Dosovitskiy et al., "Learning to Generate Chairs", section 3).
    """
    values = tf.convert_to_tensor(values)
    if condition.kind == "one-hot" and values.dtype.is_integer:
        return tf.one_hot(values, condition.size)
    values = tf.cast(values, tf.float32)
    if condition.kind == "angle":
        radians = values * (math.pi / 180.0)
        return tf.stack([tf.sin(radians), tf.cos(radians)], axis=-1)
    return values


def stream_codes(description, values):
    """What each stream of a generator hears.

    Args:
      description: `conditions.description.Description`.
      values: condition's name -> values, as `encode` takes them. A stream whose conditions are
        missing is left out; a vector that is missing is all zeros.

    Returns:
      dict: stream -> [b, n] float32.
    """
    count = tf.shape(next(iter(values.values())))[0]
    codes = {}
    for stream, heard in description.streams.items():
        conditions = [description[name] for name in heard]
        if any(c.name not in values and c.kind != "vector" for c in conditions):
            continue
        parts = [
            encode(c, values[c.name]) if c.name in values else tf.zeros((count, c.size))
            for c in conditions
        ]
        codes[stream] = parts[0] if len(parts) == 1 else tf.concat(parts, axis=-1)
    return codes
