"""Dynamic batching: requests that wait at the same time run as one, large ones turn by turn.

All of it lives on the event loop's thread, so nothing is locked; only the network runs in threads.
Whoever runs next is decided when a thread is free: under load batches grow by themselves, a lone
request never waits, and a large one goes to the end of the queue after each of its turns.
"""

import asyncio
import collections
import functools
import logging
import math

import grpc
import numpy as np

from tfgen.serving.queued import NotByRowsError, Piece, Request
from tfgen.serving.status import RequestError, as_request_error, invalid_argument
from tfgen.serving.turns import LARGEST_TURN

_log = logging.getLogger("tfgen.serving")


class Batcher:
    """The queue of one signature.

    Args:
      signature: `servable.Signature`.
      parameters: `BatchingParameters`.
      threads: `turns.Threads`.
    """

    def __init__(self, signature, parameters, threads):
        self._signature = signature
        self._parameters = parameters
        self._threads = threads
        self._by_rows = signature.is_batched
        joins = parameters.max_batch_size > 0 and self._by_rows
        self._max_size = parameters.max_batch_size if joins else 0
        self._capacity = parameters.max_enqueued_batches * max(self._max_size, 1)
        self._queue = collections.deque()
        self._waiting = 0  # the queue's costs
        self._arrival = asyncio.Event()
        self._pump = None
        self._running = set()

    async def __call__(self, arrays, size, timeout=None, keep=None, most_bytes=math.inf):
        """Runs one request.

        Args:
          arrays: input name -> array, checked.
          size: examples in it.
          timeout: seconds after which nobody waits for the answer; None for never.
          keep: names of the outputs that are wanted; None for all.
          most_bytes: that they may take together.

        Returns:
          Output name -> array.

        Raises:
          RequestError: RESOURCE_EXHAUSTED at once if too many wait, or as soon as the answer is too
            large; INVALID_ARGUMENT if it is larger than any batch and must not be split;
            DEADLINE_EXCEEDED; what the signature raises.
        """
        splits = self._parameters.enable_large_batch_splitting and self._max_size != 1
        if not splits and 0 < self._max_size < size:
            raise invalid_argument(
                f"the batch of {size} is larger than the server's largest, {self._max_size}: send "
                "smaller ones."
            )
        loop = asyncio.get_running_loop()
        now = loop.time()
        deadline = math.inf if timeout is None else now + timeout
        keep = tuple(keep or self._signature.outputs)
        request = Request(arrays, size, now, deadline, keep, most_bytes, loop.create_future())
        if self._waiting + self._cost(request) > self._capacity:
            raise RequestError(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                f"{self._waiting} requests wait already, the server's limit: try again later.",
            )
        if self._is_large(request):
            return await self._answer(request)
        with self._threads.turns.small_request(size, now):
            return await self._answer(request)

    async def _answer(self, request):
        self._enqueue(request)
        try:
            return await request.answer
        finally:
            if request in self._queue:  # its client gave up
                self._queue.remove(request)
                self._waiting -= request.cost

    def _cost(self, request):
        """Examples if requests are joined, else requests; a large one waits for its turn only."""
        return min(request.size, self._max_size) if self._max_size else 1

    def _is_large(self, request):
        return self._by_rows and request.size > (self._max_size or LARGEST_TURN)

    def _enqueue(self, request):
        request.cost = self._cost(request)
        self._queue.append(request)
        self._waiting += request.cost
        self._arrival.set()
        if self._pump is None:
            self._pump = asyncio.get_running_loop().create_task(self._run_while_any_wait())

    async def _run_while_any_wait(self):
        try:
            while self._queue:
                await self._wait_for_company()
                await self._threads.acquire()
                batch = self._take()
                if not batch:
                    self._threads.release()
                    continue
                task = asyncio.get_running_loop().create_task(self._run(batch))
                self._running.add(task)  # the loop itself keeps no reference
                task.add_done_callback(self._running.discard)
        finally:
            self._pump = None

    async def _wait_for_company(self):
        timeout = self._parameters.batch_timeout_micros / 1e6
        while self._queue and 0 < self._waiting < self._max_size:
            left = self._queue[0].arrived + timeout - asyncio.get_running_loop().time()
            if left <= 0:
                return
            self._arrival.clear()
            try:
                await asyncio.wait_for(self._arrival.wait(), left)
            except asyncio.TimeoutError:
                return

    def _take(self):
        """The next pieces of requests that fit into one batch."""
        now = asyncio.get_running_loop().time()
        batch, size = [], 0
        while self._queue:
            request = self._queue[0]
            turn = self._turn(request, now)
            if batch and size + turn > self._max_size:
                break
            self._queue.popleft()
            self._waiting -= request.cost
            if request.is_over(now):
                continue
            batch.append(Piece(request, request.done, request.done + turn))
            size += turn
        return batch

    def _turn(self, request, now):
        """Examples that a request runs next."""
        left = request.size - request.done
        if not self._is_large(request):
            return left
        # A first turn of one would not tell rows from their sum: see `NotByRowsError`.
        turn = min(left, max(self._threads.turns.examples(now), 1 if request.done else 2))
        return min(turn, self._max_size) if self._max_size else turn

    async def _run(self, batch):
        deadline = max(piece.request.deadline for piece in batch)
        start = asyncio.get_running_loop().time()
        left = deadline - start if deadline < math.inf else None
        errors = await self._threads.run(functools.partial(self._compute, batch, left))
        unfinished = []
        for piece, error in zip(batch, errors, strict=True):
            request = piece.request
            if isinstance(error, NotByRowsError):
                self._stop_splitting()
                request.start_again()
            if request.answer.done():
                continue
            if error and not isinstance(error, NotByRowsError):
                request.answer.set_exception(error)
            elif request.done == request.size:
                request.answer.set_result(request.outputs)
            else:
                unfinished.append(request)
        if unfinished:
            seconds = asyncio.get_running_loop().time() - start
            await self._threads.turns.next_turn(sum(piece.size for piece in batch), seconds)
            for request in unfinished:
                self._enqueue(request)

    def _stop_splitting(self):
        if self._by_rows:
            _log.warning(
                'signature "%s" has outputs that are no rows of its inputs: its requests run whole',
                self._signature.name,
            )
        self._by_rows, self._max_size = False, 0

    def _compute(self, batch, timeout):
        """Runs pieces, and stores what comes out; an exception or None each. In a thread."""
        try:
            if len(batch) > 1 or (self._max_size and self._parameters.allowed_batch_sizes):
                self._compute_joined(batch, timeout)
            else:
                (piece,) = batch
                piece.store(self._signature(piece.arrays(), timeout))
        except NotByRowsError as error:
            return [error] * len(batch)
        except Exception as error:
            refusal = as_request_error(error)
            if len(batch) == 1 or refusal.code == grpc.StatusCode.DEADLINE_EXCEEDED:
                return [refusal] * len(batch)
            # Who is wrong fails alone.
            return [self._compute([piece], timeout)[0] for piece in batch]
        return [None] * len(batch)

    def _compute_joined(self, batch, timeout):
        total = sum(piece.size for piece in batch)
        padded = next((s for s in self._parameters.allowed_batch_sizes if s >= total), total)
        joined = {}
        for name in self._signature.inputs:
            arrays = [piece.arrays()[name] for piece in batch]
            # With copies of the last example, which is known to be valid.
            filling = [np.repeat(arrays[-1][-1:], padded - total, axis=0)] if padded > total else []
            joined[name] = np.concatenate(arrays + filling)
        outputs = self._signature(joined, timeout)
        if any(array.ndim == 0 or len(array) != padded for array in outputs.values()):
            raise NotByRowsError
        end = 0
        for piece in batch:
            start, end = end, end + piece.size
            piece.store({name: array[start:end] for name, array in outputs.items()})
