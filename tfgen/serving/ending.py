"""The end of the process, in time, whatever is still at work."""

import logging
import os
import threading

_log = logging.getLogger("tfgen.serving")
# What it takes to cut off requests; models need not be freed.
_SECONDS_TO_TIDY = 1.0


def end_in_time(drain_seconds):
    """Ends the process by then: a network at work in a thread hears of nothing.

    Args:
      drain_seconds: that requests at work have.
    """
    timer = threading.Timer(drain_seconds + _SECONDS_TO_TIDY, _end)
    timer.daemon = True
    timer.start()


def _end():
    _log.warning("stopped: what was still at work is cut off")
    logging.shutdown()
    os._exit(0)
