"""Memory that large requests have freed goes back to the system: C's allocator would keep it."""

import ctypes
import mmap
from pathlib import Path

_STATM = Path("/proc/self/statm")
# Below it is not worth the milliseconds for which allocations wait.
_STEP_BYTES = 32 << 20


class Memory:
    """The physical memory of this process; elsewhere than on Linux with glibc it does nothing."""

    def __init__(self):
        try:
            self._trim = ctypes.CDLL(None).malloc_trim
            self._kept = _used()
        except (AttributeError, OSError, TypeError):  # another C library, or system
            self._trim = None

    def give_back(self):
        """Gives back what is free, if the process has grown since the last time. For a thread."""
        if self._trim and _used() > self._kept + _STEP_BYTES:
            self._trim(0)
            self._kept = _used()


def _used():
    """Bytes."""
    return int(_STATM.read_text().split()[1]) * mmap.PAGESIZE
