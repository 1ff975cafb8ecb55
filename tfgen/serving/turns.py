"""Who runs, and for how long: the threads of networks, and what a large request does in a turn."""

import asyncio
import concurrent.futures
import contextlib
import math

# Examples that a large request runs in a turn while nobody else asks, if that takes no longer.
LARGEST_TURN = 32
_LONGEST_TURN_SECONDS = 0.15
# For so many seconds after a small request another is expected.
_COMPANY_SECONDS = 10.0
# A large request has at least one turn in so many times as long as a turn takes.
_MOST_PATIENCE = 5


class Turns:
    """When a large request runs, and how many examples at once, beside small ones of any model.

    Alone it runs many at once, which is fastest. Beside small requests it runs as many as one of
    them has, and begins when none of them is at work: so none waits longer for it than for one of
    its own kind. Where some always are at work it has one turn in five.
    """

    def __init__(self):
        self._size = self._alone = LARGEST_TURN
        self._seen = -math.inf
        self._small = 0  # requests at work
        self._quiet = asyncio.Event()
        self._quiet.set()

    @contextlib.contextmanager
    def small_request(self, size, now):
        """A small request of `size` examples came at `now`, in seconds of the loop's clock."""
        # The smallest of late: large ones pay a little speed, small ones would pay all of theirs.
        self._size = min(size, self._size) if self._has_company(now) else size
        self._seen = now
        self._small += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._small -= 1
            if not self._small:
                self._quiet.set()

    async def next_turn(self, size, seconds):
        """Waits until a large request, whose turn of `size` took `seconds`, may have another."""
        if size > 1:
            fitting = int(size * _LONGEST_TURN_SECONDS / max(seconds, 1e-6))
            self._alone = min(max(fitting, 2), LARGEST_TURN)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), seconds * (_MOST_PATIENCE - 1))

    def examples(self, now):
        """What a large request may run at once."""
        return self._size if self._has_company(now) else self._alone

    def _has_company(self, now):
        return now < self._seen + _COMPANY_SECONDS


class Threads:
    """The threads in which networks run, shared by all models.

    Args:
      count: how many.

    Attributes:
      turns: `Turns` of the requests.
    """

    def __init__(self, count):
        self.turns = Turns()
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
