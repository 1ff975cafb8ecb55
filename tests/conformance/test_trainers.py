"""Every trainer: whom a step moves, precision, stopping and going on."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tests.conformance.registry import TRAINERS, TrainerEntry, state, values, without_chance
from tfgen import stack
from tfgen.training.checkpoints import Checkpoints, restore_networks


@dataclasses.dataclass(frozen=True)
class Run:
    """Two steps, with a checkpoint after the first; all players have moving averages.

    Attributes:
      entry: of the trainer.
      start, middle, end: state before the first step, after it and after the second.
      averaged: name -> values of the networks with their moving averages, after the first.
      logs: what the first step reports.
      folder: of the checkpoint.
    """

    entry: TrainerEntry
    start: dict
    middle: dict
    end: dict
    averaged: dict
    logs: dict
    folder: Path


@pytest.fixture(scope="module", params=TRAINERS, ids=lambda entry: entry.name)
def run(request, tmp_path_factory):
    entry, folder = request.param, tmp_path_factory.mktemp("run")
    trainer = entry.made(averages=True)
    start = state(trainer)
    logs = stepped(trainer, entry, 0)
    middle = state(trainer)
    Checkpoints(folder, trainer, keep=1).save()
    with trainer.averaged():
        averaged = {name: values(each.variables) for name, each in trainer.networks().items()}
    stepped(trainer, entry, 1)
    return Run(entry, start, middle, state(trainer), averaged, logs, folder)


def stepped(trainer, entry, step):
    """What a step reports; its batch is a function of its number."""
    return {name: float(x) for name, x in trainer.train_step(entry.batch(step)).items()}


def assert_same(expected, found):
    """Bit for bit; what has a name in both."""
    for name in expected.keys() & found.keys():
        for a, b in zip(expected[name], found[name], strict=True):
            np.testing.assert_array_equal(a, b, err_msg=name)


def test_a_step_moves_every_trainable_variable_of_every_player(run):
    players = run.entry.shared.players
    assert all(np.isfinite(value) for value in run.logs.values())
    for name, player in players.items():
        trained = {id(variable) for variable in player.network.trainable_variables}
        assert trained
        moved = zip(player.network.variables, run.start[name], run.middle[name], strict=True)
        for variable, before, after in moved:
            if id(variable) in trained:
                assert not np.array_equal(before, after), (name, variable.name)


def test_bfloat16_trains_float32_weights_as_float32_does(run):
    exact, trainer = run.entry.shared, run.entry.made("mixed_bfloat16")
    with without_chance():
        for phase, same in zip(trainer.phases, exact.phases, strict=True):
            expected = same.losses(run.entry.batch())
            for name, loss in phase.losses(run.entry.batch()).items():
                if name.startswith("loss"):
                    np.testing.assert_allclose(loss, expected[name], rtol=0.05, err_msg=name)
    stepped(trainer, run.entry, 0)
    for name, player in trainer.players.items():
        for variable in player.network.variables:
            assert stack.raw_variable(variable).dtype == tf.float32
            assert np.isfinite(values([variable])[0]).all(), (name, variable.name)


def test_a_trainer_that_stopped_goes_on_bit_for_bit(run):
    resumed = run.entry.made(averages=True)
    _forget(resumed)
    checkpoints = Checkpoints(run.folder, resumed, keep=1)
    checkpoints.restore()
    assert checkpoints.step == 1
    assert state(resumed).keys() == run.end.keys()
    assert_same(run.middle, state(resumed))
    stepped(resumed, run.entry, 1)
    assert_same(run.end, state(resumed))


def test_so_does_one_without_moving_averages_which_change_nothing(run, tmp_path):
    first, second = run.entry.made(), run.entry.made()
    stepped(first, run.entry, 0)
    Checkpoints(tmp_path, first, keep=1).save()
    _forget(second)
    Checkpoints(tmp_path, second, keep=1).restore()
    stepped(second, run.entry, 1)
    assert not second.averages()
    assert_same(run.end, state(second))


def test_networks_alone_come_back_with_their_moving_averages(run):
    networks = run.entry.make("float32").networks()
    restore_networks(run.folder, networks)
    found = {name: values(network.variables) for name, network in networks.items()}
    assert found.keys() == run.averaged.keys()
    assert_same(run.averaged, found)


def _forget(trainer):
    """Whatever the networks started from."""
    for network in trainer.networks().values():
        for variable in map(stack.raw_variable, network.variables):
            variable.assign(tf.zeros_like(variable))
