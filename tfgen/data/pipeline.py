"""From examples to batches of (inputs, targets), as a pure function of the step.

Which examples a step sees, in which order and under which transformation, depends on the seed and
the step alone. So a run resumes in the middle of a pass at no cost, and replicas, that share one
global batch, see what a single device would.
"""

import tensorflow as tf

from tfgen.data.transforms import TRANSFORM_SIZE, apply_transform, draw_transform
from tfgen.data.viewpoint import viewpoint_code


def shuffled_positions(count, seed, start):
    """Endless (example number, position): each pass in an order of its own.

    Args:
      count: number of examples.
      seed: int.
      start: number of the first example to see; examples before it are not visited.

    Returns:
      Dataset of int64 pairs.
    """
    seed = tf.constant(seed, tf.int64)

    def position(number):
        order = tf.stack([seed, number // count])
        place = tf.random.experimental.index_shuffle(number % count, order, count - 1)
        return number, place

    return tf.data.Dataset.range(start, tf.int64.max).map(position)


def random_batches(count, randoms, batch_size, seed, start_step, make):
    """Endless batches of examples that are changed at random.

    Args:
      count: number of examples.
      randoms: of random numbers an example needs.
      batch_size: of the global batch.
      seed: int.
      start_step: number of the first batch.
      make: function of places [b] int64 and random numbers [b, randoms] float32 in [0, 1) to the
        batch.

    Returns:
      Dataset; its elements depend on the arguments alone.
    """

    def draw(number, place):
        key = tf.stack([tf.constant(seed, tf.int64), number])
        return place, tf.random.stateless_uniform((randoms,), key)

    numbers = shuffled_positions(count, seed, start_step * batch_size).map(draw)
    batches = numbers.batch(batch_size, drop_remainder=True)
    return with_options(batches.map(make, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True))


def make_batch(images, masks, styles, azimuths, elevations, theta, num_styles):
    """Inputs and targets of a batch, T_theta applied to the targets.

    Args:
      images: [b, h, w, 3] uint8 over black; masks: [b, h, w, 1] uint8.
      styles: [b] int64; azimuths, elevations: [b] float32, degrees.
      theta: [b, 8] float32, or None for the identity.

    Returns:
      (inputs, targets) as `models.generator.UpConvGenerator` takes and returns them.
    """
    image = tf.cast(images, tf.float32) / 255.0
    mask = tf.cast(masks, tf.float32) / 255.0
    if theta is None:
        theta = tf.zeros((tf.shape(styles)[0], TRANSFORM_SIZE))
    else:
        image, mask = apply_transform(image, mask, theta)
    inputs = {
        "style": tf.one_hot(styles, num_styles),
        "viewpoint": viewpoint_code(azimuths, elevations),
        "transform": theta,
    }
    return inputs, {"image": image, "mask": mask}


def _gather(examples):
    """A map from indices [b] to that many examples; the arrays stay outside the graph."""
    kinds = (tf.uint8, tf.uint8, tf.int64, tf.float32, tf.float32)
    arrays = (
        examples.images,
        examples.masks,
        examples.styles,
        examples.azimuths,
        examples.elevations,
    )

    def gather(indices):
        rows = tf.numpy_function(lambda i: [array[i] for array in arrays], [indices], kinds)
        for row, array in zip(rows, arrays, strict=True):
            row.set_shape((indices.shape[0], *array.shape[1:]))
        return rows

    return gather


def training_batches(examples, num_styles, batch_size, ranges, seed, start_step=0):
    """Endless training batches from examples in memory.

    Args:
      examples: `data.examples.Examples`, all of them to train on.
      num_styles: length of the style vector.
      batch_size: of the global batch.
      ranges: `data.transforms.TransformRanges`, or None for no transformations.
      seed: int.
      start_step: number of the first batch.

    Returns:
      Dataset of (inputs, targets); its elements depend on the arguments alone.
    """
    gather = _gather(examples)

    def draw(number, place):
        return place, draw_transform(ranges, tf.stack([tf.constant(seed, tf.int64), number]))

    def batch(places, theta=None):
        return make_batch(*gather(places), theta, num_styles)

    numbers = shuffled_positions(len(examples), seed, start_step * batch_size)
    numbers = numbers.map(draw) if ranges else numbers.map(lambda number, place: place)
    return with_options(
        numbers.batch(batch_size, drop_remainder=True).map(
            batch, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
        )
    )


def evaluation_batches(examples, num_styles, batch_size):
    """All examples once, in order, not transformed; the last batch may be smaller."""
    gather = _gather(examples)
    places = tf.data.Dataset.range(len(examples)).batch(batch_size)
    return with_options(places.map(lambda p: make_batch(*gather(p), None, num_styles)))


def with_options(dataset):
    """Prefetches, and lets replicas split each global batch."""
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return dataset.prefetch(4).with_options(options)
