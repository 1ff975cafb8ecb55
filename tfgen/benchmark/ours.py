"""tfgen itself as a peer: the trainer that train.py runs."""

import tensorflow as tf

from tfgen import stack
from tfgen.architectures.deepsim import autoencoder_spec, discriminator_spec
from tfgen.benchmark import operations
from tfgen.benchmark.batches import random_batch
from tfgen.benchmark.cases import COMPARATOR, INPUT_SIZES
from tfgen.config import ModelConfig, PerceptualConfig
from tfgen.data import pipeline
from tfgen.data.transforms import TransformRanges
from tfgen.models.autoencoder import Discriminator
from tfgen.models.catalog import make_autoencoder, make_generator, spec_of
from tfgen.tasks.check import random_examples
from tfgen.tasks.photos import comparator_from
from tfgen.training import distribution
from tfgen.training.adam import FusedAdam
from tfgen.training.deepsim_trainer import DeepSimTrainer
from tfgen.training.generator_trainer import GeneratorTrainer
from tfgen.turntable_conditions import numbered_turntable


class Ours:
    """A case as tfgen trains it.

    Args:
      case: `cases.Case`.

    Attributes:
      precision: in which it is trained.
    """

    def __init__(self, case):
        self.case = case
        self.precision = distribution.choose_precision("auto")
        strategy = distribution.make_strategy(case.replicas)
        stack.avoid_remapper()
        self._batch = random_batch(case)
        with strategy.scope():
            self.trainer = _trainer(case, self.precision)
        batches = tf.data.Dataset.from_tensors(self._batch).repeat()
        self._batches = iter(strategy.experimental_distribute_dataset(batches))
        self._step = self.trainer.make_train_function()
        self._drawn = {}
        self._draw = tf.function(self._network(), autograph=False)

    def _network(self):
        if self.case.task == "generator":
            return lambda batch: self.trainer.generator(batch[0])["image"]
        return lambda batch: self.trainer.model(batch)["image"]

    def train(self):
        """Trains a step; returns the number of steps."""
        float(self._step(self._batches)["loss"])
        return 1

    def draw(self, count):
        """Draws so many images."""
        if count not in self._drawn:
            self._drawn[count] = tf.nest.map_structure(tf.constant, random_batch(self.case, count))
        return self._draw(self._drawn[count]).numpy()

    def parts(self):
        """Functions of what a training step is made of, each with what comes before it.

        Returns:
          dict: "forward", "backward", "step" -> function that does it once.
        """
        batch = tf.nest.map_structure(tf.constant, self._batch)
        variables = self.trainer.trained_variables()
        objectives = ["loss", *(["loss_discriminator"] if self.case.deepsim else [])]

        @tf.function(autograph=False)
        def forward():
            losses = self.trainer.losses(batch)
            return sum(tf.reduce_mean(losses[name]) for name in objectives)

        @tf.function(autograph=False)
        def backward():
            with tf.GradientTape(persistent=True) as tape:
                losses = self.trainer.losses(batch)
                means = [tf.reduce_mean(losses[name]) for name in objectives]
            found = tape.gradient(means[0], variables)
            if self.case.deepsim:
                found += tape.gradient(means[1], self.trainer.discriminator.trainable_variables)
            return tf.linalg.global_norm(found)

        @tf.function(autograph=False)
        def step():
            return self.trainer.train_step(batch)["loss"]

        return {
            "forward": lambda: forward().numpy(),
            "backward": lambda: backward().numpy(),
            "step": lambda: step().numpy(),
        }

    def input_batches(self):
        """Iterators of training batches from examples in memory: name -> iterator."""
        case = self.case
        if case.task != "generator":
            return {}
        examples = random_examples(512, case.image_size, case.styles)
        found = {}
        for name, ranges in (("plain", None), ("transformed", TransformRanges.of_strength(1.0))):
            found[name] = iter(
                pipeline.training_batches(examples, case.styles, case.batch_size, ranges, seed=0)
            )
        return found

    def products(self):
        """Multiplications of drawing one image."""
        case = self.case
        if case.task == "generator":
            spec = spec_of(ModelConfig(architecture=case.architecture), case.image_size)
            return operations.generator_products(spec, {"style": case.styles} | INPUT_SIZES)
        spec = autoencoder_spec(case.architecture)
        shape = (case.image_size, case.image_size, 3)
        encoding, code = operations.network_products(spec.encoder, shape)
        if spec.variational:
            code = (*code[:-1], code[-1] // 2)
        return encoding + operations.network_products(spec.decoder, code)[0]


def _trainer(case, precision):
    model = ModelConfig(task=case.task, architecture=case.architecture)
    if case.task == "generator":
        generator = make_generator(
            model, case.image_size, numbered_turntable(case.styles), precision
        )
        trainer = GeneratorTrainer(generator, generator.spec.lambda_mask)
        trainer.compile(FusedAdam(5e-4))
        return trainer
    autoencoder = make_autoencoder(model, case.image_size, precision)
    if not case.deepsim:
        trainer = DeepSimTrainer(autoencoder, PerceptualConfig(), lambda_kl=1e-3)
        trainer.compile(FusedAdam(5e-4))
        return trainer
    weights = PerceptualConfig(
        lambda_feat=0.01, lambda_adv=100.0, comparator=COMPARATOR, comparator_weights="random"
    )
    compare = comparator_from(COMPARATOR, "random", case.image_size, precision)
    discriminator = Discriminator(
        discriminator_spec(case.image_size), case.image_size, dtype=precision
    )
    trainer = DeepSimTrainer(autoencoder, weights, compare, discriminator)
    trainer.compile(FusedAdam(5e-4), discriminator_optimizer=FusedAdam(5e-4))
    return trainer
