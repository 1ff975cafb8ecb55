"""A tiny network's weights in every format that people have, against a forward pass in NumPy."""

import pickle

import h5py
import numpy as np
import pytest
import tensorflow as tf
from safetensors.numpy import save_file

from tests.networks.test_layered import convolved
from tfgen.errors import InputError
from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.spec import (
    AveragePool,
    BatchNorm,
    Conv,
    Dense,
    NetworkSpec,
    Residual,
    Streams,
)
from tfgen.papers.comparators.tables import ComparatorSpec
from tfgen.weights.files import read_arrays
from tfgen.weights.networks import load_network, save_network

SPEC = ComparatorSpec(
    NetworkSpec(
        "a test",
        {
            "conv1": Conv(4, 3, stride=2, padding="valid"),
            "conv2": Conv(6, 3, groups=2),
            "fc6": Dense(10),
            "fc7": Dense(10),
            "fc8": Dense(5, activation="none"),
        },
    ),
    image_size=9,
    mean=(0.0, 0.0, 0.0),
)


@pytest.fixture(scope="module")
def caffe():
    """Layer -> (weights, biases) as Caffe has them: [out, in / groups, h, w] and [out, in]."""
    rng = np.random.default_rng(0)
    shapes = {
        "conv1": (4, 3, 3, 3),
        "conv2": (6, 2, 3, 3),
        "fc6": (10, 6 * 4 * 4),
        "fc7": (10, 10),
        "fc8": (5, 10),
    }
    return {
        name: tuple(rng.normal(size=s).astype(np.float32) for s in (shape, shape[:1]))
        for name, shape in shapes.items()
    }


@pytest.fixture(scope="module")
def image():
    return np.random.default_rng(1).normal(size=(9, 9, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def expected(caffe, image):
    """What Caffe would compute: maps are flattened channels first."""
    hwio = {n: w.transpose(2, 3, 1, 0) for n, (w, _) in caffe.items() if w.ndim == 4}
    x = np.maximum(convolved(image, hwio["conv1"], caffe["conv1"][1], 2, 1, (0, 0)), 0)
    x = np.maximum(convolved(x, hwio["conv2"], caffe["conv2"][1], 1, 2, (1, 1)), 0)
    x = x.transpose(2, 0, 1).reshape(-1)
    for name in ("fc6", "fc7"):
        x = np.maximum(caffe[name][0] @ x + caffe[name][1], 0)
    return caffe["fc8"][0] @ x + caffe["fc8"][1]


def for_tensorflow(caffe):
    """The same in TensorFlow's layout, with fc6's inputs in its order."""
    converted = {}
    for name, (weights, biases) in caffe.items():
        if weights.ndim == 4:
            weights = weights.transpose(2, 3, 1, 0)
        elif name == "fc6":
            weights = weights.reshape(10, 6, 4, 4).transpose(2, 3, 1, 0).reshape(96, 10)
        else:
            weights = weights.T
        converted[name] = weights, biases
    return converted


def caffe_npz(path, caffe):
    arrays = {f"{name}/{i}": part for name, parts in caffe.items() for i, part in enumerate(parts)}
    np.savez(path / "w.npz", **arrays)
    return path / "w.npz"


def converted_npy(path, caffe):
    """As conversions of Caffe's AlexNet are passed around: a pickled dict of lists."""
    lists = {name: list(parts) for name, parts in for_tensorflow(caffe).items()}
    np.save(path / "w.npy", lists, allow_pickle=True)
    return path / "w.npy"


def converted_npy_of_dicts(path, caffe):
    dicts = {
        name: {"weights": weights, "biases": biases}
        for name, (weights, biases) in for_tensorflow(caffe).items()
    }
    np.save(path / "w.npy", dicts, allow_pickle=True)
    return path / "w.npy"


def keras_h5(path, caffe):
    with h5py.File(path / "w.h5", "w") as file:
        for name, (weights, biases) in for_tensorflow(caffe).items():
            file[f"{name}/{name}/kernel:0"] = weights
            file[f"{name}/{name}/bias:0"] = biases
    return path / "w.h5"


def torch_safetensors(path, caffe):
    names = {
        "conv1": "features.0",
        "conv2": "features.3",
        "fc6": "classifier.1",
        "fc7": "classifier.4",
        "fc8": "classifier.6",
    }
    arrays = {}
    for name, (weights, biases) in caffe.items():
        arrays |= {f"{names[name]}.weight": weights, f"{names[name]}.bias": biases}
    save_file(arrays, path / "w.safetensors")
    return path / "w.safetensors"


FORMATS = [caffe_npz, converted_npy, converted_npy_of_dicts, keras_h5, torch_safetensors]


@pytest.mark.parametrize("write", FORMATS, ids=lambda f: f.__name__)
def test_every_format_gives_the_same_network(write, caffe, image, expected, tmp_path):
    network = LayeredNetwork(SPEC.network, (9, 9, 3))
    load_network(write(tmp_path, caffe), SPEC, network)
    np.testing.assert_allclose(network(image[None])[0], expected, rtol=1e-4, atol=1e-3)


def test_our_own_files_read_back(image, tmp_path):
    a, b = (LayeredNetwork(SPEC.network, (9, 9, 3)) for _ in range(2))
    save_network(tmp_path / "own.npz", a)
    load_network(tmp_path / "own.npz", SPEC, b)
    np.testing.assert_array_equal(a(image[None]), b(image[None]))


def test_the_beginning_of_a_network_takes_what_it_needs(caffe, tmp_path):
    beginning = LayeredNetwork(SPEC.network.until("conv2"), (9, 9, 3))
    load_network(caffe_npz(tmp_path, caffe), SPEC, beginning)
    np.testing.assert_array_equal(beginning.body[1].bias, caffe["conv2"][1])


class Evil:
    def __reduce__(self):
        return (print, ("run",))


def test_pickles_that_could_run_code_are_refused(tmp_path, capsys):
    path = tmp_path / "evil.npy"
    np.save(path, {"conv1": Evil()}, allow_pickle=True)
    with pytest.raises(InputError, match="no array"):
        read_arrays(path)
    with path.open("wb") as file:
        pickle.dump({"conv1": Evil()}, file)
    with pytest.raises(InputError, match="cannot be read as weights"):
        read_arrays(path)
    assert capsys.readouterr().out == ""


def test_mistakes_are_one_sentence(caffe, tmp_path):
    network = LayeredNetwork(SPEC.network, (9, 9, 3))
    (tmp_path / "w.bin").write_bytes(b"x")
    (tmp_path / "broken.npz").write_bytes(b"x")
    np.savez(tmp_path / "part.npz", conv1_w=caffe["conv1"][0], conv1_b=caffe["conv1"][1])
    other = caffe | {"conv2": (np.zeros((6, 4, 3, 3), np.float32), caffe["conv2"][1])}
    (tmp_path / "other").mkdir()
    caffe_npz(tmp_path / "other", other)
    for path, message in (
        ("none.npz", "does not exist"),
        ("w.bin", "is no file of weights that can be read: give .npz, .npy, .h5, .safetensors"),
        ("broken.npz", "cannot be read as weights"),
        ("part.npz", "has no weights and biases of layer conv2: it has conv1"),
        ("other/w.npz", r"its conv2 is \(6, 4, 3, 3\), and \(3, 3, 2, 6\) is wanted"),
    ):
        with pytest.raises(InputError, match=message) as caught:
            load_network(tmp_path / path, SPEC, network)
        assert "\n" not in str(caught.value)


def test_channels_of_a_real_network_are_in_the_order_it_was_trained_in():
    from tfgen.papers.comparators.comparator import Comparator
    from tfgen.papers.comparators.tables import COMPARATORS

    red = tf.constant([[[[1.0, 0.0, 0.0]]]]) * tf.ones((1, 64, 64, 1))
    caffe = Comparator(COMPARATORS["caffenet"], "conv1", 64).prepare(red)[0, 0, 0]
    np.testing.assert_allclose(caffe, [0 - 104, 0 - 117, 255 - 123])
    torch = Comparator(COMPARATORS["alexnet_owt"], "conv1", 64).prepare(red)[0, 0, 0]
    np.testing.assert_allclose(torch, [0.515 / 0.229, -0.456 / 0.224, -0.406 / 0.225], rtol=1e-5)


BRANCHED = ComparatorSpec(
    NetworkSpec(
        "a test",
        {
            "conv1": Conv(4, 3, padding="valid"),
            "fire2_squeeze1x1": Conv(3, 1),
            "fire2": Streams({"fire2_expand1x1": Conv(4, 1)}, {"fire2_expand3x3": Conv(4, 3)}),
            "conv10": (Conv(5, 1), AveragePool()),
        },
    ),
    image_size=9,
    mean=(0.0, 0.0, 0.0),
)


@pytest.mark.parametrize("naming", ["caffe's", "another"])
def test_branches_are_filled_by_name_or_by_order(naming, tmp_path):
    names = {
        "conv1": "conv1",
        "fire2_squeeze1x1": "fire2/squeeze1x1" if naming == "caffe's" else "fire2/conv1x1_1",
        "fire2_expand1x1": "fire2/expand1x1" if naming == "caffe's" else "fire2/conv1x1_2",
        "fire2_expand3x3": "fire2/expand3x3" if naming == "caffe's" else "fire2/conv3x3_2",
        "conv10": "conv10" if naming == "caffe's" else "conv_final",
    }
    network = LayeredNetwork(BRANCHED.network, (9, 9, 3))
    rng, arrays, wanted = np.random.default_rng(0), {}, {}
    for layer, its in network.weighted_layers().items():
        wanted[layer] = rng.normal(size=its.kernel.shape), rng.normal(size=its.bias.shape)
        stem = names[layer].replace("/", "__")
        arrays[f"{stem}__w"], arrays[f"{stem}__b"] = (
            x.astype(kind) for x, kind in zip(wanted[layer], (np.float16, np.float32), strict=True)
        )
    np.savez(tmp_path / "file.npz", **arrays)
    load_network(tmp_path / "file.npz", BRANCHED, network)
    for layer, its in network.weighted_layers().items():
        np.testing.assert_allclose(np.asarray(its.kernel), wanted[layer][0], atol=2e-3)
        np.testing.assert_allclose(np.asarray(its.bias), wanted[layer][1], rtol=1e-5)


def test_normalisations_are_those_that_follow_their_kernels(tmp_path):
    spec = NetworkSpec(
        "a test",
        {
            "stem": Conv(4, 3, norm=BatchNorm(epsilon=1e-3), bias=False, activation="relu6"),
            "block": Residual({"deep": Conv(4, 3, groups=4, norm=BatchNorm(), bias=False)}),
        },
    )
    network = LayeredNetwork(spec, (9, 9, 3))
    rng, arrays = np.random.default_rng(0), {}
    for stem, norm, shape in (("_stem", "_bn0", (4, 3, 3, 3)), ("_deep", "_bn1", (4, 1, 3, 3))):
        arrays[f"{stem}.weight"] = rng.normal(size=shape)
        for part in ("weight", "bias", "running_mean", "running_var"):
            arrays[f"{norm}.{part}"] = rng.uniform(0.5, 2.0, 4)
        arrays[f"{norm}.num_batches_tracked"] = np.array(3)
    np.savez(tmp_path / "file.npz", **arrays)
    load_network(tmp_path / "file.npz", ComparatorSpec(spec, 9, (0.0,) * 3), network)
    layers = network.weighted_layers()
    for layer, norm in (("stem", "_bn0"), ("deep", "_bn1")):
        its = layers[f"{layer}_norm"]
        for ours, theirs in (
            *(("scale", "weight"), ("shift", "bias")),
            *(("mean", "running_mean"), ("variance", "running_var")),
        ):
            np.testing.assert_allclose(np.asarray(getattr(its, ours)), arrays[f"{norm}.{theirs}"])
        np.testing.assert_allclose(
            np.asarray(layers[layer].kernel), arrays[f"_{layer}.weight"].transpose(2, 3, 1, 0)
        )
