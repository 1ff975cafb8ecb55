"""Who runs, and for how long: the threads of networks, and what a large request does in a turn."""

import asyncio
import concurrent.futures
import math

# Examples that a large request runs in a turn while nobody else asks.
LARGEST_TURN = 32
# For so many seconds after a small request another is expected.
_COMPANY_SECONDS = 5.0


class Turns:
    """How many examples a large request runs before others have their turn, in any model.

    Alone it runs `LARGEST_TURN` at once, which is fastest. Beside small requests it runs as many as
    one of them has: none waits longer for it than for one of its own kind.
    """

    def __init__(self):
        self._size = LARGEST_TURN
        self._seen = -math.inf

    def saw(self, size, now):
        """A small request of `size` examples came at `now`, in seconds of the loop's clock."""
        # The smallest of late: large ones pay a little speed, small ones would pay all of theirs.
        self._size = min(size, self._size) if self._has_company(now) else size
        self._seen = now

    def examples(self, now):
        """What a large request may run at once."""
        return self._size if self._has_company(now) else LARGEST_TURN

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
