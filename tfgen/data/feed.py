"""What a run reads: training batches, and the examples to be scored."""

import dataclasses
from collections.abc import Callable

from tfgen.data import pipeline


@dataclasses.dataclass(frozen=True)
class Feed:
    """The data of a run.

    Attributes:
      batches: function of the first step's number to an endless Dataset of training batches, dicts.
      scored: split, "training" and, if anything is held out, "held_out" -> `data.source.Columns`.
      trained_examples: number of examples in a pass.
      in_memory: bytes of decoded examples, 0 if they stream from disk.
      refuse: function that is called when reading failed; raises InputError if files are damaged.
    """

    batches: Callable
    scored: dict
    trained_examples: int
    in_memory: int
    refuse: Callable = lambda: None


def make_feed(source, schedule, scored, steps=(), randoms=0):
    """The Feed of a source.

    Args:
      source: `data.source.Source`.
      schedule: `config.run.ScheduleConfig`.
      scored: split -> Columns.
      steps, randoms: as `data.pipeline.training_batches` takes them.
    """

    def batches(start_step):
        return pipeline.training_batches(
            source, schedule.batch_size, schedule.seed, start_step, steps, randoms
        )

    return Feed(batches, scored, len(source), source.in_memory)
