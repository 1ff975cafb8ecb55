"""What a run reads: training batches from memory or from disk, and the examples to be scored."""

import dataclasses
from collections.abc import Callable

from tfgen.data import pipeline, stream
from tfgen.data.examples import load_examples


@dataclasses.dataclass(frozen=True)
class Feed:
    """The data of a run.

    Attributes:
      batches: function of the first step's number to an endless Dataset of training batches.
      evaluated: "training" and, if anything is held out, "held_out" -> Examples to score.
      trained_examples: number of examples in a pass.
      in_memory: bytes of decoded examples, 0 if they stream from disk.
    """

    batches: Callable
    evaluated: dict
    trained_examples: int
    in_memory: int


def make_feed(collection, schedule, ranges):
    """Chooses between memory and disk.

    Args:
      collection: `data.collection.Collection`.
      schedule: `config.ScheduleConfig`.
      ranges: `data.transforms.TransformRanges`, or None.
    """
    if collection.decoded_bytes <= schedule.cache_gb * 2**30:
        return feed_from_examples(load_examples(collection), collection, schedule, ranges)
    num_styles = len(collection.style_names)

    def batches(start_step):
        return stream.streamed_batches(
            collection, num_styles, schedule.batch_size, ranges, schedule.seed, start_step
        )

    evaluated = {
        "training": stream.sample_examples(collection, schedule.evaluation_images, False),
        "held_out": stream.sample_examples(collection, schedule.evaluation_images, True),
    }
    return Feed(
        batches,
        {name: examples for name, examples in evaluated.items() if examples is not None},
        sum(stream.count_trained_on(member) for member in collection.members),
        0,
    )


def feed_from_examples(examples, collection, schedule, ranges):
    """The Feed of examples that are in memory."""
    num_styles = len(collection.style_names)
    trained_on, held_out = examples[~examples.held_out], examples[examples.held_out]

    def batches(start_step):
        return pipeline.training_batches(
            trained_on, num_styles, schedule.batch_size, ranges, schedule.seed, start_step
        )

    evaluated = {"training": trained_on.spread(schedule.evaluation_images)}
    if len(held_out):
        evaluated["held_out"] = held_out.spread(schedule.evaluation_images)
    return Feed(batches, evaluated, len(trained_on), examples.images.nbytes + examples.masks.nbytes)
