"""Examples from disk, for collections that memory cannot hold.

As in `data.pipeline`, the order is a function of seed and position alone: each pass reads the files
in an order of its own, several at a time, and shuffles windows of records. TFDS has already
shuffled the examples over the files. Starting in the middle of a pass reads on from its beginning,
but decodes nothing on the way.
"""

import numpy as np
import tensorflow as tf

from tfgen.data import pipeline
from tfgen.data.drawings import prepared
from tfgen.data.drawings.examples import Examples, over_black

_FILES_AT_A_TIME = 8
_SHUFFLED_RECORDS = 4096


def _is_held_out(member):
    """A predicate of serialised examples; it parses their conditions, not the images."""
    holdout = member.holdout
    table = tf.constant(holdout.table)
    features = {
        name: tf.io.FixedLenFeature([], tf.float32 if name in holdout.angles else tf.int64)
        for name in holdout.axes
    }

    def held_out(record):
        example = tf.io.parse_single_example(record, features)
        places = []
        for name, values in holdout.axes.items():
            if name not in holdout.angles:
                places.append(example[name])
                continue
            away = example[name] - tf.constant(values, tf.float32)
            around = tf.abs(tf.math.floormod(away + 180.0, 360.0) - 180.0)
            places.append(tf.argmin(around))
        return tf.gather_nd(table, tf.stack(places))

    return held_out


def _decode(member):
    features = member.builder.info.features
    names = [condition.name for condition in member.builder.conditions]

    def decode(record):
        example = features.deserialize_example(record)
        example[member.style] += member.first_style
        image = over_black(example["image"], example["mask"])
        return {"image": image, "mask": example["mask"]} | {name: example[name] for name in names}

    return decode


def _one_pass(members, seed, number):
    """(member index, record) of every training example once, in the order of pass `number`."""
    key = tf.stack([tf.constant(seed, tf.int64), number])

    def shuffled(window, records):
        window_key = tf.random.experimental.stateless_fold_in(key, window)
        order = tf.random.experimental.stateless_shuffle(records, window_key)
        return tf.data.Dataset.from_tensor_slices(order)

    passes = []
    for index, member in enumerate(members):
        files = [str(path) for path in member.builder.info.splits["train"].filepaths]
        last = len(files) - 1
        held_out = _is_held_out(member)

        def file(i, files=tuple(files), last=last):
            place = tf.random.experimental.index_shuffle(i, key, last) if last else i
            return tf.gather(tf.constant(files), place)

        records = (
            tf.data.Dataset.range(len(files))
            .map(file)
            .interleave(
                tf.data.TFRecordDataset,
                cycle_length=min(_FILES_AT_A_TIME, len(files)),
                block_length=16,
                num_parallel_calls=tf.data.AUTOTUNE,
                deterministic=True,
            )
            .filter(lambda record, held_out=held_out: tf.logical_not(held_out(record)))
            .batch(_SHUFFLED_RECORDS)
            .enumerate()
            .flat_map(shuffled)
        )
        passes.append(records.map(lambda record, index=index: (index, record)))
    if len(passes) == 1:
        return passes[0]
    counts = np.array([count_trained_on(member) for member in members], float)
    return tf.data.Dataset.sample_from_datasets(
        passes, list(counts / counts.sum()), seed=seed, rerandomize_each_iteration=False
    )


def count_trained_on(member):
    """Number of a member's examples that are not held out."""
    if member.num_examples == member.holdout.table.size:  # no view is missing
        return int((~member.holdout.table).sum())
    held_out = _is_held_out(member)
    files = [str(path) for path in member.builder.info.splits["train"].filepaths]
    records = tf.data.TFRecordDataset(files).filter(lambda r: tf.logical_not(held_out(r)))
    with prepared.reading(member.builder):
        return sum(1 for _ in records)


def streamed_batches(collection, batch_size, seed, start_step=0, steps=(), randoms=0):
    """Endless training batches, read from disk; arguments and result as `training_batches`."""
    members = collection.members
    in_a_pass = sum(count_trained_on(member) for member in members)
    first_pass, read = divmod(start_step * batch_size, in_a_pass)
    decoders = [_decode(member) for member in members]

    def decode(number, example):
        index, record = example
        branches = [lambda d=d: d(record) for d in decoders]
        decoded = tf.switch_case(index, branches) if len(branches) > 1 else branches[0]()
        random = (pipeline.random_numbers(number, seed, randoms),) if randoms else ()
        return number // batch_size, decoded, *random

    def batch(step, decoded, random=None):
        return pipeline.changed(decoded, steps, random, step)

    records = (
        tf.data.Dataset.range(first_pass, tf.int64.max)
        .flat_map(lambda number: _one_pass(members, seed, number))
        .skip(read)
    )
    numbers = tf.data.Dataset.range(start_step * batch_size, tf.int64.max)
    return pipeline.with_options(
        tf.data.Dataset.zip((numbers, records))
        .map(decode, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        .batch(batch_size, drop_remainder=True)
        .map(batch, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    )


def sample_examples(collection, count, held_out):
    """The first `count` examples of each member that are, or are not, held out, in memory."""
    examples = []
    for member in collection.members:
        files = [str(path) for path in member.builder.info.splits["train"].filepaths]
        is_held_out = _is_held_out(member)
        records = tf.data.TFRecordDataset(files)
        records = records.filter(lambda r, test=is_held_out: test(r) == held_out).take(count)
        with prepared.reading(member.builder):
            examples += records.map(_decode(member)).as_numpy_iterator()
    if not examples:
        return None
    columns = {name: np.stack([example[name] for example in examples]) for name in examples[0]}
    return Examples(columns | {"held_out": np.full(len(examples), held_out)}).spread(count)
