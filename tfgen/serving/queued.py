"""A request in the queue, and the pieces that it is run in."""

import asyncio
import dataclasses

import grpc
import numpy as np

from tfgen.serving.status import RequestError


class NotByRowsError(Exception):
    """Outputs are not rows of the inputs: the request cannot be run in pieces."""


@dataclasses.dataclass(eq=False)
class Request:
    """One request.

    Attributes:
      arrays: input name -> array.
      size: examples in it.
      arrived, deadline: seconds of the loop's clock.
      keep: names of the outputs that are wanted.
      most_bytes: that they may take together.
      answer: future of output name -> array.
      cost: what it takes of the queue's room.
      done: examples that were run.
      outputs: output name -> array, as far as they were run.
    """

    arrays: dict
    size: int
    arrived: float
    deadline: float
    keep: tuple
    most_bytes: float
    answer: asyncio.Future
    cost: int = 0
    done: int = 0
    outputs: dict = dataclasses.field(default_factory=dict)
    _bytes: int = 0

    def is_over(self, now):
        """Whether nobody waits for the answer any more; who waited too long is told."""
        if not self.answer.done() and self.deadline <= now:
            self.answer.set_exception(
                RequestError(
                    grpc.StatusCode.DEADLINE_EXCEEDED,
                    f"{self.done} of {self.size} examples were run in the request's time.",
                )
            )
        return self.answer.done()

    def start_again(self):
        """Forgets what was run."""
        self.done, self.outputs, self._bytes = 0, {}, 0

    def store(self, start, stop, outputs):
        """Keeps the outputs of examples `start` to `stop`.

        Raises:
          NotByRowsError: they are no rows of those examples.
          RequestError: RESOURCE_EXHAUSTED; the answer has become too large.
        """
        kept = {name: outputs[name] for name in self.keep}
        self._bytes += sum(map(_size_in_bytes, kept.values()))
        if self._bytes > self.most_bytes:
            raise RequestError(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                f"the answer has {self._bytes} bytes after {stop} of {self.size} examples: the "
                f"server gives at most {self.most_bytes} (--max_answer_mb): ask for fewer.",
            )
        if (start, stop) == (0, self.size):
            self.outputs = kept
        else:
            for name, array in kept.items():
                self._store_rows(name, array, start, stop)
        self.done = stop

    def _store_rows(self, name, array, start, stop):
        if array.ndim == 0 or len(array) != stop - start:
            raise NotByRowsError
        if name not in self.outputs:
            self.outputs[name] = np.empty((self.size, *array.shape[1:]), array.dtype)
        if self.outputs[name].shape[1:] != array.shape[1:]:
            raise NotByRowsError
        self.outputs[name][start:stop] = array


@dataclasses.dataclass(frozen=True)
class Piece:
    """Examples `start` to `stop` of a request, run at once."""

    request: Request
    start: int
    stop: int

    @property
    def size(self):
        """How many examples it has."""
        return self.stop - self.start

    def arrays(self):
        """Input name -> array of its examples."""
        if (self.start, self.stop) == (0, self.request.size):
            return self.request.arrays
        return {name: each[self.start : self.stop] for name, each in self.request.arrays.items()}

    def store(self, outputs):
        """See `Request.store`."""
        self.request.store(self.start, self.stop, outputs)


def _size_in_bytes(array):
    if array.dtype == object:
        return sum(len(each) for each in array.ravel().tolist())
    return array.nbytes
