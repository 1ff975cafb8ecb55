"""What a run leaves on disk, for tests that stop runs and compare how they end."""

import time
from pathlib import Path

import numpy as np
import tensorflow as tf


def weights(run_dir, step):
    """Every value in a checkpoint of a run, by name: weights, moments, averages, step count."""
    reader = tf.train.load_checkpoint(str(Path(run_dir) / "checkpoints" / f"ckpt-{step}"))
    names = sorted(reader.get_variable_to_shape_map())
    return {
        name: reader.get_tensor(name)
        for name in names
        if name.endswith("VARIABLE_VALUE") and not name.startswith("save_counter")
    }


def assert_same(a, b):
    """Whether two runs' values agree bit for bit."""
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_array_equal(a[name], b[name], err_msg=name)


def wait_for(path, child):
    """Waits until a `tests.processes.ScriptProcess` that trains has written a file."""
    deadline = time.time() + 120
    while not path.exists() and child.poll() is None and time.time() < deadline:
        time.sleep(0.02)
    assert path.exists(), child.stderr
