"""What one request may cost, and how many large ones may cost it at the same time."""

import asyncio
import dataclasses
import math

import tensorflow as tf

from tfgen.serving.status import invalid_argument

_MIB = 1 << 20
# Answers over the first size share four places, those over the second have one.
_MIDDLING, _LARGE = _MIB, 24 * _MIB
# A place is given back by then, though a client that reads slowly has not read its answer.
_LONGEST_SENDING_SECONDS = 30.0


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one request may cost.

    Attributes:
      max_rows: examples in it.
      max_request_bytes: of the request, and of each input.
      max_answer_bytes: of the answer.
      max_json_values: values in the JSON of a REST request, each of which takes some 40 bytes.
    """

    max_rows: int = 20_000
    max_request_bytes: int = 64 * _MIB
    max_answer_bytes: int = 192 * _MIB
    max_json_values: int = 1_000_000

    def check_rows(self, rows):
        """RequestError (INVALID_ARGUMENT) if a request has too many examples."""
        if rows > self.max_rows:
            raise invalid_argument(
                f"the request has {rows} rows: the server takes at most {self.max_rows} "
                "(--max_rows): send fewer at once."
            )

    def check_answer(self, specs, rows, value_bytes):
        """Refuses before anything is computed, as far as shapes tell.

        Args:
          specs: `servable.TensorSpec`s of the outputs that are wanted.
          rows: examples of the request; those of what has no examples count as one.
          value_bytes: function of a tf.DType to the most bytes that a value takes in the answer.

        Returns:
          Most bytes of the answer, 0 for outputs of unknown size.

        Raises:
          RequestError: INVALID_ARGUMENT.
        """
        row = sum(_values(spec) * value_bytes(spec.dtype) for spec in specs)
        if row * rows > self.max_answer_bytes:
            fitting = self.max_answer_bytes // row
            raise invalid_argument(
                f"the answer to {rows} rows may take {_mib(row * rows)} MiB: the server gives at "
                f"most {_mib(self.max_answer_bytes)} (--max_answer_mb): "
                + (f"ask for at most {fitting} rows" if fitting else "ask for other outputs")
                + ", or for fewer outputs (output_filter)."
            )
        return row * rows


class Places:
    """Places for large answers: a few are computed and sent at the same time, the others wait."""

    def __init__(self):
        self._large, self._middling = asyncio.Semaphore(1), asyncio.Semaphore(4)

    async def take(self, size):
        """Waits for a place for an answer of `size` bytes; `leave` it when the answer is sent."""
        room = self._large if size > _LARGE else self._middling if size > _MIDDLING else None
        if room:
            await room.acquire()
        return Place(room)


class Place:
    """A place that was taken; see `Places`."""

    def __init__(self, room):
        self._room = room

    def leave(self):
        """Gives it back, once."""
        room, self._room = self._room, None
        if room:
            room.release()

    def leave_in_time(self):
        """Gives it back soon, whether the answer, which is ready, is sent by then or not."""
        asyncio.get_running_loop().call_later(_LONGEST_SENDING_SECONDS, self.leave)


def _values(spec):
    """Values of one example; 0 if its shape or size is open."""
    shape = spec.shape
    if shape is None or spec.dtype == tf.string:
        return 0
    sizes = shape[1:] if spec.is_batched else shape
    return 0 if None in sizes else math.prod(sizes)


def _mib(size):
    return f"{size / _MIB:.3g}"
