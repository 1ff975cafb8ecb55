"""Every network, exported and loaded as TensorFlow Serving does, gives what it gives here."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tests.conformance.registry import NETWORKS, selected
from tfgen.export.manifest import Manifest
from tfgen.export.saved_model import publish

COUNT = 3
# A graph, a session, tensors by their names; one process for all.
SESSION = """
import sys
import numpy as np
import tensorflow as tf
path, inputs = sys.argv[1], np.load(sys.argv[2])
with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    graph = tf.compat.v1.saved_model.load(session, ["serve"], path)
    feed, fetch, results = {}, {}, {}
    for name, signature in graph.signature_def.items():
        if not name.startswith("__"):
            feed |= {x.name: inputs[f"{name}/{key}"] for key, x in signature.inputs.items()}
            fetch |= {f"{name}/{key}": x.name for key, x in signature.outputs.items()}
    for key, value in session.run(fetch, feed).items():
        if value.dtype == object:  # files
            files = (np.frombuffer(data, np.uint8) for data in value)
            results |= {f"{key}/{i}": data for i, data in enumerate(files)}
        else:
            results[key] = value
assert not any(module.split(".")[0] == "tfgen" for module in sys.modules)
np.savez(sys.argv[3], **results)
"""


def random_values(each, rng):
    """Of an Input: within its range where it has one."""
    shape = (COUNT, *each.shape)
    if each.dtype.is_integer:
        low, high = each.range
        return rng.integers(low, high + 1, shape).astype(each.dtype.as_numpy_dtype)
    assert each.dtype == tf.float32, f"{each} has no random values: give them here"
    return rng.random(shape, np.float32)


@pytest.fixture(scope="module")
def answers(request, tmp_path_factory):
    """(Output's path -> value here, the same there)."""
    folder, rng = tmp_path_factory.mktemp("exports"), np.random.default_rng(0)
    signatures, variables, inputs, expected = {}, [], {}, {}
    for entry in selected(request, NETWORKS):
        network = entry.shared
        read = getattr(network, "all_variables", lambda network=network: network.variables)
        variables += read()
        for name, signature in entry.exported(network).items():
            key = f"{entry.name}__{name}"
            signatures[key] = signature
            values = {each.name: random_values(each, rng) for each in signature.inputs}
            inputs |= {f"{key}/{each}": value for each, value in values.items()}
            tensors = {each: tf.constant(value) for each, value in values.items()}
            expected |= {f"{key}/{n}": x.numpy() for n, x in signature.function(**tensors).items()}
    path = publish(variables, signatures, Manifest("conformance", 16), folder, "all")
    np.savez(folder / "in.npz", **inputs)
    (folder / "session.py").write_text(SESSION)
    arguments = [path, folder / "in.npz", folder / "out.npz"]
    subprocess.run([sys.executable, folder / "session.py", *arguments], check=True, cwd=folder)
    return expected, dict(np.load(folder / "out.npz"))


@pytest.mark.parametrize("entry", NETWORKS, ids=lambda entry: entry.name)
def test_an_export_gives_what_the_network_gives(entry, answers):
    expected, served = answers
    chosen = {key: x for key, x in expected.items() if key.startswith(f"{entry.name}__")}
    assert chosen
    for key, value in chosen.items():
        if value.dtype == object:
            for i, data in enumerate(value):
                picture = served[f"{key}/{i}"].tobytes()
                assert_close(*(tf.io.decode_png(x).numpy() for x in (data, picture)), key)
        else:
            assert_close(value, served[key], key)


def assert_close(a, b, name):
    """Equal, but for another order of additions."""
    assert a.dtype == b.dtype, name
    assert a.shape == b.shape, name
    if a.dtype == np.uint8:  # rounded the other way
        assert np.abs(a.astype(int) - b).max() <= 1, name
    else:
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5, err_msg=name)
