"""Two replicas of half a batch each are one of the whole batch."""

import subprocess
import sys

SCRIPT = """
import numpy as np
import tensorflow as tf
from tfgen import stack
from tfgen.architectures import spec as rows
from tfgen.models.layered import LayeredNetwork

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)
SPEC = rows.NetworkSpec("a test", {
    "conv": rows.Conv(4, 3, 2, norm=rows.BatchNorm(0.9), bias=False, spectral=True),
    "fc": rows.Dense(5, norm=rows.BatchNorm(0.9)),
    "out": rows.Dense(1, activation="none"),
})
x = np.random.default_rng(0).normal(3, 2, (8, 6, 4, 3)).astype(np.float32)

def trained(strategy, start):
    with strategy.scope():
        network = LayeredNetwork(SPEC, (6, 4, 3))
    values = [np.asarray(stack.raw_variable(v)) for v in network.variables]
    for variable, value in zip(network.variables, start or values):
        stack.raw_variable(variable).assign(value)

    def gradients(batch):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(network(batch, training=True))) / len(x)
        context = tf.distribute.get_replica_context()
        return context.all_reduce("SUM", tape.gradient(loss, network.trainable_variables))

    @tf.function
    def steps():
        for _ in tf.range(2):
            strategy.run(gradients, args=(halves,))
        return strategy.run(gradients, args=(halves,))

    count = strategy.num_replicas_in_sync
    halves = strategy.experimental_distribute_values_from_function(
        lambda context: tf.constant(
            np.split(x, count)[context.replica_id_in_sync_group]
        )
    ) if count > 1 else tf.constant(x)
    found = tf.nest.map_structure(lambda g: strategy.experimental_local_results(g)[0], steps())
    return values, [g.numpy() for g in found], network

values, alone, network = trained(tf.distribute.get_strategy(), None)
_, together, replicated = trained(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]), values)
for a, b in zip(alone, together, strict=True):
    np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)
changed = 0
for a, b, start in zip(network.variables, replicated.variables, values, strict=True):
    a, b = np.asarray(stack.raw_variable(a)), stack.raw_variable(b)
    for copy in b.values:  # of each replica
        np.testing.assert_allclose(a, copy.numpy(), rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(b.values[0].numpy(), copy.numpy())
    changed += bool((a != start).any())
assert changed == 5, changed  # two means, two variances, a singular vector
print("the same")
"""


def test_two_replicas_have_the_gradients_and_statistics_of_one(tmp_path):
    script = tmp_path / "script.py"  # a file: TensorFlow reads the source of loops
    script.write_text(SCRIPT)
    command = [sys.executable, script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("the same"), done.stderr[-2000:]
