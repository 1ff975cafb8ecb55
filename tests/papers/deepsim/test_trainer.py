"""Training by DeePSiM: the gate on both sides of its threshold, learning, replicas."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import processes
from tfgen import stack
from tfgen.networks.spec import Conv, NetworkSpec, UpConv
from tfgen.papers.comparators.opening import comparator_from
from tfgen.papers.deepsim.autoencoder import Autoencoder
from tfgen.papers.deepsim.discriminator import Discriminator
from tfgen.papers.deepsim.settings import PerceptualConfig
from tfgen.papers.deepsim.tables import AutoencoderSpec, autoencoder_spec, discriminator_spec
from tfgen.papers.deepsim.trainer import DeepSimTrainer
from tfgen.papers.inverting.inverter import Inverter

SIZE = 32
TINY = AutoencoderSpec(
    NetworkSpec("a test", {"conv": Conv(8, 5, stride=2), "code": Conv(4, 3)}, 0.3),
    NetworkSpec("a test", {"uconv": UpConv(8, 4), "image": Conv(3, 3, activation="none")}, 0.3),
)


def compare(images):
    """A comparator: brightness, averaged over blocks."""
    return 100.0 * tf.nn.avg_pool2d(tf.reduce_mean(images, axis=-1, keepdims=True), 4, 4, "VALID")


def make_trainer(gate=0.1, adversarial=True, variational=False, rate=1e-3, **weights):
    keras.utils.set_random_seed(0)
    spec = TINY
    if variational:
        rows = TINY.encoder.rows | {"code": Conv(8, 3, activation="none")}
        encoder = dataclasses.replace(TINY.encoder, rows=rows)
        spec = dataclasses.replace(TINY, encoder=encoder, variational=True)
    model = Autoencoder(spec.encoder, spec.decoder, SIZE, spec.variational)
    discriminator = None
    if adversarial:
        spec = discriminator_spec(64)
        narrow = dataclasses.replace(
            spec,
            convolutions=NetworkSpec(
                "a test",
                {
                    "conv1": Conv(8, 5, stride=2),
                    "pool": spec.convolutions.rows["pool"],
                },
                0.3,
            ),
        )
        discriminator = Discriminator(narrow, SIZE)
    config = PerceptualConfig(gate=gate, lambda_feat=1e-2, lambda_adv=1.0, **weights)
    trainer = DeepSimTrainer(model, config, compare, discriminator, lambda_kl=0.1, seed=3)
    trainer.compile({name: keras.optimizers.Adam(rate) for name in trainer.players})
    return trainer


def batches(size=8, seed=0):
    images = np.random.default_rng(seed).random((size, SIZE, SIZE, 3)).astype(np.float32)
    return tf.data.Dataset.from_tensors({"image": images}).repeat()


def fit(trainer, steps):
    return trainer.fit(batches(), epochs=1, steps_per_epoch=steps, verbose=0, shuffle=False).history


def state(trainer):
    """Values of the discriminator and of its optimizer."""
    of_network = [w.numpy().copy() for w in map(stack.raw_variable, trainer.discriminator.weights)]
    theirs = stack.optimizer_variables(trainer.optimizer_of("discriminator"))
    return of_network + [np.array(v) for v in theirs]


@pytest.mark.parametrize(("gate", "active"), [(1e6, False), (0.0, True), (1e-6, True)])
def test_a_pause_leaves_weights_moments_and_step_count_alone(gate, active):
    trainer = make_trainer(gate)
    fit(trainer, 2)  # with moments that would move the weights by themselves
    if not active:
        trainer = make_trainer(gate=0.0)
        fit(trainer, 2)
        trainer.weighting = dataclasses.replace(trainer.weighting, gate=gate)
        trainer.make_train_function(force=True)
    before = state(trainer)
    generator = [np.array(w) for w in trainer.model.get_weights()]
    logs = fit(trainer, 3)
    same = [np.array_equal(a, b) for a, b in zip(before, state(trainer), strict=True)]
    assert logs["paused"][0] == (0.0 if active else 1.0)
    if active:
        assert sum(same) <= 1  # the learning rate
    else:
        assert all(same)
    moved = [
        not np.array_equal(a, b)
        for a, b in zip(generator, trainer.model.get_weights(), strict=True)
    ]
    assert all(moved)
    assert int(stack.raw_variable(trainer.optimizer.iterations).numpy()) == 5


def test_the_gate_is_the_ratio_of_the_losses():
    trainer = make_trainer(gate=0.0, rate=1e-12)
    logs = fit(trainer, 1)
    ratio = logs["loss_discriminator"][0] / logs["loss_adversarial"][0]
    assert logs["discriminator_ratio"][0] == pytest.approx(ratio, rel=1e-5)
    for factor, paused in ((0.999, 0.0), (1.001, 1.0)):
        again = make_trainer(gate=factor * ratio, rate=1e-12)
        assert fit(again, 1)["paused"][0] == paused


def test_the_loss_is_the_weighted_sum():
    trainer = make_trainer(variational=True, rate=1e-12, lambda_img=3e-4)
    logs = {name: values[0] for name, values in fit(trainer, 1).items()}
    expected = (
        3e-4 * logs["loss_image"]
        + 1e-2 * logs["loss_feature"]
        + logs["loss_adversarial"]
        + 0.1 * logs["loss_kl"]
    )
    assert logs["loss"] == pytest.approx(expected, rel=1e-5)


def test_what_has_no_weight_is_not_computed():
    trainer = make_trainer(adversarial=False)
    assert not {"loss_adversarial", "paused"} & set(fit(trainer, 1))


@pytest.mark.parametrize("variational", [False, True])
def test_learns_a_few_images_by_heart(variational):
    keras.utils.set_random_seed(0)
    spec = autoencoder_spec("table2-vae" if variational else "table2").narrowed(0.5)
    model = Autoencoder(spec.encoder, spec.decoder, 64, spec.variational)
    trainer = DeepSimTrainer(model, PerceptualConfig(lambda_img=1e-3), lambda_kl=1e-6)
    trainer.compile(keras.optimizers.Adam(1e-3), 20)
    x = np.linspace(0, 1, 64, dtype=np.float32)
    images = np.stack([np.outer(x, x), np.outer(1 - x, x), np.tile(x > 0.5, (64, 1))])
    images = np.repeat(images[..., None], 3, axis=-1).astype(np.float32)
    data = tf.data.Dataset.from_tensors({"image": images})
    trainer.fit(data.repeat(), epochs=1, steps_per_epoch=160, verbose=0, shuffle=False)
    scores = trainer.evaluate(data, return_dict=True, verbose=0)
    assert scores["psnr"] > 18


def test_noise_and_dropout_are_functions_of_the_step():
    a, b = (make_trainer(variational=True) for _ in range(2))
    first, second = fit(a, 3), fit(b, 3)
    assert first["loss"] == second["loss"]
    c = make_trainer(variational=True)
    c.seed = 4
    assert fit(c, 3)["loss"] != first["loss"]


REPLICAS = """
import numpy as np, tensorflow as tf
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2)
from tests.papers.deepsim.test_trainer import batches, fit, make_trainer, state
def run(strategy, gate):
    with strategy.scope():
        trainer = make_trainer(gate=gate)
    logs = trainer.fit(batches(), epochs=1, steps_per_epoch=3, verbose=0, shuffle=False).history
    return logs, state(trainer), trainer
two = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
for gate, paused in ((0.1, 0.0), (1e6, 1.0)):
    logs, values, trainer = run(two, gate)
    assert logs["paused"] == [paused], logs["paused"]
    for variable in trainer.discriminator.trainable_variables:
        raw = variable if hasattr(variable, "values") else variable.value
        a, b = raw.values
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    single, one, _ = run(tf.distribute.get_strategy(), gate)
    for name in ("loss_image", "loss_feature"):
        np.testing.assert_allclose(logs[name], single[name], rtol=1e-4)
print("same")
"""


def test_replicas_agree_on_the_gate(tmp_path):
    (tmp_path / "replicas.py").write_text(REPLICAS)
    done = processes.run(tmp_path / "replicas.py")
    assert done.stdout.strip().endswith("same"), done.stderr[-2000:]


def test_a_condition_does_not_teach_the_encoder_to_please_the_discriminator():
    """An encoder whose features reach the loss through the discriminator's condition alone."""
    trainer = make_trainer(lambda_img=0.0)
    encoder = tf.Variable(0.5)
    judge = tf.Variable([[1.0, -1.0]])

    def conditioned(images, features=None, key=None):
        del images, key
        return features[:, :1] @ judge

    trainer.discriminator = conditioned
    trainer._draw = lambda batch: {
        "image": tf.stop_gradient(batch["image"]),
        "features": encoder * tf.ones((len(batch["image"]), 1)),
    }
    image = tf.constant(np.random.default_rng(0).random((4, SIZE, SIZE, 3)), tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        losses = trainer.losses({"image": image})
    assert float(losses["loss_adversarial"][0]) > 0
    for name in ("loss", "loss_discriminator"):
        assert tape.gradient(losses[name], encoder) is None
    assert tape.gradient(losses["loss_discriminator"], judge) is not None


def test_decay_pulls_the_discriminators_weights_alone_and_is_in_no_report():
    weights, logs = [], []
    for decay in (0.0, 1e3):  # so that nothing else counts
        trainer = make_trainer(gate=0.0, rate=1e-3, discriminator_decay=decay)
        before = [w.numpy().copy() for w in map(stack.raw_variable, trainer.discriminator.weights)]
        logs.append(fit(trainer, 1))
        now = [w.numpy() for w in map(stack.raw_variable, trainer.discriminator.weights)]
        weights.append((before, now, [np.array(w) for w in trainer.model.get_weights()]))
    (_, _, model), (before, after, same_model) = weights
    for a, b in zip(model, same_model, strict=True):
        np.testing.assert_array_equal(a, b)
    assert logs[0]["loss_discriminator"] == logs[1]["loss_discriminator"]
    # Adam's first step is the rate, against the sign of the gradient.
    moved = np.concatenate([(b - a).reshape(-1) for a, b in zip(before, after, strict=True)])
    was = np.concatenate([a.reshape(-1) for a in before])
    large = np.abs(was) > 1e-3
    np.testing.assert_allclose(moved[large], -1e-3 * np.sign(was[large]), rtol=1e-2)


def test_discriminators_start_small_in_their_first_layer_and_their_judgement():
    spec = discriminator_spec(64, conditioned_on_features=True)
    built = Discriminator(spec, 64, (500,))
    layers = {
        "conv1": (built.convolutions, 0.1),
        "conv3": (built.convolutions, 1.0),
        "fc1": (built.of_features, 1.0),
        "fc2": (built.judgement, 0.1),
    }
    for name, (network, factor) in layers.items():
        kernel = np.asarray(tf.convert_to_tensor(network.weighted_layers()[name].kernel))
        fan_in = kernel.size / max(network.output_sizes[name])
        assert kernel.std() == pytest.approx(factor * np.sqrt(2 / fan_in), rel=0.1), name
    images = tf.random.stateless_uniform((4, 64, 64, 3), (0, 1))
    logits = built(images, features=tf.random.stateless_normal((4, 500), (0, 1)))
    np.testing.assert_allclose(tf.nn.softmax(logits), 0.5, atol=0.05)  # sure of nothing


def test_an_encoder_that_is_finetuned_hears_of_the_discriminator_through_its_image_alone():
    """A real inverter and a real discriminator of its features; the image's way cut, or open."""
    keras.utils.set_random_seed(0)
    extract = comparator_from("exemplar_cnn:conv1", "random", SIZE)
    drawing = {"uconv": UpConv(4, 4), "image": Conv(3, 3, activation="none")}
    model = Inverter(
        extract, NetworkSpec("a test", drawing, 0.3), (*extract.feature_shape,), SIZE, finetune=True
    )
    narrow = discriminator_spec(64, conditioned_on_features=True).narrowed(0.1)
    rows = {"conv1": Conv(8, 5, stride=2), "pool": narrow.convolutions.rows["pool"]}
    narrow = dataclasses.replace(narrow, convolutions=NetworkSpec("a test", rows, 0.3))
    discriminator = Discriminator(narrow, SIZE, model.feature_shape)
    alone = PerceptualConfig(lambda_adv=1.0, lambda_img=0.0)
    trainer = DeepSimTrainer(model, alone, None, discriminator)
    trainer.compile({name: keras.optimizers.Adam(1e-3) for name in trainer.players})
    draw = trainer._draw
    image = tf.random.stateless_uniform((2, SIZE, SIZE, 3), (0, 1))
    encoder = model.encoder.trainable_variables
    for name, change in (("open", tf.identity), ("cut", tf.stop_gradient)):

        def drawn(batch, change=change):
            outputs = draw(batch)
            return outputs | {"image": change(outputs["image"])}

        trainer._draw = drawn
        with tf.GradientTape() as tape:
            loss = trainer.losses({"image": image})["loss"]
        gradients = [g for g in tape.gradient(loss, encoder) if g is not None]
        assert bool(gradients) == (name == "open")
        assert name == "cut" or tf.linalg.global_norm(gradients) > 0
