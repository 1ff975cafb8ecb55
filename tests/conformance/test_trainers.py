"""Every trainer: whom a step moves, precision, stopping and going on."""

import numpy as np
import pytest
import tensorflow as tf

from tests.conformance.registry import TRAINERS, state, values
from tfgen import stack
from tfgen.training.checkpoints import Checkpoints, restore_networks

every_trainer = pytest.mark.parametrize("entry", TRAINERS, ids=lambda entry: entry.name)


def trained(trainer, entry, steps):
    """What the last of some steps reports; the batch is a function of the step's number."""
    for step in steps:
        logs = trainer.train_step(entry.batch(step))
    return {name: float(value) for name, value in logs.items()}


@every_trainer
def test_a_step_moves_every_trainable_variable_of_every_player(entry):
    trainer = entry.made()
    variables = {name: p.network.trainable_variables for name, p in trainer.players.items()}
    before = {name: values(of_player) for name, of_player in variables.items()}
    logs = trained(trainer, entry, [0])
    assert all(np.isfinite(logs[name]) for name in trainer.objective_names)
    for name, of_player in variables.items():
        for variable, a, b in zip(of_player, before[name], values(of_player), strict=True):
            assert not np.array_equal(a, b), (name, variable.name)


@every_trainer
def test_bfloat16_trains_float32_weights_as_float32_does(entry):
    exact, half = entry.made(), entry.made("mixed_bfloat16")
    logs = {trainer: trained(trainer, entry, [0, 1]) for trainer in (exact, half)}
    for name in exact.objective_names:
        assert logs[half][name] == pytest.approx(logs[exact][name], rel=0.1, abs=0.02), name
    for name, player in half.players.items():
        for variable in player.network.variables:
            assert stack.raw_variable(variable).dtype == tf.float32
            assert np.isfinite(values([variable])[0]).all(), (name, variable.name)


@pytest.mark.parametrize("averages", [False, True], ids=["last", "averages"])
@every_trainer
def test_a_trainer_that_stopped_goes_on_bit_for_bit(entry, averages, tmp_path):
    whole = entry.made(averages=averages)
    trained(whole, entry, [0, 1])
    Checkpoints(tmp_path, whole, keep=1).save()
    with whole.averaged():
        drawing = {name: values(network.variables) for name, network in whole.networks().items()}
    trained(whole, entry, [2, 3])

    resumed = entry.made(averages=averages)
    for network in resumed.networks().values():  # whatever it started from
        for variable in map(stack.raw_variable, network.variables):
            variable.assign(tf.zeros_like(variable))
    checkpoints = Checkpoints(tmp_path, resumed, keep=1)
    checkpoints.restore()
    assert checkpoints.step == 2
    trained(resumed, entry, [2, 3])
    expected, found = state(whole), state(resumed)
    assert expected.keys() == found.keys()
    for name, arrays in expected.items():
        for a, b in zip(arrays, found[name], strict=True):
            np.testing.assert_array_equal(a, b, err_msg=name)

    alone = entry.make("float32").networks()
    restore_networks(tmp_path, alone)
    for name, network in alone.items():
        for a, b in zip(drawing[name], values(network.variables), strict=True):
            np.testing.assert_array_equal(a, b, err_msg=name)
