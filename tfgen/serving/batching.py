"""Dynamic batching: requests that wait at the same time run as one.

All of it lives on the event loop's thread, so nothing is locked; only the network runs in threads.
Whoever runs next is decided when a thread is free: under load batches grow by themselves, a lone
request never waits.
"""

import asyncio
import collections
import concurrent.futures
import dataclasses
import functools
import math
import os

import grpc
import numpy as np

from tfgen.serving.status import RequestError, as_request_error, invalid_argument


@dataclasses.dataclass(frozen=True)
class BatchingParameters:
    """TensorFlow Serving's parameters of the same names.

    Attributes:
      max_batch_size: most examples in a batch; 0: requests are not joined.
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


class Threads:
    """The threads in which networks run, shared by all models.

    Args:
      count: how many.
    """

    def __init__(self, count):
        self._pool = concurrent.futures.ThreadPoolExecutor(count, "tfgen-batch")
        self._free = asyncio.Semaphore(count)

    async def acquire(self):
        """Waits for a free thread, and keeps it."""
        await self._free.acquire()

    async def run(self, function):
        """Runs `function()` in the thread acquired, and gives it back."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, function)
        finally:
            self._free.release()

    def release(self):
        """Gives the thread acquired back unused."""
        self._free.release()

    def close(self):
        """Ends the threads."""
        self._pool.shutdown(wait=False)


@dataclasses.dataclass(eq=False)
class _Request:
    arrays: dict
    size: int
    arrived: float
    deadline: float
    answer: asyncio.Future


class Batcher:
    """The queue of one signature.

    Args:
      signature: `servable.Signature`.
      parameters: `BatchingParameters`.
      threads: `Threads`.
    """

    def __init__(self, signature, parameters, threads):
        self._signature = signature
        self._parameters = parameters
        self._threads = threads
        joins = parameters.max_batch_size > 0 and signature.is_batched
        self._max_size = parameters.max_batch_size if joins else 0
        self._capacity = parameters.max_enqueued_batches * max(self._max_size, 1)
        self._queue = collections.deque()
        self._waiting = 0  # examples if requests are joined, else requests
        self._arrival = asyncio.Event()
        self._pump = None
        self._running = set()

    async def __call__(self, arrays, size, timeout=None):
        """Runs one request.

        Args:
          arrays: input name -> array, checked.
          size: examples in it.
          timeout: seconds after which nobody waits for the answer; None for never.

        Returns:
          Output name -> array.

        Raises:
          RequestError: RESOURCE_EXHAUSTED at once if too many wait; INVALID_ARGUMENT if it is
            larger than any batch; what the signature raises.
        """
        if self._max_size and size > self._max_size:
            raise invalid_argument(
                f"the batch of {size} is larger than the server's largest, {self._max_size}: send "
                "smaller ones."
            )
        cost = size if self._max_size else 1
        if self._waiting + cost > self._capacity:
            raise RequestError(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                f"{self._waiting} requests wait already, the server's limit: try again later.",
            )
        loop = asyncio.get_running_loop()
        now = loop.time()
        deadline = math.inf if timeout is None else now + timeout
        request = _Request(arrays, size, now, deadline, loop.create_future())
        self._queue.append(request)
        self._waiting += cost
        self._arrival.set()
        if self._pump is None:
            self._pump = loop.create_task(self._run_while_any_wait())
        try:
            return await request.answer
        finally:
            if request in self._queue:  # its client gave up
                self._queue.remove(request)
                self._waiting -= cost

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
        """The next requests that fit into one batch."""
        batch, size = [], 0
        while self._queue:
            request = self._queue[0]
            if batch and size + request.size > self._max_size:
                break
            self._queue.popleft()
            self._waiting -= request.size if self._max_size else 1
            if not request.answer.done():
                batch.append(request)
                size += request.size
        return batch

    async def _run(self, batch):
        deadline = max(request.deadline for request in batch)
        left = deadline - asyncio.get_running_loop().time() if deadline < math.inf else None
        run = functools.partial(self._compute, [request.arrays for request in batch], left)
        answers = await self._threads.run(run)
        for request, answer in zip(batch, answers, strict=True):
            if request.answer.done():
                continue
            if isinstance(answer, Exception):
                request.answer.set_exception(answer)
            else:
                request.answer.set_result(answer)

    def _compute(self, requests, timeout):
        """One answer, or exception, a request; in a thread."""
        try:
            if len(requests) > 1 or (self._max_size and self._parameters.allowed_batch_sizes):
                return self._compute_joined(requests, timeout)
            return [self._signature(requests[0], timeout)]
        except Exception as error:
            refusal = as_request_error(error)
            if len(requests) == 1 or refusal.code == grpc.StatusCode.DEADLINE_EXCEEDED:
                return [refusal] * len(requests)
            # Who is wrong fails alone.
            return [self._compute([request], timeout)[0] for request in requests]

    def _compute_joined(self, requests, timeout):
        names = self._signature.inputs
        joined = {name: np.concatenate([each[name] for each in requests]) for name in names}
        sizes = [len(next(iter(each.values()))) for each in requests]
        total = sum(sizes)
        padded = next((s for s in self._parameters.allowed_batch_sizes if s >= total), total)
        if padded > total:  # with copies of the last example, which is known to be valid
            joined = {
                name: np.concatenate([array, np.repeat(array[-1:], padded - total, axis=0)])
                for name, array in joined.items()
            }
        outputs = self._signature(joined, timeout)
        ends = np.cumsum(sizes)
        return [
            {name: array[end - size : end] for name, array in outputs.items()}
            for size, end in zip(sizes, ends, strict=True)
        ]
