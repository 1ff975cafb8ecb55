"""What a run takes from another one: weights by the names that checkpoints give them."""

import numpy as np
import pytest
import tensorflow as tf

from tfgen.networks import spec
from tfgen.networks.layered import LayeredNetwork
from tfgen.runs.start import SavedWeights, by_names, weights
from tfgen.training.adam import FusedAdam


@pytest.mark.parametrize("trained", [False, True])
def test_weights_are_found_in_checkpoints_with_and_without_an_optimizer(tmp_path, trained):
    rows = {
        "units": spec.Dense(3, norm=spec.BatchNorm()),
        "out": spec.Residual({"a": spec.Dense(3)}),
    }
    networks = {"network": LayeredNetwork(spec.NetworkSpec("a test", rows), (4,))}
    optimizers = {}
    if trained:  # one way to its variables is by the optimizer
        optimizers["optimizer"] = FusedAdam(0.1)
        optimizers["optimizer"].build(networks["network"].trainable_variables)
    path = tf.train.Checkpoint(**optimizers, **networks).write(str(tmp_path / "ckpt"))
    saved, named = SavedWeights(path), weights(networks)
    assert len(named) == 8
    for name, variable in named.items():
        np.testing.assert_array_equal(variable.numpy(), saved.get(name), err_msg=name)
    assert saved.get("network/body/7/kernel") is None
    assert saved.get("network/body") is None


def test_columns_go_to_their_names():
    earlier, value = np.arange(6.0).reshape(2, 3), -np.ones((2, 4))
    taken = by_names(earlier, value, ["red", "green", "blue"], ["gray", "blue", "pink", "red"])
    np.testing.assert_array_equal(taken, [[-1, 2, -1, 0], [-1, 5, -1, 3]])
    assert (value == -1).all()


def test_columns_of_as_many_other_names_are_not_taken_by_their_places():
    earlier, value = np.arange(6.0).reshape(2, 3), -np.ones((2, 3))
    taken = by_names(earlier, value, ["red", "green", "blue"], ["pink", "red", "gray"])
    np.testing.assert_array_equal(taken, [[-1, 0, -1], [-1, 3, -1]])
    taken = by_names(earlier, value, ["red", "green", "blue"], ["a", "b", "c"])
    np.testing.assert_array_equal(taken, value)


@pytest.mark.parametrize(
    ("shape", "names"),
    [
        ((2, 3), ["red", "green", "blue"]),  # the same: the same weights
        ((3, 2), ["red", "pink"]),  # of another width
        ((2, 5), ["red", "pink"]),  # no column a name
        ((1, 2, 2), ["red", "pink"]),
        ((), ["red"]),
    ],
)
def test_other_weights_are_left_to_their_shapes(shape, names):
    assert by_names(np.zeros((2, 3)), np.zeros(shape), ["red", "green", "blue"], names) is None
