"""The peers train the same networks as tfgen."""

import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tfgen import stack
from tfgen.benchmark import speed_report
from tfgen.benchmark.batches import random_batch
from tfgen.benchmark.cases import CASES, Case, find_cases
from tfgen.benchmark.ours import Ours
from tfgen.benchmark.plain_keras import PlainKeras, network
from tfgen.benchmark.rounds import Measured, measure, measurements
from tfgen.errors import InputError
from tfgen.networks import spec as rows

TINY = Case("tiny", "autoencoder", "table2", 16, 2)
GENERATOR = Case("generator", "generator", "1s-S", 64, 1, styles=5)
DEEPSIM = Case("deepsim", "autoencoder", "table2", 64, 2, deepsim=True)

AUTOENCODERS = (CASES["vae-64"], DEEPSIM)


def parameters(network):
    return sum(int(np.prod(variable.shape)) for variable in network.trainable_variables)


@pytest.mark.parametrize("case", [TINY, GENERATOR, CASES["vae-64"]], ids=lambda case: case.name)
def test_plain_keras_has_as_many_parameters(case):
    ours, theirs = Ours(case), PlainKeras(case)
    trained = sum(int(np.prod(v.shape)) for v in ours.trainer.trained_variables())
    assert parameters(theirs.network) == trained


# PyTorch and TensorFlow do not get on in one process.
IN_PYTORCH = """
import sys
import numpy as np, torch
from tfgen.benchmark.cases import Case
from tfgen.benchmark.pytorch import PyTorch
known = np.load(sys.argv[1])
peer = PyTorch(Case("g", "generator", "1s-S", 64, 1, styles=5), "float32")
modules = [m for part in peer.network.children() for m in part.modules() if hasattr(m, "weight")]
with torch.no_grad():
    for number, module in enumerate(modules):
        module.weight.copy_(torch.from_numpy(known[f"weight{number}"]))
        module.bias.zero_()
inputs = {name: torch.from_numpy(known[name]) for name in ("style", "viewpoint", "transform")}
with torch.inference_mode():
    drawn = peer.network(inputs)[0].numpy().transpose(0, 2, 3, 1)
np.testing.assert_allclose(drawn, known["image"], atol=1e-4 * abs(known["image"]).max())
for deepsim, architecture in ((False, "table2-vae"), (True, "table2")):
    peer = PyTorch(Case("a", "autoencoder", architecture, 64, 2, deepsim=deepsim), "float32")
    count = sum(p.numel() for p in peer.network.parameters())
    assert count == known[architecture], (count, known[architecture])
    assert peer.train() == 1
    assert peer.draw(2).shape == (2, 3, 64, 64)
print("same")
"""


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="PyTorch is not installed")
def test_pytorch_has_the_same_networks(tmp_path):
    trainer = Ours(GENERATOR).trainer
    generator = trainer.generator
    (stream,) = generator.streams
    layers = [layer for name in generator.fc12 for layer in name]
    layers += [*generator.fc34, stream.fc5, *stream.body, stream.head]
    arrays = {}
    for number, layer in enumerate(layers):
        kernel = np.asarray(stack.raw_variable(layer.kernel))
        if layer is stream.fc5:  # its units are a map, channels last here and first there
            maps = kernel.reshape(*generator.spec.streams[0].fc5, -1)
            kernel = maps.transpose(2, 0, 1, 3).reshape(kernel.shape)
        elif kernel.ndim == 4:
            kernel = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        arrays[f"weight{number}"] = kernel
    inputs, _ = random_batch(GENERATOR)
    image = generator(tf.nest.map_structure(tf.constant, inputs))["image"].numpy()
    counts = {case.architecture: parameters(Ours(case).trainer.model) for case in AUTOENCODERS}
    np.savez(tmp_path / "known.npz", image=image, **inputs, **arrays, **counts)
    command = [sys.executable, "-c", IN_PYTORCH, str(tmp_path / "known.npz")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("same"), done.stderr[-2000:]


def test_plain_keras_trains_deepsim_too():
    peer = PlainKeras(DEEPSIM)
    ours = Ours(DEEPSIM).trainer
    theirs = parameters(peer.network.convolutions) + parameters(peer.network.judgement)
    assert theirs == parameters(ours.discriminator)
    assert peer.train() == PlainKeras.STEPS
    assert peer.draw(2).shape == (2, 64, 64, 3)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (rows.UpSample(2), r"row up, UpSample.*is not known to plain Keras: it knows Dense, Conv"),
        (rows.Conv(2, 3, norm=rows.BatchNorm()), "norm=BatchNorm.* is not known to plain Keras"),
        (rows.Conv(2, 3, padding="circular"), "padding=circular is not known to plain Keras"),
        (rows.Conv(2, 3, activation="tanh"), "activation=tanh is not known to plain Keras"),
    ],
)
def test_rows_that_a_peer_does_not_know_are_named(row, message):
    with pytest.raises(ValueError, match=message):
        network(rows.NetworkSpec("a test", {"up": row}), (4, 4, 3))


@pytest.mark.slow
def test_peers_take_turns_in_processes_of_their_own():
    ticks = []
    peers = ("tfgen", "plain Keras")
    measured = measure(TINY, peers, "float32", 2, 0.05, lambda: ticks.append(1))
    assert len(ticks) == measurements(peers, 2)
    assert all(0.05 < each.memory < 16 for each in measured)
    assert all(each.median(question) > 0 for each in measured for question in each.rounds)
    (ratio,) = speed_report.ratios(measured)
    assert ratio["training"] > 0
    (row,) = speed_report.inside(measured)
    shares = row["forward %"] + row["backward %"] + row["optimizer %"]
    assert shares == pytest.approx(100)
    assert 0 < row["% of peak in drawing"] < 200
    assert speed_report.ratio_chart([ratio]).shape[2] == 3
    json.dumps(speed_report.speeds(measured))


def test_ratios_are_of_rounds():
    ours, theirs = Measured("a", "tfgen"), Measured("a", "PyTorch")
    ours.rounds = {"train": [20, 30, 60], "draw": [1, 1, 1], "draw_one": [2, 2, 2]}
    theirs.rounds = {"train": [10, 20, 30], "draw": [4, 4, 4], "draw_one": [1, 1, 1]}
    (row,) = speed_report.ratios([ours, theirs])
    assert row["training"] == 2  # of 2, 1.5 and 2
    assert row["drawing"] == 0.25
    assert row["drawing one image"] == 0.5  # seconds, where less is more


def test_unknown_cases_are_told():
    with pytest.raises(InputError, match="cases=sofas is not known"):
        find_cases(["sofas"])
    assert find_cases([]) == list(CASES.values())
