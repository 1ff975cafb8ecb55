"""Games of players: phases, gates, losses with gradients in them, averages, bare pictures."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgen import stack
from tfgen.errors import InputError
from tfgen.training.checkpoints import Checkpoints
from tfgen.training.players import Phase, Player
from tfgen.training.trainer import Trainer

SIZE = 4


def network(units, name):
    model = keras.Sequential(
        [keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(units)], name=name
    )
    model.build((None, SIZE))
    return model


class Game(Trainer):
    """A GAN of vectors: the discriminator with R1, then the generator on fresh noise."""

    def __init__(self, generator_times=1, discriminator_times=1, penalty=0.0, gate=None):
        keras.utils.set_random_seed(0)
        networks = {"generator": network(SIZE, "g"), "discriminator": network(1, "d")}
        players = {
            "generator": Player(networks["generator"]),
            "discriminator": Player(networks["discriminator"], "loss_discriminator", gate),
        }
        phases = (
            Phase(("discriminator",), self.discriminator_losses, discriminator_times),
            Phase(("generator",), self.generator_losses, generator_times),
        )
        names = ["loss", "loss_discriminator", "penalty", *(["ratio"] if gate else [])]
        super().__init__(players, names, ["distance"], phases, seed=3)
        self.generator, self.discriminator = networks.values()
        self.penalty = penalty
        self.noises = []

    def fake(self, batch):
        noise = tf.random.stateless_normal(tf.shape(batch["x"]), self.step_key(7))
        if tf.executing_eagerly():
            self.noises.append(noise.numpy())
        return self.generator(noise)

    def discriminator_losses(self, batch):
        with tf.GradientTape() as tape:
            tape.watch(batch["x"])
            real = self.discriminator(batch["x"])
        slope = tape.gradient(real, batch["x"])
        penalty = tf.reduce_sum(tf.square(slope), axis=-1)
        fake = self.discriminator(self.fake(batch))
        loss = tf.nn.softplus(-real) + tf.nn.softplus(fake)
        return {
            "loss_discriminator": loss[:, 0] + 0.5 * self.penalty * penalty,
            "penalty": penalty,
        }

    def generator_losses(self, batch):
        return {"loss": tf.nn.softplus(-self.discriminator(self.fake(batch)))[:, 0]}

    def scores(self, batch):
        return {"distance": tf.reduce_sum(tf.square(self.generator(batch["x"])), axis=-1)}


def compiled(game, rate=1e-2, **kwargs):
    optimizers = {name: keras.optimizers.Adam(rate, epsilon=1e-3) for name in game.players}
    game.compile(optimizers, **kwargs)
    return game


def batches(size=8):
    x = np.random.default_rng(0).normal(size=(size, SIZE)).astype(np.float32)
    return tf.data.Dataset.from_tensors({"x": x}).repeat()


def fit(game, steps):
    return game.fit(batches(), epochs=1, steps_per_epoch=steps, verbose=0, shuffle=False).history


def values(model):
    return [np.array(stack.raw_variable(v)) for v in model.variables]


def test_each_phase_moves_its_players_alone():
    game = compiled(Game())
    before = values(game.generator)
    game._phases = lambda phases=game.phases: phases[:1]
    game._play(game.phases[0], next(iter(batches())))
    for a, b in zip(before, values(game.generator), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_step_equals_the_phases_written_by_hand():
    game, plain = compiled(Game()), compiled(Game())
    batch = next(iter(batches()))
    fit(game, 1)
    for turn, (losses, loss, name) in enumerate(
        [
            (plain.discriminator_losses, "loss_discriminator", "discriminator"),
            (plain.generator_losses, "loss", "generator"),
        ]
    ):
        plain._turn = (1_000_003, turn, 0) if turn else ()
        variables = plain.players[name].network.trainable_variables
        with tf.GradientTape() as tape:
            mean = tf.reduce_mean(losses(batch)[loss])
        gradients = tape.gradient(mean, variables)
        plain.optimizer_of(name).apply_gradients(list(zip(gradients, variables, strict=True)))
    for name in ("generator", "discriminator"):
        for a, b in zip(values(game.networks()[name]), values(plain.networks()[name]), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)


def test_a_phase_is_repeated_with_fresh_noise():
    game = compiled(Game(discriminator_times=3))
    game.train_step(next(iter(batches())))
    assert len(game.noises) == 4
    for i in range(4):
        for j in range(i):
            assert not np.array_equal(game.noises[i], game.noises[j])
    counts = {
        name: int(stack.raw_variable(game.optimizer_of(name).iterations)) for name in game.players
    }
    assert counts == {"generator": 1, "discriminator": 3}


def test_a_loss_may_hold_a_gradient():
    histories = {penalty: fit(compiled(Game(penalty=penalty)), 60) for penalty in (0.0, 10.0)}
    assert histories[10.0]["penalty"][0] < 0.5 * histories[0.0]["penalty"][0]
    game = compiled(Game(penalty=1.0))
    batch = next(iter(batches()))
    kernel = game.discriminator.trainable_variables[0]
    with tf.GradientTape() as tape:
        penalty = tf.reduce_mean(game.discriminator_losses(batch)["penalty"])
    gradient = tape.gradient(penalty, kernel).numpy()
    step = np.zeros_like(gradient)
    step[1, 2] = 1e-2

    def moved(by):
        stack.raw_variable(kernel).assign_add(tf.constant(by * step))
        return float(tf.reduce_mean(game.discriminator_losses(batch)["penalty"]))

    up, down = moved(1), moved(-2)
    assert (up - down) / 2e-2 == pytest.approx(gradient[1, 2], rel=1e-2, abs=1e-4)


def test_a_gate_of_a_phase_reports_and_pauses():
    def gate(means):
        return means["loss_discriminator"] < 0.0, {"ratio": means["loss_discriminator"]}

    game = compiled(Game(gate=gate))
    before = values(game.discriminator)
    logs = fit(game, 2)
    assert logs["ratio"][0] == pytest.approx(logs["loss_discriminator"][0], rel=1e-5)
    for a, b in zip(before, values(game.discriminator), strict=True):
        np.testing.assert_array_equal(a, b)


class Canvas(tf.Module):
    """A bare picture."""

    def __init__(self):
        super().__init__()
        self.pixels = tf.Variable(tf.zeros((2, 3)), name="pixels")


class Descent(Trainer):
    """Draws the mean of what it sees on a bare picture."""

    def __init__(self):
        super().__init__({"canvas": Player(Canvas())}, ["loss"], ["loss"])
        self.canvas = self.players["canvas"].network

    def losses(self, batch):
        return {"loss": tf.reduce_sum(tf.square(batch["x"] - self.canvas.pixels), axis=(1, 2))}

    scores = losses


def test_a_bare_picture_is_a_player_and_is_kept_in_checkpoints(tmp_path):
    x = np.random.default_rng(0).random((6, 2, 3)).astype(np.float32)
    data = tf.data.Dataset.from_tensors({"x": x}).repeat()
    descent = Descent()
    descent.compile(keras.optimizers.Adam(0.05))
    descent.fit(data, epochs=1, steps_per_epoch=150, verbose=0, shuffle=False)
    np.testing.assert_allclose(descent.canvas.pixels.numpy(), x.mean(axis=0), atol=1e-2)
    Checkpoints(tmp_path, descent, keep=1).save()
    again = Descent()
    again.compile(keras.optimizers.Adam(0.05))
    Checkpoints(tmp_path, again, keep=1).restore()
    np.testing.assert_array_equal(again.canvas.pixels.numpy(), descent.canvas.pixels.numpy())


def test_the_moving_average_is_what_arithmetic_says():
    game = compiled(Game(), averages={"generator": 0.9})
    average = values(game.generator)
    for step in range(4):
        fit(game, 1)
        decay = min(0.9, (1 + step) / (10 + step))
        average = [
            decay * a + (1 - decay) * b
            for a, b in zip(average, values(game.generator), strict=True)
        ]
    last = values(game.generator)
    with game.averaged():
        for a, b in zip(average, values(game.generator), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)
    for a, b in zip(last, values(game.generator), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"generator_times": 2}, "the first player, generator, counts the steps"),
        ({"discriminator_times": 0}, "player discriminator is in no phase"),
    ],
)
def test_games_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Game(**arguments)


def test_every_player_needs_an_optimizer():
    with pytest.raises(ValueError, match="give each its own"):
        Game().compile(keras.optimizers.Adam())


def test_averages_need_the_trainers_own_step():
    class Stubborn(Game):
        def train_step(self, batch):
            return {}

    with pytest.raises(InputError, match="Stubborn has a train_step of its own, which moves no"):
        compiled(Stubborn(), averages={"generator": 0.9})
