"""What a run on drawings reads, from memory where it fits, else from disk."""

import dataclasses

from tfgen.data.drawings import prepared, stream
from tfgen.data.drawings.examples import load_examples
from tfgen.data.feed import Feed, make_feed


def drawing_feed(collection, schedule, steps=(), randoms=0):
    """The Feed of a `collection.Collection`, from memory where it fits, else from disk."""
    if collection.decoded_bytes <= schedule.cache_gb * 2**30:
        examples = load_examples(collection)
        feed = feed_of_examples(examples, schedule, steps, randoms)
        return dataclasses.replace(feed, in_memory=examples.in_memory)

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


def feed_of_examples(examples, schedule, steps=(), randoms=0):
    """The Feed of `examples.Examples` in memory; those marked so are held out."""
    trained_on, held_out = examples[~examples.held_out], examples[examples.held_out]
    scored = {"training": trained_on.spread(schedule.evaluation_images)}
    if len(held_out):
        scored["held_out"] = held_out.spread(schedule.evaluation_images)
    return make_feed(trained_on, schedule, scored, steps, randoms)
