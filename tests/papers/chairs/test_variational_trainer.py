"""Training by the variational bound."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgen.data import pipeline
from tfgen.papers.chairs.tables import generator_spec
from tfgen.papers.chairs.variational import VariationalGenerator
from tfgen.papers.chairs.variational_trainer import VariationalTrainer


def make_trainer(lambda_kl=1.0, rate=1e-3, seed=0, width=0.1):
    keras.utils.set_random_seed(0)
    spec = generator_spec("1s-S", 64, width, width, mask="sigmoid")
    trainer = VariationalTrainer(VariationalGenerator(spec, num_styles=5), 0.1, lambda_kl, seed)
    trainer.compile(keras.optimizers.Adam(rate, epsilon=1e-6), 1)
    return trainer


def fit(trainer, examples, steps):
    batches = pipeline.training_batches(examples, 8, seed=0)
    return trainer.fit(batches, epochs=1, steps_per_epoch=steps, verbose=0, shuffle=False).history


def test_the_loss_is_the_negative_bound(examples):
    logs = fit(make_trainer(lambda_kl=10.0), examples, 1)
    parts = logs["loss_image"][0] + logs["loss_mask"][0] + 10 * logs["loss_kl"][0]
    assert logs["loss"][0] == pytest.approx(parts, rel=1e-5)


def test_samples_are_functions_of_seed_and_step(examples):
    def weights(seed):
        trainer = make_trainer(seed=seed)
        for head in trainer.generator.latent_heads:
            head.kernel.assign(tf.random.normal(head.kernel.shape, seed=1))
        fit(trainer, examples, 3)
        return np.concatenate([w.ravel() for w in trainer.generator.get_weights()])

    first, again, other = weights(0), weights(0), weights(1)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-5


def test_the_bound_rises_and_the_divergence_costs(examples):
    cheap, dear = make_trainer(lambda_kl=0.0), make_trainer(lambda_kl=100.0)
    start = fit(cheap, examples, 1)["loss"][0]
    cheap_logs, dear_logs = fit(cheap, examples, 80), fit(dear, examples, 80)
    assert cheap_logs["loss"][0] < 0.8 * start
    style = tf.eye(5)

    def divergence(trainer):
        mean, log_variance = (x.numpy() for x in trainer.generator.infer(style))
        return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1).mean()

    assert divergence(dear) < 0.5 * divergence(cheap)
    assert dear_logs["loss_kl"][0] < cheap_logs["loss_kl"][0]
