"""Which devices train: one, all GPUs, logical CPU devices, or several hosts."""

import contextlib
import os
from pathlib import Path

import keras
import tensorflow as tf

from tfgen.errors import InputError


class Devices:
    """Where a run computes, and in which precision.

    Args:
      strategy: tf.distribute.Strategy, from `make_strategy`.
      precision: "auto", "float32" or "mixed_bfloat16".
      seed: of the networks' weights.

    Attributes:
      strategy: the same.
      precision: the Keras dtype policy: "float32" or "mixed_bfloat16".
      chief: whether this process writes the run's files.
    """

    def __init__(self, strategy, precision="auto", seed=0):
        self.strategy = strategy
        self.precision = choose_precision(precision)
        self.chief = is_chief(strategy)
        self._seed = seed

    @property
    def replicas(self):
        """Number of replicas."""
        return self.strategy.num_replicas_in_sync

    @contextlib.contextmanager
    def chief_first(self):
        """Around making files: the chief makes them, and the other hosts then find them."""
        if not self.chief:
            wait_for_all(self.strategy)
        yield
        if self.chief:
            wait_for_all(self.strategy)

    @contextlib.contextmanager
    def building(self):
        """Around building networks and trainers: they start from the seed, on all replicas."""
        keras.utils.set_random_seed(self._seed)
        with self.strategy.scope():
            yield


def make_strategy(replicas=0):
    """The distribution strategy of a run. To be called before anything touches a device.

    Args:
      replicas: 0 for all GPUs (one device where there are none), or a number of replicas: of GPUs,
        or of logical CPU devices where there are none.

    Returns:
      tf.distribute.Strategy: MultiWorkerMirroredStrategy if TF_CONFIG is set, else
      MirroredStrategy, else the default one.

    Raises:
      InputError: more replicas than GPUs.
    """
    if os.environ.get("TF_CONFIG"):
        return tf.distribute.MultiWorkerMirroredStrategy()
    gpus = tf.config.list_logical_devices("GPU") if _gpu_count() else []
    if gpus:
        if replicas > len(gpus):
            raise InputError(
                f"`replicas`={replicas} is more than the {len(gpus)} GPUs here: give at most that."
            )
        names = [gpu.name for gpu in gpus[: replicas or len(gpus)]]
        return tf.distribute.MirroredStrategy(names)
    if replicas > 1:
        _split_cpu(replicas)
        return tf.distribute.MirroredStrategy([f"/cpu:{i}" for i in range(replicas)])
    return tf.distribute.get_strategy()


def _gpu_count():
    return len(tf.config.list_physical_devices("GPU"))


def _split_cpu(count):
    (cpu, *_) = tf.config.list_physical_devices("CPU")
    devices = [tf.config.LogicalDeviceConfiguration()] * count
    tf.config.set_logical_device_configuration(cpu, devices)


def is_chief(strategy):
    """Whether this process writes the run's files; only the first of several hosts does."""
    resolver = strategy.cluster_resolver
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy) or not resolver:
        return True
    return resolver.task_type in (None, "chief") or (
        resolver.task_id == 0 and "chief" not in resolver.cluster_spec().jobs
    )


def wait_for_all(strategy):
    """Returns once every host has called this."""
    if isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):

        @tf.function
        def meet():
            ones = strategy.run(lambda: tf.constant(1.0))
            return strategy.reduce(tf.distribute.ReduceOp.SUM, ones, axis=None)

        meet()


def choose_precision(precision):
    """The Keras dtype policy: bfloat16 where the hardware multiplies it, else float32.

    Args:
      precision: "auto", "float32" or "mixed_bfloat16".
    """
    if precision != "auto":
        return precision
    for gpu in tf.config.list_physical_devices("GPU"):
        major, _ = tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0))
        return "mixed_bfloat16" if major >= 8 else "float32"
    return "mixed_bfloat16" if _cpu_multiplies_bfloat16() else "float32"


def _cpu_multiplies_bfloat16():
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:  # not Linux: float32 is right anywhere
        return False
    flags = next((line for line in text.splitlines() if line.startswith("flags")), "")
    return "amx_bf16" in flags or "avx512_bf16" in flags
