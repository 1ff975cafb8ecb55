"""Work on many models in processes over all cores: in order, bounded, unharmed by a crash."""

import collections
import concurrent.futures
import multiprocessing
import os

import cv2

# Tasks handed out ahead of the one whose result is awaited, for each process.
_AHEAD = 3


class Died:
    """Takes the place of a result whose process died."""


def in_processes(function, tasks, processes=None):
    """Calls a function on many tasks.

    Args:
      function: picklable, of one task.
      tasks: iterable of picklable tasks.
      processes: how many; None or 0 for one a core.

    Yields:
      (task, its result or a Died), in order. Few results are held at a time. Leaving the loop
      early, by an exception or Ctrl-C too, ends the processes.
    """
    processes = processes or len(os.sched_getaffinity(0))
    waiting = collections.deque()
    pool = _new_pool(processes)

    def oldest():
        nonlocal pool
        task, future = waiting.popleft()
        try:
            return task, future.result()
        except concurrent.futures.process.BrokenProcessPool:
            # Any of the tasks in flight may have killed its process: this one is tried alone, and
            # the others are handed out again.
            _stop(pool)
            result = _alone(function, task)
            pool = _new_pool(processes)
            for i, (later, _) in enumerate(waiting):
                waiting[i] = later, pool.submit(function, later)
            return task, result

    try:
        for task in tasks:
            waiting.append((task, pool.submit(function, task)))
            if len(waiting) >= processes * _AHEAD:
                yield oldest()
        while waiting:
            yield oldest()
    finally:
        _stop(pool)


def _alone(function, task):
    pool = _new_pool(1)
    try:
        return pool.submit(function, task).result()
    except concurrent.futures.process.BrokenProcessPool:
        return Died()
    finally:
        _stop(pool)


def _new_pool(processes):
    # Spawned, not forked: a fork of a process with TensorFlow's threads may hang.
    context = multiprocessing.get_context("spawn")
    return concurrent.futures.ProcessPoolExecutor(processes, context, initializer=_start)


def _start():
    cv2.setNumThreads(1)  # the processes are the parallelism


def _stop(pool):
    for process in list((pool._processes or {}).values()):
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)
