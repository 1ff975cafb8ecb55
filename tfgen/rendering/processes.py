"""Work on many models in processes over all cores: in order, bounded, unharmed by a crash."""

import contextlib
import itertools
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from multiprocessing import connection, resource_tracker

# Tasks begun ahead of the one whose result is awaited, for each process: one slow model leaves the
# other processes busy, and few results wait in memory.
_AHEAD = 3
# One process a core is all the parallelism there is: libraries must not start more threads.
_THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_STARTED = "started"


class Died:
    """Takes the place of a result whose process died."""


def in_processes(function, tasks, processes=None):
    """Calls a function on many tasks.

    The processes are spawned, not forked: a fork of a process with TensorFlow's threads may hang.

    Args:
      function: picklable, of one task.
      tasks: iterable of picklable tasks.
      processes: how many; None or 0 for one a core.

    Yields:
      (task, its result or a Died), in order. Few results are held at a time. Leaving the loop
      early, by an exception or Ctrl-C too, ends the processes.

    Raises:
      Whatever the function raises, when its task's turn comes.
      RuntimeError: processes cannot be started.
    """
    processes = processes or _cores()
    tasks = enumerate(tasks)
    workers, begun, results = [], {}, {}
    try:
        for turn in itertools.count():
            while turn not in results:
                idle = [worker for worker in workers if worker.number is None]
                while len(begun) < processes * _AHEAD and (idle or len(workers) < processes):
                    number, task = next(tasks, (None, None))
                    if number is None:
                        break
                    if not idle:
                        workers.append(_Worker(function))
                        idle.append(workers[-1])
                    begun[number] = task
                    idle.pop().begin(number, task)
                if not begun:
                    return
                _collect(workers, results)
            result, failure = results.pop(turn)
            if failure:
                error, text = failure
                raise error from RuntimeError(f"in a worker process:\n{text}")
            yield begun.pop(turn), result
    finally:
        for worker in workers:
            worker.end()


def _cores():
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux: containers and batch systems give out fewer
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _collect(workers, results):
    """Waits until workers say something; number of their task -> outcome goes to `results`."""
    busy = {worker.pipe: worker for worker in workers if worker.number is not None}
    for pipe in connection.wait(list(busy)):
        worker = busy[pipe]
        try:
            message = pipe.recv()
        except (EOFError, OSError):  # nobody is at the other end any more
            worker.end()
            workers.remove(worker)
            if not worker.started:
                raise RuntimeError(
                    "a worker process could not start: its error is above (a script that starts "
                    'workers needs `if __name__ == "__main__":` around its last lines).'
                ) from None
            message = Died(), None
        if message == _STARTED:
            worker.started = True
        else:
            results[worker.number] = message
            worker.number = None


class _Worker:
    """A process that does one task at a time."""

    def __init__(self, function):
        context = multiprocessing.get_context("spawn")
        self.number = None  # of the task it is at
        self.started = False
        self.pipe, other_end = context.Pipe()
        self._process = context.Process(target=_work, args=(other_end, function), daemon=True)
        with _settings_of_workers():
            self._process.start()
        # Now only the worker holds that end: each side sees when the other is gone.
        other_end.close()

    def begin(self, number, task):
        self.number = number
        # A process that has died since its last task is found out by `_collect`.
        with contextlib.suppress(BrokenPipeError):
            self.pipe.send(task)

    def end(self):
        self._process.terminate()
        self._process.join()
        self.pipe.close()


@contextlib.contextmanager
def _settings_of_workers():
    """What a process that is started in this block inherits: few threads, and no Ctrl-C.

    A terminal sends Ctrl-C to all processes; only the parent is to act on it.
    """
    resource_tracker.ensure_running()  # started by the first worker otherwise, unblocking Ctrl-C
    before = {name: os.environ.get(name) for name in _THREAD_SETTINGS}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.environ.update(dict.fromkeys(_THREAD_SETTINGS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _work(pipe, function):
    """A worker's life: task in, outcome out."""
    import cv2

    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, ConnectionError):  # the parent has gone: so does the worker
        pipe.send(_STARTED)
        while True:
            pipe.send(_outcome(function, pipe.recv()))


def _end_with_parent():
    """Leaves nothing behind when the parent is killed while this process is at a long task."""
    connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _outcome(function, task):
    """(result, None), or (None, the exception and its traceback) for the parent to raise."""
    try:
        return function(task), None
    except Exception as error:
        text = traceback.format_exc()
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # exceptions of strange classes do not survive the way to the parent
            error = RuntimeError(f"{type(error).__name__}: {error}")
        return None, (error, text)
