"""Every network and layer: gradients, precision, batch sizes, saving and restoring."""

import numpy as np
import pytest
import tensorflow as tf

from tests.conformance.registry import BATCH, NETWORKS, holder, values
from tfgen import stack
from tfgen.training.checkpoints import restore_networks
from tfgen.training.variable_names import named_variables

every_network = pytest.mark.parametrize("entry", NETWORKS, ids=lambda entry: entry.name)


@every_network
def test_gradients_reach_every_trainable_variable(entry):
    network = entry.made()
    weights = entry.weights(network)
    variables = holder(network).trainable_variables
    with tf.GradientTape() as tape:
        loss = entry.loss(network, entry.examples(), weights)
    assert variables
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        assert gradient is not None, variable.name
        gradient = tf.convert_to_tensor(gradient).numpy()
        assert np.isfinite(gradient).all(), variable.name
        assert np.abs(gradient).max() > 0, variable.name


@every_network
def test_every_variable_has_a_name_of_its_own(entry):
    network = holder(entry.shared)
    named = named_variables(network)
    assert len(named) == len(network.trainable_variables)
    assert all(a is b for a, b in zip(named.values(), network.trainable_variables, strict=True))
    # The same in the next process, whatever it makes before.
    assert list(named) == list(named_variables(holder(entry.made())))


@every_network
def test_bfloat16_has_float32_variables_and_stays_close(entry):
    if "mixed_bfloat16" not in entry.precisions:
        pytest.skip("it is in float32 alone")
    network = entry.made("mixed_bfloat16")
    for variable in holder(network).variables:
        assert stack.raw_variable(variable).dtype == tf.float32, variable.name
    exact = entry.outputs(entry.shared, entry.examples())
    for name, value in entry.outputs(network, entry.examples()).items():
        scale = np.abs(exact[name]).max()
        np.testing.assert_allclose(value, exact[name], atol=0.04 * scale, err_msg=name)


@every_network
def test_an_example_is_answered_alike_whatever_the_batch(entry):
    whole = entry.outputs(entry.shared, entry.examples())
    for count in (1, BATCH - 1):
        for name, value in entry.outputs(entry.shared, entry.examples(count)).items():
            np.testing.assert_allclose(
                value, whole[name][:count], rtol=1e-4, atol=1e-6, err_msg=name
            )


@every_network
def test_what_a_checkpoint_saved_is_restored(entry, tmp_path):
    network, other = entry.made(), entry.made(seed=1)
    entry.outputs(network, entry.examples(), training=True)  # moves statistics, where there are any
    tf.train.Checkpoint(network=holder(network)).save(str(tmp_path / "ckpt"))
    saved = values(holder(network).variables)
    restore_networks(tmp_path, {"network": holder(other)})
    for a, b in zip(saved, values(holder(other).variables), strict=True):
        np.testing.assert_array_equal(a, b)
    expected = entry.outputs(network, entry.examples())
    for name, value in entry.outputs(other, entry.examples()).items():
        np.testing.assert_array_equal(value, expected[name], err_msg=name)
