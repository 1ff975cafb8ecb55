"""How requests are run together: TensorFlow Serving's `BatchingParameters`."""

import dataclasses
import os


@dataclasses.dataclass(frozen=True)
class BatchingParameters:
    """TensorFlow Serving's parameters of the same names.

    Attributes:
      max_batch_size: most examples in a batch; 0: requests are not joined.
      enable_large_batch_splitting: larger requests run as several batches; False: they are refused.
      batch_timeout_micros: how long the oldest request waits for others, in microseconds, though a
        thread is free; 0 takes what waits.
      max_enqueued_batches: batches (of `max_batch_size` examples, or of one request if they are
        not joined) that may wait; what comes on top is refused.
      num_batch_threads: batches that run at the same time.
      allowed_batch_sizes: increasing; batches are padded to the next of them. () for any size.

    Raises:
      ValueError: a number is out of range, or the last allowed size is not the largest batch.
    """

    max_batch_size: int = 0
    batch_timeout_micros: int = 0
    max_enqueued_batches: int = 1000
    num_batch_threads: int = os.cpu_count() or 1
    allowed_batch_sizes: tuple = ()
    enable_large_batch_splitting: bool = True

    def __post_init__(self):
        for name in ("max_batch_size", "batch_timeout_micros"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}: give 0 or more.")
        for name in ("max_enqueued_batches", "num_batch_threads"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}: give 1 or more.")
        sizes = list(self.allowed_batch_sizes)
        if sizes and (sizes != sorted(set(sizes)) or sizes[0] < 1):
            raise ValueError(f"allowed_batch_sizes is {sizes}: give increasing sizes.")
        if sizes and sizes[-1] != self.max_batch_size:
            raise ValueError(
                f"allowed_batch_sizes ends with {sizes[-1]}: the last must be max_batch_size, "
                f"{self.max_batch_size}."
            )
