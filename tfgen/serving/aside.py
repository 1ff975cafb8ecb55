"""Work that takes long, done beside the event loop: reading and writing large messages."""

import asyncio
import concurrent.futures

# Below it takes less time than handing it over.
_LARGE_BYTES = 64 << 10


class Aside:
    """Threads in which messages are read and written: two, so that memory is bounded too."""

    def __init__(self):
        self._pool = concurrent.futures.ThreadPoolExecutor(2, "tfgen-aside")

    async def __call__(self, size, function, *arguments):
        """`function(*arguments)`, in a thread if it works on more than a few bytes.

        Args:
          size: bytes that it works on.
        """
        if size < _LARGE_BYTES:
            return function(*arguments)
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)

    def close(self):
        """Ends the threads; what waits for them is forgotten."""
        self._pool.shutdown(wait=False, cancel_futures=True)
