"""Peers that take turns, so that what else the machine does meets all of them."""

import contextlib
import dataclasses
import importlib.util
import json
import os
import statistics
import subprocess
import time

from tfgen.benchmark import worker

QUESTIONS = ("train", "draw", "draw_one")


@dataclasses.dataclass
class Measured:
    """What was found of one peer on one case.

    Attributes:
      case, peer: names.
      first_step: seconds from the start of the process to the end of its first steps.
      memory: GiB held at most.
      rounds: question -> one answer a round.
      more: what only tfgen is asked: "parts", "input", "peak".
    """

    case: str
    peer: str
    first_step: float = 0.0
    memory: float = 0.0
    rounds: dict = dataclasses.field(default_factory=lambda: {name: [] for name in QUESTIONS})
    more: dict = dataclasses.field(default_factory=dict)

    def median(self, question):
        """Of the rounds."""
        return statistics.median(self.rounds[question])

    def times(self, other, question):
        """How many times as fast as another: the median of the rounds' ratios."""
        pairs = zip(self.rounds[question], other.rounds[question], strict=True)
        slower = question == "draw_one"  # seconds, not a rate
        return statistics.median(b / a if slower else a / b for a, b in pairs)

    def share_of_peak(self):
        """Multiplications of drawing a batch over what the machine was measured to do."""
        peak = self.more["peak"]
        return self.median("draw") * peak["an image"] / peak["machine"]


class Peer:
    """A worker's process."""

    def __init__(self, name, case, precision):
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        start = time.perf_counter()
        self._process = subprocess.Popen(
            worker.command(name, case, precision),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._read()
        self.first_step = time.perf_counter() - start

    def _read(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a benchmark's process ended:\n{self._process.stderr.read()}")
        return line

    def ask(self, question, seconds):
        """The worker's answer."""
        self._process.stdin.write(f"{question} {seconds}\n")
        self._process.stdin.flush()
        return json.loads(self._read())

    def close(self):
        """Ends the process."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.stderr.close()
        self._process.wait()


def available_peers():
    """Names of the peers that are installed."""
    missing = [] if importlib.util.find_spec("torch") else ["PyTorch"]
    return tuple(name for name in worker.PEERS if name not in missing)


def measure(case, peers, precision, rounds, seconds, progress):
    """Measures peers on a case, in turns.

    Args:
      case: `cases.Case`.
      peers: names of `worker.PEERS`; tfgen is among them.
      precision: of PyTorch; tfgen chooses the same.
      rounds: number of turns.
      seconds: length of one measurement.
      progress: function to call after each.

    Returns:
      list of Measured, one a peer.
    """
    measured = [Measured(case.name, name) for name in peers]
    with contextlib.ExitStack() as stack:
        workers = []
        for each in measured:
            peer = Peer(each.peer, case, precision)
            stack.callback(peer.close)
            each.first_step = peer.first_step
            workers.append(peer)
            progress()
        for _ in range(rounds):
            for question in QUESTIONS:
                for each, peer in zip(measured, workers, strict=True):
                    each.rounds[question].append(peer.ask(question, seconds))
                    progress()
        for each, peer in zip(measured, workers, strict=True):
            each.memory = peer.ask("memory", 0)
            if each.peer == "tfgen":
                for question in ("parts", "input", "peak"):
                    each.more[question] = peer.ask(question, seconds)
                    progress()
    return measured


def measurements(peers, rounds):
    """How often `measure` calls its progress, for one case."""
    return len(peers) * (1 + rounds * len(QUESTIONS)) + 3
