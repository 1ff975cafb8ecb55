"""tfgen itself as a peer: the trainer that train.py runs."""

import tensorflow as tf

from tfgen import stack
from tfgen.benchmark import operations
from tfgen.benchmark.batches import random_batch
from tfgen.benchmark.cases import COMPARATOR, INPUT_SIZES
from tfgen.conditions.turntable import numbered_turntable
from tfgen.data import pipeline
from tfgen.data.drawings.transform_draws import TransformRanges, transforming
from tfgen.papers.chairs.networks import make_generator, spec_of
from tfgen.papers.chairs.settings import GeneratorConfig
from tfgen.papers.chairs.trainer import GeneratorTrainer
from tfgen.papers.comparators.opening import comparator_from
from tfgen.papers.deepsim.autoencoder import make_autoencoder
from tfgen.papers.deepsim.discriminator import Discriminator
from tfgen.papers.deepsim.settings import AutoencoderConfig, PerceptualConfig
from tfgen.papers.deepsim.tables import autoencoder_spec, discriminator_spec
from tfgen.papers.deepsim.trainer import DeepSimTrainer
from tfgen.runs.check import random_examples
from tfgen.training import distribution
from tfgen.training.adam import FusedAdam


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
        self._batch = _as_examples(random_batch(case))
        with strategy.scope():
            self.trainer = _trainer(case, self.precision)
        batches = tf.data.Dataset.from_tensors(self._batch).repeat()
        self._batches = iter(strategy.experimental_distribute_dataset(batches))
        self._step = self.trainer.make_train_function()
        self._drawn = {}
        self._draw = tf.function(self._network(), autograph=False)

    def _network(self):
        if self.case.task == "generator":
            return lambda batch: self.trainer.generator(self.trainer.codes(batch))["image"]
        return lambda batch: self.trainer.model(batch["image"])["image"]

    def train(self):
        """Trains a step; returns the number of steps."""
        float(self._step(self._batches)["loss"])
        return 1

    def draw(self, count):
        """Draws so many images."""
        if count not in self._drawn:
            batch = _as_examples(random_batch(self.case, count))
            self._drawn[count] = tf.nest.map_structure(tf.constant, batch)
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
            gradients = tape.gradient(means[0], variables)
            if self.case.deepsim:
                gradients += tape.gradient(means[1], self.trainer.discriminator.trainable_variables)
            return tf.linalg.global_norm(gradients)

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
        conditions = numbered_turntable(case.styles).conditions
        examples = random_examples(512, case.image_size, conditions)
        ranges = TransformRanges.of_strength(1.0)
        plain = pipeline.training_batches(examples, case.batch_size, seed=0)
        transformed = pipeline.training_batches(
            *(examples, case.batch_size), 0, steps=(transforming(ranges),), randoms=ranges.randoms
        )
        return {"plain": iter(plain), "transformed": iter(transformed)}

    def products(self):
        """Multiplications of drawing one image."""
        case = self.case
        if case.task == "generator":
            spec = spec_of(GeneratorConfig(architecture=case.architecture), case.image_size)
            return operations.generator_products(spec, {"style": case.styles} | INPUT_SIZES)
        spec = autoencoder_spec(case.architecture)
        shape = (case.image_size, case.image_size, 3)
        encoding, code = operations.network_products(spec.encoder, shape)
        if spec.variational:
            code = (*code[:-1], code[-1] // 2)
        return encoding + operations.network_products(spec.decoder, code)[0]


def _as_examples(batch):
    """A peers' batch as tfgen's trainers take it; views in degrees are coded in the step."""
    if not isinstance(batch, tuple):
        return {"image": batch}
    inputs, targets = batch
    azimuth, elevation = (90.0 * inputs["viewpoint"][:, place] for place in (0, 2))
    angles = {"azimuth": azimuth, "elevation": elevation}
    return targets | angles | {name: inputs[name] for name in ("style", "transform")}


def _trainer(case, precision):
    if case.task == "generator":
        model = GeneratorConfig(architecture=case.architecture)
        description = numbered_turntable(case.styles)
        generator = make_generator(model, case.image_size, description, precision)
        trainer = GeneratorTrainer(generator, generator.spec.lambda_mask)
        trainer.compile(FusedAdam(5e-4))
        return trainer
    model = AutoencoderConfig(architecture=case.architecture)
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
    trainer.compile({name: FusedAdam(5e-4) for name in trainer.players})
    return trainer
