"""A peer in a process of its own: `python -m tfgen.benchmark.worker PEER CASE PRECISION`.

It trains a few steps, prints "ready", and then answers each line on its standard input with a line
of JSON. Processes apart, each peer has its own threads and its own peak of memory.
"""

import dataclasses
import json
import os
import resource
import sys
import time

from tfgen.benchmark.cases import Case

PEERS = ("tfgen", "PyTorch", "plain Keras")


def _make(peer, case, precision):
    if peer == "PyTorch":
        from tfgen.benchmark.pytorch import PyTorch

        return PyTorch(case, precision)
    if peer == "plain Keras":
        from tfgen.benchmark.plain_keras import PlainKeras

        return PlainKeras(case)
    from tfgen.benchmark.ours import Ours

    return Ours(case)


def _repeat(function, seconds):
    """Calls a function for some time, once at least; returns (its results, seconds)."""
    results, start = [], time.perf_counter()
    while not results or time.perf_counter() - start < seconds:
        results.append(function())
    return results, time.perf_counter() - start


class Worker:
    """What a peer can be asked; each answer is a number or a dict of numbers."""

    def __init__(self, peer, case):
        self._peer, self._case = peer, case

    def train(self, seconds):
        """Images trained on a second."""
        steps, elapsed = _repeat(self._peer.train, seconds)
        return self._case.batch_size * sum(steps) / elapsed

    def draw(self, seconds):
        """Images drawn a second, a batch at a time."""
        count = self._case.batch_size
        calls, elapsed = _repeat(lambda: len(self._peer.draw(count)), seconds)
        return sum(calls) / elapsed

    def draw_one(self, seconds):
        """Seconds that drawing one image takes."""
        calls, elapsed = _repeat(lambda: len(self._peer.draw(1)), seconds)
        return elapsed / sum(calls)

    def parts(self, seconds):
        """Seconds of a step's parts, those before included (tfgen only)."""
        times = {}
        for name, function in self._peer.parts().items():
            function()
            calls, elapsed = _repeat(lambda f=function: (f(), 1)[1], seconds)
            times[name] = elapsed / sum(calls)
        return times

    def input(self, seconds):
        """Images a second of the input pipeline alone (tfgen only)."""
        rates = {}
        for name, batches in self._peer.input_batches().items():
            next(batches)
            calls, elapsed = _repeat(lambda b=batches: (next(b), 1)[1], seconds)
            rates[name] = self._case.batch_size * sum(calls) / elapsed
        return rates

    def peak(self, seconds):
        """Multiplications: of the machine a second, and of drawing an image (tfgen only)."""
        from tfgen.benchmark.operations import measured_peak

        machine = measured_peak(self._peer.precision, seconds)
        return {"machine": machine, "an image": self._peer.products()}

    def memory(self, seconds):
        """GiB that the process has held at most."""
        del seconds
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return kilobytes / 2**20


def main(arguments):
    """Serves questions until the input ends."""
    peer, case, precision = arguments
    case = Case(**json.loads(case))
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever libraries print is no answer
    made = _make(peer, case, precision)
    made.train()
    answers.write("ready\n")
    made.draw(1)
    made.draw(case.batch_size)
    worker = Worker(made, case)
    for line in sys.stdin:
        question, seconds = line.split()
        answers.write(json.dumps(getattr(worker, question)(float(seconds))) + "\n")


def command(peer, case, precision):
    """The command line of a worker."""
    described = json.dumps(dataclasses.asdict(case))
    return [sys.executable, "-m", "tfgen.benchmark.worker", peer, described, precision]


if __name__ == "__main__":
    main(sys.argv[1:])
