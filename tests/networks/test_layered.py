"""Plain networks against a forward pass written anew, with loops, in NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from tfgen.networks import spec as rows
from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.spec import NetworkSpec


def convolved(x, kernel, bias, stride, groups, pad):
    """x [h, w, c]; kernel [k, k, c / groups, out]; zeros of `pad` on each side."""
    x = np.pad(x, (pad, pad, (0, 0)))
    k, out = kernel.shape[0], kernel.shape[-1]
    height, width = ((side - k) // stride + 1 for side in x.shape[:2])
    inputs, outputs = x.shape[-1] // groups, out // groups
    y = np.zeros((height, width, out))
    for i in range(height):
        for j in range(width):
            window = x[i * stride : i * stride + k, j * stride : j * stride + k]
            for o in range(out):
                g = o // outputs
                seen = window[..., g * inputs : (g + 1) * inputs]
                y[i, j, o] = (seen * kernel[..., o]).sum() + bias[o]
    return y


def pooled(x, window, stride):
    height, width = ((side - window) // stride + 1 for side in x.shape[:2])
    return np.array(
        [
            [
                x[i * stride : i * stride + window, j * stride : j * stride + window].max(
                    axis=(0, 1)
                )
                for j in range(width)
            ]
            for i in range(height)
        ]
    )


def normalised(x):
    """Caffe's LRN across channels: size 5, alpha 1e-4, beta 0.75, k 1."""
    y = np.empty_like(x)
    for c in range(x.shape[-1]):
        near = x[..., max(c - 2, 0) : c + 3]
        y[..., c] = x[..., c] / (1 + 1e-4 / 5 * (near**2).sum(axis=-1)) ** 0.75
    return y


def leaky(x, slope):
    return np.maximum(x, 0) + slope * np.minimum(x, 0)


def test_rows_compute_what_they_say():
    slope = 0.3
    spec = NetworkSpec(
        "a test",
        {
            "conv1": (
                rows.Conv(6, 3, stride=2, padding="valid"),
                rows.LocalResponseNorm(),
                rows.MaxPool(3, 2),
            ),
            "conv2": rows.Conv(4, 3, groups=2),
            "conv3": rows.Conv(5, 3, padding=2),
            "fc": rows.Dense(7),
            "logits": rows.Dense(3, activation="none"),
            "softmax": rows.Softmax(),
        },
        slope,
    )
    network = LayeredNetwork(spec, (15, 13, 4))
    rng = np.random.default_rng(0)
    for weight in network.weights:
        weight.assign(rng.normal(size=weight.shape))
    kernels = {layer.name: (np.array(layer.kernel), np.array(layer.bias)) for layer in network.body}
    x = 30 * rng.normal(size=(15, 13, 4))
    y = leaky(convolved(x, *kernels["conv1"], 2, 1, (0, 0)), slope)
    y = expected_1 = pooled(normalised(y), 3, 2)
    y = leaky(convolved(y, *kernels["conv2"], 1, 2, (1, 1)), slope)
    y = leaky(convolved(y, *kernels["conv3"], 1, 1, (2, 2)), slope)
    y = leaky(y.reshape(-1) @ kernels["fc"][0].T + kernels["fc"][1], slope)
    y = y @ kernels["logits"][0].T + kernels["logits"][1]
    expected = np.exp(y - y.max()) / np.exp(y - y.max()).sum()
    found = network.named_outputs(tf.constant(x[None], tf.float32), ["conv1", "logits"])
    np.testing.assert_allclose(found["conv1"][0], expected_1, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found["logits"][0], y, rtol=1e-3)
    np.testing.assert_allclose(network(tf.constant(x[None], tf.float32))[0], expected, atol=1e-4)


def test_a_network_ends_where_it_is_told():
    spec = NetworkSpec("a test", {"a": rows.Dense(3), "b": rows.Dense(2)})
    assert list(spec.until("a").rows) == ["a"]
    with pytest.raises(KeyError):
        spec.until("c")


def padded_pool(x, window, stride, padding, ceil):
    """Maxima as Caffe takes them: [h, w, c] with -inf around it."""
    sides, reach = [], []
    for side in x.shape[:2]:
        count = (side + 2 * padding - window) / stride
        count = int(np.ceil(count) if ceil else np.floor(count)) + 1
        if ceil and (count - 1) * stride >= side + padding:
            count -= 1
        sides.append(count)
        reach.append((count - 1) * stride + window)
    whole = np.full((max(reach) + 50, max(reach) + 50, x.shape[2]), -np.inf)
    whole[padding : padding + x.shape[0], padding : padding + x.shape[1]] = x
    out = np.empty((*sides, x.shape[2]))
    for i in range(sides[0]):
        for j in range(sides[1]):
            part = whole[i * stride : i * stride + window, j * stride : j * stride + window]
            out[i, j] = part.max(axis=(0, 1))
    return out


@pytest.mark.parametrize("size", [(9, 8), (7, 12), (2, 5)])
@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize(("window", "stride", "padding"), [(3, 2, 0), (3, 1, 1), (2, 2, 1)])
def test_pools_floor_or_ceil(size, ceil, window, stride, padding):
    row = rows.MaxPool(window, stride, padding, ceil)
    x = np.random.default_rng(0).normal(size=(*size, 2)) - 5.0
    if min(map(row.windows, size)) < 1:
        with pytest.raises(ValueError, match="needs 3"):
            LayeredNetwork(NetworkSpec("a test", {"pool": row}), x.shape)
        return
    network = LayeredNetwork(NetworkSpec("a test", {"pool": row}), x.shape)
    expected = padded_pool(x, window, stride, padding, ceil)
    np.testing.assert_allclose(network(x[None])[0], expected, rtol=1e-6)
    given = tf.constant(x[None], tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(given)
        total = tf.reduce_sum(network(given))
    assert float(tf.reduce_sum(tape.gradient(total, given))) == expected.size
