"""What a run takes from another one: weights by the names that checkpoints give them."""

import numpy as np
import pytest
import tensorflow as tf

from tests.runs import VALUE
from tfgen.architectures import spec
from tfgen.models.layered import LayeredNetwork
from tfgen.runs.start import by_names, weights


def test_weights_have_the_names_that_checkpoints_give_them(tmp_path):
    rows = {
        "units": spec.Dense(3, norm=spec.BatchNorm()),
        "out": spec.Residual({"a": spec.Dense(3)}),
    }
    networks = {"network": LayeredNetwork(spec.NetworkSpec("a test", rows), (4,))}
    path = tf.train.Checkpoint(**networks).write(str(tmp_path / "ckpt"))
    reader = tf.train.load_checkpoint(path)
    named = weights(networks)
    assert {f"{name}{VALUE}" for name in named} == {
        name for name in reader.get_variable_to_shape_map() if name.endswith(VALUE)
    } - {f"save_counter{VALUE}"}
    assert len(named) == 8
    for name, variable in named.items():
        np.testing.assert_array_equal(variable.numpy(), reader.get_tensor(name + VALUE))


def test_columns_go_to_their_names():
    earlier, value = np.arange(6.0).reshape(2, 3), -np.ones((2, 4))
    taken = by_names(earlier, value, ["red", "green", "blue"], ["gray", "blue", "pink", "red"])
    np.testing.assert_array_equal(taken, [[-1, 2, -1, 0], [-1, 5, -1, 3]])
    assert (value == -1).all()


@pytest.mark.parametrize(
    ("shape", "names"),
    [
        ((2, 2), ["gray", "pink"]),  # none is known
        ((3, 2), ["red", "pink"]),  # of another width
        ((2, 5), ["red", "pink"]),  # no column a name
        ((), ["red"]),
    ],
)
def test_weights_that_have_no_column_for_a_known_name_stay(shape, names):
    assert by_names(np.zeros((2, 3)), np.zeros(shape), ["red", "green", "blue"], names) is None
