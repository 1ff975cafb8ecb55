"""The machine that a benchmark ran on, in a sentence."""

import importlib.metadata
import os
import platform
from pathlib import Path


def describe_machine(precision, peers):
    """Processor, cores, precision and versions.

    Args:
      precision: that was computed in.
      peers: names of `worker.PEERS`.
    """
    versions = [("TensorFlow", "tensorflow"), ("Keras", "keras")]
    if "PyTorch" in peers:
        versions.append(("PyTorch", "torch"))
    named = ", ".join(f"{name} {importlib.metadata.version(of)}" for name, of in versions)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {cores} cores, {precision}; {named}"


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()
