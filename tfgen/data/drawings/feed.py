"""What a run on drawings reads, from memory where it fits, else from disk."""

import dataclasses

import numpy as np

from tfgen.data.drawings import prepared, stream
from tfgen.data.drawings.examples import load_examples
from tfgen.data.feed import Feed, make_feed
from tfgen.data.source import Evenly
from tfgen.errors import InputError


def drawing_feed(collection, schedule, steps=(), randoms=0, evenly="views"):
    """The Feed of a `collection.Collection`, from memory where it fits, else from disk.

    Args:
      collection: `collection.Collection`.
      schedule: `config.run.ScheduleConfig`.
      steps, randoms: as `data.pipeline.training_batches` takes them.
      evenly: as `config.data.TurntableConfig` has it.

    Raises:
      InputError: what is to be seen evenly does not fit into memory.
    """
    if collection.decoded_bytes <= schedule.cache_gb * 2**30:
        examples = load_examples(collection)
        groups = _groups(collection.conditions[0], examples, evenly)
        feed = feed_of_examples(examples, schedule, steps, randoms, groups)
        return dataclasses.replace(feed, in_memory=examples.in_memory)
    if evenly != "views":
        raise InputError(
            f"`evenly`={evenly} needs all images in memory, and these take "
            f"{collection.decoded_bytes / 2**30:.1f} GiB: raise `cache_gb`={schedule.cache_gb:g}."
        )

    def batches(start_step):
        return stream.streamed_batches(
            collection, schedule.batch_size, schedule.seed, start_step, steps, randoms
        )

    scored = {
        "training": stream.sample_examples(collection, schedule.evaluation_images, False),
        "held_out": stream.sample_examples(collection, schedule.evaluation_images, True),
    }
    return Feed(
        batches,
        {name: examples for name, examples in scored.items() if examples is not None},
        sum(stream.count_trained_on(member) for member in collection.members),
        0,
        lambda: prepared.refuse_damaged([member.builder for member in collection.members]),
    )


def _groups(style, examples, evenly):
    """[n] int: to which style or class examples belong, of the style's Condition; or None."""
    if evenly == "views":
        return None
    _, classes = np.unique(style.categories, return_inverse=True)
    styles = examples.columns[style.name]
    return styles if evenly == "styles" else classes[styles]


def feed_of_examples(examples, schedule, steps=(), randoms=0, groups=None):
    """The Feed of `examples.Examples` in memory.

    Args:
      examples: those marked so are held out.
      schedule, steps, randoms: as of `drawing_feed`.
      groups: [n] int, the group of each example, if groups are to be seen equally often.
    """
    trained_on, held_out = examples[~examples.held_out], examples[examples.held_out]
    scored = {"training": trained_on.spread(schedule.evaluation_images)}
    if len(held_out):
        scored["held_out"] = held_out.spread(schedule.evaluation_images)
    source = trained_on if groups is None else Evenly(trained_on, groups[~examples.held_out])
    feed = make_feed(source, schedule, scored, steps, randoms)
    return dataclasses.replace(feed, trained_examples=len(trained_on))
