"""From a source to batches, dicts of tensors, as a pure function of seed and step.

Which examples a step sees, in which order and under which random numbers, depends on the seed and
the step alone. So a run resumes in the middle of a pass at no cost, and replicas, that share one
global batch, see what a single device would.
"""

import contextlib

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.pixels import from_uint8

# InputErrors of sources, which are read in TensorFlow's threads and lose their class on the way.
_told_in_threads = []


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


def random_numbers(number, seed, count):
    """[count] float32 in [0, 1): what is random about the example seen as number so many."""
    key = tf.stack([tf.constant(seed, tf.int64), number])
    return tf.random.stateless_uniform((count,), key)


def training_batches(source, batch_size, seed, start_step=0, steps=(), randoms=0):
    """Endless training batches.

    Args:
      source: `data.source.Source`.
      batch_size: of the global batch.
      seed: int.
      start_step: number of the first batch.
      steps: functions of a batch to a batch, in the graph, one after another. They see the batch's
        random numbers as "random", [b, randoms], and as "step" in which step each example is
        trained on, [b] int64; neither goes further.
      randoms: random numbers an example needs; 0: as many as the source takes.

    Returns:
      Dataset of dicts; its elements depend on the arguments alone.
    """
    randoms = randoms or source.randoms
    read = _reader(source)

    def draw(number, place):
        random = (random_numbers(number, seed, randoms),) if randoms else ()
        return number // batch_size, place, *random

    def batch(step, places, random=None):
        return changed(read(places, random), steps, random, step)

    numbers = shuffled_positions(len(source), seed, start_step * batch_size).map(draw)
    batches = numbers.batch(batch_size, drop_remainder=True)
    return with_options(batches.map(batch, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True))


def scored_batches(source, batch_size, steps=()):
    """All examples of a source without randomness once, in order; the last batch may be smaller."""
    read = _reader(source)
    places = tf.data.Dataset.range(len(source)).batch(batch_size)
    return with_options(places.map(lambda p: changed(read(p, None), steps, None)))


@contextlib.contextmanager
def telling():
    """Around what draws batches: raises the InputError of a source that could not be read."""
    _told_in_threads.clear()
    try:
        yield
    except tf.errors.OpError:
        if _told_in_threads:
            raise _told_in_threads[0] from None
        raise


def changed(batch, steps, random, step=None):
    """A batch, its images as float32 in [0, 1], after the steps; see `training_batches`."""
    batch = {name: from_uint8(x) if x.dtype == tf.uint8 else x for name, x in batch.items()}
    beside = {"random": random, "step": step}
    batch |= {name: x for name, x in beside.items() if x is not None}
    for change in steps:
        batch = change(batch)
    return {name: x for name, x in batch.items() if name not in beside}


def _reader(source):
    """A map from places [b] to that many examples; arrays stay outside the graph."""
    names = list(source.spec)
    kinds = [tf.as_dtype(dtype) for _, dtype in source.spec.values()]

    def arrays(places, *random):
        try:
            batch = source.batch(places, *random)
        except InputError as error:
            _told_in_threads.append(error)
            raise
        return [np.ascontiguousarray(batch[name], source.spec[name][1]) for name in names]

    def read(places, random):
        given = [places] if random is None or not source.randoms else [places, random]
        columns = tf.numpy_function(arrays, given, kinds)
        for name, column in zip(names, columns, strict=True):
            column.set_shape((places.shape[0], *source.spec[name][0]))
        return dict(zip(names, columns, strict=True))

    return read


def with_options(dataset):
    """Prefetches, and lets replicas split each global batch."""
    options = tf.data.Options()
    # The tuning thread sleeps for up to a minute, and who lets go of an iterator waits for it.
    options.autotune.enabled = False
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return dataset.prefetch(4).with_options(options)
