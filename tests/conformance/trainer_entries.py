"""Trainers, of tiny networks."""

import numpy as np
import tensorflow as tf

from tests.conformance import network_entries as networks
from tests.conformance.registry import TrainerEntry
from tfgen.networks import spec as rows
from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.spec import NetworkSpec
from tfgen.papers.chairs.trainer import GeneratorTrainer
from tfgen.papers.chairs.variational_trainer import VariationalTrainer
from tfgen.papers.comparators.trainer import ClassTrainer, VideoTrainer
from tfgen.papers.deepsim.settings import PerceptualConfig
from tfgen.papers.deepsim.trainer import DeepSimTrainer
from tfgen.training.players import Phase, Player
from tfgen.training.trainer import Trainer


class Duel(Trainer):
    """Players of a GAN with batch norm and spectral norm, in phases, with a penalty (R1)."""

    def __init__(self, precision):
        norm = rows.BatchNorm(0.9)
        drawing = {
            "fc": rows.Dense(48, norm=norm, bias=False),
            "map": rows.Reshape((4, 4, 3)),
            "image": rows.UpConv(3, 4, activation="tanh"),
        }
        judging = {
            "conv1": rows.Conv(4, 4, 2, spectral=True),
            "conv2": rows.Conv(4, 3, norm=norm, bias=False),
            "judgement": rows.Dense(1, activation="none"),
        }
        generator, discriminator = (
            LayeredNetwork(NetworkSpec("a test", table, 0.2), shape, precision)
            for table, shape in ((drawing, (7,)), (judging, (8, 8, 3)))
        )
        players = {
            "generator": Player(generator),
            "discriminator": Player(discriminator, "loss_discriminator", self._gate),
        }
        phases = (
            Phase(("discriminator",), self._judge, times=2),
            Phase(("generator",), self._draw),
        )
        names = ("loss", "loss_discriminator", "penalty", "ratio")
        super().__init__(players, names, ("distance",), phases, seed=3)
        self.generator, self.discriminator = generator, discriminator

    def _gate(self, means):
        return means["loss_discriminator"] > 0.0, {"ratio": means["penalty"]}

    def _drawn(self, batch):
        noise = tf.random.stateless_normal((tf.shape(batch["image"])[0], 4), self.step_key(7))
        return self.generator(tf.concat([batch["code"], noise], axis=-1), training=True)

    def _judge(self, batch):
        with tf.GradientTape() as tape:
            tape.watch(batch["image"])
            real = self.discriminator(batch["image"], training=True)
        penalty = tf.reduce_sum(tf.square(tape.gradient(real, batch["image"])), axis=(1, 2, 3))
        fake = self.discriminator(self._drawn(batch), training=True)
        loss = tf.nn.softplus(-real) + tf.nn.softplus(fake)
        return {"loss_discriminator": loss[:, 0] + penalty, "penalty": penalty}

    def _draw(self, batch):
        judged = self.discriminator(self._drawn(batch), training=True)
        return {"loss": tf.nn.softplus(-judged)[:, 0]}

    def scores(self, batch):
        """Distance of images drawn without noise."""
        codes = tf.pad(batch["code"], [[0, 0], [0, 4]])
        difference = self.generator(codes) - batch["image"]
        return {"distance": tf.reduce_mean(tf.square(difference), axis=(1, 2, 3))}


def _views(rng, count):
    size = networks.SIZE
    mask = rng.integers(0, 2, (count, size, size, 1)).astype(np.float32)
    return {
        "image": mask * rng.random((count, size, size, 3), np.float32),
        "mask": mask,
        "style": rng.integers(0, networks.STYLES, count),
        "azimuth": rng.uniform(0, 360, count).astype(np.float32),
        "elevation": rng.uniform(0, 40, count).astype(np.float32),
        "transform": rng.normal(0, 0.1, (count, 8)).astype(np.float32),
    }


def _photos(rng, count):
    return {"image": rng.random((count, networks.SIZE, networks.SIZE, 3), np.float32)}


def _brightness(images):
    return tf.nn.avg_pool2d(tf.reduce_mean(images, axis=-1, keepdims=True), 4, 4, "VALID")


WEIGHTS = PerceptualConfig(lambda_img=1e-2, lambda_feat=1.0, lambda_adv=1.0, gate=1e-6)


def _autoencoding(precision):
    return DeepSimTrainer(
        networks.variational_autoencoder(precision),
        WEIGHTS,
        _brightness,
        networks.discriminator(precision, features=None),
        lambda_kl=0.1,
        seed=3,
    )


def _inverting(precision):
    model = networks.inverter(precision, finetune=True)
    discriminator = networks.discriminator(precision, features=model.feature_shape)
    return DeepSimTrainer(model, WEIGHTS, _brightness, discriminator, seed=3)


BASES = (Trainer,)
TRAINERS = (
    TrainerEntry(
        "generator", lambda precision: GeneratorTrainer(networks.generator(precision), 10.0), _views
    ),
    TrainerEntry(
        "variational",
        lambda precision: VariationalTrainer(
            networks.variational_generator(precision), 1.0, 1.0, 3
        ),
        _views,
    ),
    TrainerEntry("deepsim_autoencoder", _autoencoding, _photos),
    TrainerEntry("deepsim_inverter", _inverting, _photos),
    TrainerEntry(
        "classes",
        lambda precision: ClassTrainer(networks.comparator(precision, "fc5"), seed=3),
        lambda rng, count: _photos(rng, count) | {"label": rng.integers(0, 5, count)},
    ),
    TrainerEntry(
        "videos",
        lambda precision: VideoTrainer(networks.comparator(precision, "fc4"), 0.5, seed=3),
        lambda rng, count: {
            "image": _photos(rng, count)["image"],
            "neighbour": _photos(rng, count)["image"],
            "video": np.arange(count) % 2,
        },
        compares=True,
    ),
    TrainerEntry(
        "duel",
        Duel,
        lambda rng, count: {
            "image": rng.random((count, 8, 8, 3), np.float32),
            "code": rng.normal(size=(count, 3)).astype(np.float32),
        },
    ),
)
