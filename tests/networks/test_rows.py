"""Each thing that a row can say, by a small network against NumPy or TensorFlow's own layers."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgen import stack
from tfgen.networks import spec as rows
from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.spec import LReLU, NetworkSpec

KEY = tf.constant([3, 5])


def network(table, shape, conditions=None, dtype="float32", **options):
    return LayeredNetwork(NetworkSpec("a test", table, **options), shape, dtype, conditions)


def randomised(built, seed=0):
    """The same network with all weights random, and those by name."""
    rng = np.random.default_rng(seed)
    for weight in built.trainable_variables:
        stack.raw_variable(weight).assign(rng.normal(size=weight.shape))
    weights = {}
    for layer in built.body:
        for name in ("kernel", "bias", "scale", "shift"):
            if hasattr(layer, name):
                value = np.asarray(stack.raw_variable(getattr(layer, name)))
                weights[f"{layer.name}/{name}"] = value
    return built, weights


def normal(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def assert_gradients_reach_all(built, x, **options):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(built(x, **options) - 0.3))
    for gradient, variable in zip(
        tape.gradient(loss, built.trainable_variables), built.trainable_variables, strict=True
    ):
        assert gradient is not None, variable.name
        assert float(tf.reduce_max(tf.abs(gradient))) > 0, variable.name


def flipped(kernel):
    """A transposed convolution's kernel as an ordinary one's: [k, k, out, in] turned round."""
    return kernel[::-1, ::-1].transpose(0, 1, 3, 2)


# Activations and their order


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("relu", lambda x: np.maximum(x, 0)),
        (LReLU(0.1), lambda x: np.where(x > 0, x, 0.1 * x)),
        ("tanh", np.tanh),
        ("sigmoid", lambda x: 1 / (1 + np.exp(-x))),
        ("none", lambda x: x),
        (None, lambda x: np.where(x > 0, x, 0.3 * x)),
    ],
)
def test_activations_are_a_rows_or_the_networks(activation, expected):
    built = network({"fc": rows.Dense(5, activation=activation)}, (4,), slope=0.3)
    built, weights = randomised(built)
    x = normal(3, 4)
    y = x @ weights["fc/kernel"].T + weights["fc/bias"]
    np.testing.assert_allclose(built(x), expected(y), rtol=1e-4, atol=1e-5)
    alone = network({"alone": rows.Activation(activation)}, (4,), slope=0.3)
    np.testing.assert_allclose(alone(x), expected(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "order",
    [rows.POST_ACTIVATION, rows.NORM_LAST, rows.PRE_ACTIVATION, rows.FULL_PRE_ACTIVATION],
)
def test_map_norm_and_activation_go_in_the_order_told(order):
    row = rows.Dense(5, activation="relu", norm=rows.BatchNorm(), bias=False)
    built, weights = randomised(network({"fc": row}, (4,), order=order))
    x = normal(6, 4)
    steps = {
        "map": lambda x: x @ weights["fc/kernel"].T,
        "activation": lambda x: np.maximum(x, 0),
        "norm": lambda x: (
            (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5) * weights["fc_norm/scale"]
            + weights["fc_norm/shift"]
        ),
    }
    y = x
    for step in order:
        y = steps[step](y)
    np.testing.assert_allclose(built(x, training=True), y, rtol=1e-3, atol=1e-4)


def test_unknown_words_are_refused():
    for row, message in (
        (lambda: rows.Dense(3, activation="gelu"), "activation='gelu' is not known"),
        (lambda: rows.Conv(3, 3, norm="batch"), "norm='batch' is not known"),
        (lambda: rows.Conv(3, 3, padding="full"), "padding='full' is not known"),
        (lambda: rows.TransposedConv(3, 4, padding="circular"), "give same, valid or a number"),
        (lambda: rows.Conv(3, 3, order=("map", "norm")), "each once"),
        (lambda: rows.Conv(3, 3, stride=2, dilation=2), "exclude each other"),
        (lambda: NetworkSpec("a test", {"a": rows.Skip("b")}), "none of the rows before it"),
    ):
        with pytest.raises(ValueError, match=message):
            row()


# Norms


def test_batch_norm_is_keras_own_in_training_and_out_of_it():
    table = {
        "conv": rows.Conv(3, 3, activation="none"),
        "norm": rows.Norm(rows.BatchNorm(momentum=0.8, epsilon=1e-2)),
    }
    built, weights = randomised(network(table, (5, 4, 2)))
    reference = keras.layers.BatchNormalization(momentum=0.8, epsilon=1e-2)
    reference.build((None, 5, 4, 3))
    stack.raw_variable(reference.gamma).assign(weights["norm/scale"])
    stack.raw_variable(reference.beta).assign(weights["norm/shift"])
    x = 5 + 2 * normal(6, 5, 4, 2)
    maps = built.named_outputs(x, ["conv"])["conv"]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(built(x, training=True) ** 3)
    # Fused, Keras' layer takes the unbiased variance into the running one: ours is the biased.
    np.testing.assert_allclose(
        built.named_outputs(x, ["norm"], training=True)["norm"],
        reference(maps, training=True),
        atol=1e-3,
    )
    mean, variance = (
        np.asarray(stack.raw_variable(w)) for w in (built.body[1].mean, built.body[1].variance)
    )
    flat = maps.numpy().reshape(-1, 3)
    share = 1 - 0.8**2  # trained on twice
    np.testing.assert_allclose(mean, share * flat.mean(0), rtol=1e-4)
    np.testing.assert_allclose(variance, 0.8**2 + share * flat.var(0), rtol=1e-4)
    stack.raw_variable(reference.moving_mean).assign(mean)
    stack.raw_variable(reference.moving_variance).assign(variance)
    np.testing.assert_allclose(built(x), reference(maps, training=False), atol=1e-3)
    gradients = tape.gradient(loss, built.trainable_variables)
    assert float(tf.reduce_max(tf.abs(gradients[0]))) > 0
    np.testing.assert_allclose(gradients[1], 0, atol=1e-1)  # a bias before a norm does nothing
    before = mean
    built(x)
    np.testing.assert_array_equal(stack.raw_variable(built.body[1].mean), before)


def test_batch_norm_follows_its_own_call_whatever_layer_it_stands_in():
    class Around(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = network({"fc": rows.Dense(3, norm=rows.BatchNorm())}, (4,))

        def call(self, x, training=False):
            return self.inner(x)

    around, x = Around(), tf.constant(normal(5, 4))
    np.testing.assert_array_equal(around(x, training=True), around.inner(x))
    np.testing.assert_array_equal(stack.raw_variable(around.inner.body[1].mean), 0)


def test_scales_may_start_about_one_and_shifts_be_left_out():
    norm = rows.BatchNorm(scale_deviation=0.02, shift=False)
    built = network({"fc": rows.Dense(800, norm=norm, bias=False)}, (2,))
    assert [tuple(w.shape) for w in built.trainable_variables] == [(800, 2), (800,)]
    scale = np.asarray(stack.raw_variable(built.body[1].scale))
    assert scale.mean() == pytest.approx(1, abs=0.005)
    assert scale.std() == pytest.approx(0.02, rel=0.1)


def test_instance_norm_takes_each_map_by_itself():
    built, weights = randomised(network({"n": rows.Norm(rows.InstanceNorm(1e-3))}, (6, 4, 3)))
    x = 3 * normal(2, 6, 4, 3)
    mean, variance = x.mean((1, 2), keepdims=True), x.var((1, 2), keepdims=True)
    expected = (x - mean) / np.sqrt(variance + 1e-3) * weights["n/scale"] + weights["n/shift"]
    for training in (False, True):
        np.testing.assert_allclose(built(x, training=training), expected, rtol=1e-3, atol=1e-4)
    assert_gradients_reach_all(built, x)
    with pytest.raises(ValueError, match=r"gets units: give BatchNorm"):
        network({"fc": rows.Dense(3, norm=rows.InstanceNorm())}, (2,))


def test_spectral_norm_is_the_largest_singular_value_and_is_saved(tmp_path):
    table = {
        "conv": rows.Conv(4, 3, spectral=True, bias=False, activation="none"),
        "up": rows.UpConv(5, 4, spectral=True, bias=False, activation="none"),
        "fc": rows.Dense(6, spectral=True, bias=False, activation="none"),
    }
    built, weights = randomised(network(table, (4, 3, 2)))
    x = normal(2, 4, 3, 2)
    step = tf.function(lambda: built(x, training=True))
    for _ in range(60):
        step()
    plain = network(
        {name: dataclasses.replace(row, spectral=False) for name, row in table.items()}, (4, 3, 2)
    )
    axis = {"conv": 3, "up": 2, "fc": 0}
    for layer in plain.body:
        kernel = weights[f"{layer.name}/kernel"]
        matrix = np.moveaxis(kernel, axis[layer.name], 0).reshape(
            kernel.shape[axis[layer.name]], -1
        )
        layer.kernel.assign(kernel / np.linalg.svd(matrix, compute_uv=False)[0])
    np.testing.assert_allclose(built(x), plain(x), rtol=1e-3, atol=1e-4)
    assert_gradients_reach_all(built, x)
    saved = tf.train.Checkpoint(network=built).write(str(tmp_path / "saved"))
    again = network(table, (4, 3, 2))
    tf.train.Checkpoint(network=again).read(saved).assert_consumed()
    np.testing.assert_array_equal(again(x), built(x))


# Maps


def test_paddings_are_tensorflows_and_numpys():
    x = normal(2, 5, 7, 3)
    for padding, kernel, stride, dilation, pads in (
        ("valid", 3, 2, 1, None),
        (2, 3, 1, 1, ((2, 2), (2, 2))),
        (((1, 2), (0, 3)), 4, 2, 1, ((1, 2), (0, 3))),
        ("same", 3, 1, 2, ((2, 2), (2, 2))),
        (1, 3, 1, 2, ((1, 1), (1, 1))),
    ):
        row = rows.Conv(4, kernel, stride, padding=padding, dilation=dilation, activation="none")
        built, weights = randomised(network({"c": row}, (5, 7, 3)))
        padded = np.pad(x, ((0, 0), *(pads or ((0, 0), (0, 0))), (0, 0)))
        expected = tf.nn.conv2d(padded, weights["c/kernel"], stride, "VALID", dilations=dilation)
        np.testing.assert_allclose(built(x), expected + weights["c/bias"], rtol=1e-3, atol=1e-4)
        assert built.output_sizes["c"] == tuple(expected.shape[1:])
        assert_gradients_reach_all(built, x)


@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (4, 2), (7, 1)])
def test_circular_textures_tile(kernel, stride):
    row = rows.Conv(4, kernel, stride, padding="circular", activation="none", bias=False)
    built, weights = randomised(network({"c": row}, (4, 6, 2)))
    x = normal(2, 4, 6, 2)
    tiled = np.tile(x, (1, 3, 3, 1))
    expected = tf.nn.conv2d(tiled, weights["c/kernel"], stride, "SAME")
    height, width = 4 // stride, 6 // stride
    middle = expected[:, height : 2 * height, width : 2 * width]
    np.testing.assert_allclose(built(x), middle, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "kernel", "stride", "padding"),
    [((1, 1), 4, 1, "valid"), ((3, 2), 4, 2, 1), ((3, 2), 5, 2, "valid"), ((3, 2), 3, 1, 1)],
)
def test_transposed_convolutions_spread_each_value(shape, kernel, stride, padding):
    row = rows.TransposedConv(5, kernel, stride, padding, activation="none")
    built, weights = randomised(network({"t": row}, (*shape, 3)))
    x = normal(2, *shape, 3)
    sides = [stride * (side - 1) + kernel for side in shape]
    expected = np.zeros((2, *sides, 5))
    for i in range(shape[0]):
        for j in range(shape[1]):
            spread = np.einsum("bi,yxoi->byxo", x[:, i, j], weights["t/kernel"])
            top, left = stride * i, stride * j
            expected[:, top : top + kernel, left : left + kernel] += spread
    cut = 0 if padding == "valid" else padding
    expected = expected[:, cut : sides[0] - cut, cut : sides[1] - cut] + weights["t/bias"]
    np.testing.assert_allclose(built(x), expected, rtol=1e-3, atol=1e-4)
    assert built.output_sizes["t"] == expected.shape[1:]
    assert_gradients_reach_all(built, x)


def test_same_transposed_convolutions_are_keras_own():
    built = network({"t": rows.TransposedConv(5, 4, activation="none")}, (3, 2, 3))
    built, weights = randomised(built)
    reference = keras.layers.Conv2DTranspose(5, 4, 2, "same")
    reference.build((None, 3, 2, 3))
    reference.set_weights([weights["t/kernel"], weights["t/bias"]])
    x = normal(2, 3, 2, 3)
    np.testing.assert_allclose(built(x), reference(x), rtol=1e-4, atol=1e-5)


def test_nearest_up_sampling_repeats_each_value():
    built = network({"up": rows.UpSample(3)}, (2, 4, 3))
    x = normal(2, 2, 4, 3)
    np.testing.assert_array_equal(built(x), np.kron(x, np.ones((1, 3, 3, 1), np.float32)))


# Branches


def test_residual_blocks_add_their_input_or_its_projection():
    table = {
        "same": rows.Residual(
            {"a": rows.Conv(3, 3), "b": rows.Conv(3, 3, activation="none")}, activation="none"
        ),
        "half": rows.Residual(
            {"c": rows.Conv(6, 3, 2), "d": rows.Conv(6, 3, activation="none", bias=False)},
            {"project": rows.Conv(6, 1, 2, activation="none")},
        ),
    }
    built, _ = randomised(network(table, (6, 4, 3), norm=rows.BatchNorm()))
    inside, (wide, short) = built.body[0].networks[0], built.body[1].networks
    x = normal(2, 6, 4, 3)
    outputs = built.named_outputs(x, ["same", "half"])
    np.testing.assert_allclose(outputs["same"], x + inside(x), rtol=1e-4, atol=1e-4)
    middle = outputs["same"]
    expected = np.maximum(wide(middle) + short(middle), 0)
    np.testing.assert_allclose(outputs["half"], expected, rtol=1e-4, atol=1e-4)
    projected = tf.nn.conv2d(middle, short.body[0].kernel, 2, "SAME") + short.body[0].bias
    scale, shift = short.body[1].scale, short.body[1].shift
    np.testing.assert_allclose(
        short(middle), projected / np.sqrt(1 + 1e-5) * scale + shift, rtol=1e-3, atol=1e-4
    )
    with pytest.raises(ValueError, match="give rows for the shortcut"):
        network({"r": rows.Residual({"a": rows.Conv(4, 3)})}, (4, 4, 3))


def test_a_u_net_joins_what_it_saw_on_its_way_down():
    table = {
        "down1": rows.Conv(4, 4, 2),
        "down2": rows.Conv(6, 4, 2),
        "up1": (rows.TransposedConv(5, 4), rows.Skip("down1")),
        "image": rows.TransposedConv(3, 4, activation="tanh"),
    }
    built, _ = randomised(network(table, (8, 12, 3), slope=0.2))
    x = normal(2, 8, 12, 3)
    seen = built.named_outputs(x, ["down1", "down2", "up1"])
    assert built.output_sizes["up1"] == (4, 6, 9)
    np.testing.assert_array_equal(seen["up1"][..., 5:], seen["down1"])
    layers = {layer.name: layer for layer in built.body}
    expected = tf.nn.leaky_relu(layers["up1"](seen["down2"]), 0.2)
    np.testing.assert_allclose(seen["up1"][..., :5], expected, atol=1e-5)
    np.testing.assert_allclose(built(x), tf.tanh(layers["image"](seen["up1"])), atol=1e-5)
    assert_gradients_reach_all(built, x / 10)
    with pytest.raises(ValueError, match="differ in more than channels"):
        network({"a": rows.Conv(4, 3, 2), "b": (rows.Conv(4, 3, 2), rows.Skip("a"))}, (8, 8, 3))


def test_a_sentence_is_seen_at_each_place_of_a_map():
    table = {
        "conv": rows.Conv(4, 4, 2),
        "joined": rows.Condition("text", {"text_fc": rows.Dense(3)}),
        "judged": (rows.Condition("map"), rows.Conv(1, 4, padding="valid", activation="none")),
    }
    shapes = {"text": (7,), "map": (4, 6, 2)}
    built, weights = randomised(network(table, (8, 12, 3), shapes))
    x, text, scene = normal(2, 8, 12, 3), normal(2, 7), normal(2, 4, 6, 2)
    joined = built.named_outputs(x, ["joined"], text=text, map=scene)["joined"]
    code = np.maximum(
        text @ np.asarray(built.body[1].networks[0].body[0].kernel).T
        + np.asarray(built.body[1].networks[0].body[0].bias),
        0,
    )
    np.testing.assert_allclose(joined[:, 2, 3, 4:], code, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(joined[:, 0, 0, 4:], joined[:, 3, 5, 4:])
    whole = tf.concat([joined, scene], axis=-1)
    expected = (
        tf.nn.conv2d(whole, weights["judged_1/kernel"], 1, "VALID") + weights["judged_1/bias"]
    )
    np.testing.assert_allclose(built(x, text=text, map=scene), expected, rtol=1e-3, atol=1e-4)
    assert_gradients_reach_all(built, x, text=text, map=scene)
    assert built.spec.conditions == ("text", "map")
    assert built.spec.until("joined").conditions == ("text",)
    with pytest.raises(ValueError, match="takes text, map beside its first input, and got text"):
        built(x, text=text)
    with pytest.raises(ValueError, match="lacks the shape of text"):
        network(table, (8, 12, 3))


# Dropout


def test_dropout_is_a_function_of_its_key():
    built, x = network({"drop": rows.Dropout(0.5)}, (1000,)), tf.ones((2, 1000))
    np.testing.assert_array_equal(built(x), x)
    np.testing.assert_array_equal(built(x, key=KEY), x)
    a, again, b = (built(x, training=True, key=[0, n]).numpy() for n in (1, 1, 2))
    np.testing.assert_array_equal(a, again)
    assert (a != b).any()
    assert set(np.unique(a)) == {0.0, 2.0}
    assert abs(a.mean() - 1) < 0.1
    with pytest.raises(ValueError, match="drop drops units, and key=None: give a key"):
        built(x, training=True)


def test_dropout_at_drawing_time_and_in_branches_has_keys_of_its_own():
    drop = rows.Dropout(0.5, always=True)
    table = {"block": rows.Residual({"inner": drop}, {"other": drop}, activation="none")}
    built, x = network(table, (1000,)), tf.ones((1, 1000))
    y = built(x, key=KEY).numpy()
    assert set(np.unique(y)) == {0.0, 2.0, 4.0}  # two masks, not the same twice
    with pytest.raises(ValueError, match="inner drops units"):
        built(x)


# The start of weights, ranges, tables


def test_starts_are_a_rows_or_the_networks():
    def deviation(row, shape=(8, 8, 16), **options):
        kernel = np.asarray(
            stack.raw_variable(network({"r": row}, shape, **options).body[0].kernel)
        )
        return kernel.std(), np.abs(kernel).max()

    assert deviation(rows.Conv(64, 5), start=rows.Normal(0.02))[0] == pytest.approx(0.02, rel=0.05)
    assert deviation(rows.Conv(64, 5))[0] == pytest.approx((2 / 400) ** 0.5, rel=0.05)
    he = rows.Conv(64, 5, start=rows.He(1.0))
    assert deviation(he, start=rows.Normal())[0] == pytest.approx((1 / 400) ** 0.5, rel=0.05)
    limit = (6 / (16 * 25 + 64 * 25)) ** 0.5
    spread, largest = deviation(rows.Conv(64, 5, start=rows.Xavier()))
    assert spread == pytest.approx(limit / 3**0.5, rel=0.05)
    assert 0.95 * limit < largest <= limit
    # What draws starts small, whether or not a bounded activation follows; one pixel hears one.
    for activation in ("none", "tanh", "sigmoid"):
        drawing = rows.Conv(64, 5, activation=activation)
        assert deviation(drawing)[0] == pytest.approx((0.01 / 400) ** 0.5, rel=0.05)
    first = rows.TransposedConv(64, 4, 1, "valid")
    assert deviation(first, (1, 1, 50))[0] == pytest.approx((2 / 50) ** 0.5, rel=0.05)


def test_narrowed_networks_keep_outputs_and_hold_together():
    spec = NetworkSpec(
        "a test",
        {
            "fc": (rows.Dense(4 * 4 * 64, norm="none"), rows.Reshape((4, 4, 64))),
            "block": rows.Residual(
                {"a": rows.Conv(64, 3), "b": rows.Conv(64, 3, activation="none")}
            ),
            "text": rows.Condition("text", {"code": rows.Dense(32)}),
            "first": rows.Conv(48, 3, activation="none", order=rows.PRE_ACTIVATION),
            "normed": rows.Conv(48, 3, activation="none"),
            "kept": rows.Conv(7, 3, fixed=True),
            "image": (rows.UpSample(2), rows.Conv(3, 3, activation="tanh", norm="none")),
        },
        norm=rows.BatchNorm(),
    )
    built = LayeredNetwork(spec.narrowed(0.25), (10,), conditions={"text": (5,)})
    sizes = {name: shape[-1] for name, shape in built.output_sizes.items()}
    expected = {"fc": 16, "block": 16, "text": 24, "first": 16, "normed": 16, "kept": 7, "image": 3}
    assert {name: sizes[name] for name in expected} == expected


def test_a_dcgan_learns_in_bfloat16_with_float32_statistics(tmp_path):
    table = {
        "z": rows.Reshape((1, 1, 10)),
        "t1": rows.TransposedConv(16, 4, 1, "valid", bias=False),
        "t2": rows.TransposedConv(8, 4, bias=False),
        "image": rows.TransposedConv(3, 4, activation="tanh", norm="none"),
    }
    options = {"norm": rows.BatchNorm(0.9), "start": rows.Normal(), "dtype": "mixed_bfloat16"}
    built, z = network(table, (10,), **options), normal(4, 10)
    assert built.output_sizes["image"] == (16, 16, 3)
    function = tf.function(lambda z: built(z, training=True))
    image = function(z)
    assert image.dtype == tf.float32
    assert float(tf.reduce_max(tf.abs(image))) <= 1
    assert all(tf.as_dtype(v.dtype) == tf.float32 for v in built.variables)
    assert_gradients_reach_all(built, z, training=True)
    exact = network(table, (10,), **options | {"dtype": "float32"})
    saved = tf.train.Checkpoint(network=built).write(str(tmp_path / "saved"))
    tf.train.Checkpoint(network=exact).read(saved).assert_consumed()
    for a, b in zip(built.variables, exact.variables, strict=True):
        np.testing.assert_array_equal(stack.raw_variable(a), stack.raw_variable(b))
    np.testing.assert_allclose(built(z), exact(z), atol=0.02)
    norm = built.body[1]
    assert norm(tf.cast(normal(3, 2, 2, 16), tf.bfloat16)).dtype == tf.float32
