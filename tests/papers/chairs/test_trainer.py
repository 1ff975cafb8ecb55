"""Training steps: what they change, and that they learn."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgen.data import pipeline
from tfgen.papers.chairs.trainer import GeneratorTrainer


def make_trainer(generator, rate=1e-3, steps_per_execution=1):
    trainer = GeneratorTrainer(generator, generator.spec.lambda_mask)
    optimizer = keras.optimizers.Adam(rate, epsilon=1e-6)
    trainer.compile(optimizer, steps_per_execution)
    return trainer


def fit(trainer, examples, steps, batch_size=8):
    batches = pipeline.training_batches(examples, batch_size, seed=0)
    return trainer.fit(batches, epochs=1, steps_per_epoch=steps, verbose=0, shuffle=False).history


def test_loss_is_the_image_term_plus_lambda_times_the_mask_term(tiny_generator, examples):
    trainer = make_trainer(tiny_generator("2s-S"))
    logs = fit(trainer, examples, 1)
    assert logs["loss"][0] == pytest.approx(
        logs["loss_image"][0] + 100 * logs["loss_mask"][0], rel=1e-5
    )


def test_the_error_over_white_is_a_third_term_if_it_has_a_weight(tiny_generator, examples):
    trainer = GeneratorTrainer(tiny_generator(), 100, lambda_white=0.5)
    trainer.compile(keras.optimizers.Adam(1e-3), 1)
    logs = fit(trainer, examples, 1)
    terms = logs["loss_image"][0] + 100 * logs["loss_mask"][0] + 0.5 * logs["loss_white"][0]
    assert logs["loss"][0] == pytest.approx(terms, rel=1e-5)
    assert "loss_white" not in make_trainer(tiny_generator()).objective_names


def test_logged_terms_are_means_over_the_batch(tiny_generator, examples):
    trainer = make_trainer(tiny_generator("2s-E"), rate=1e-12)
    batch = next(iter(pipeline.training_batches(examples, 8, seed=0)))
    outputs = trainer.generator(trainer.codes(batch))
    expected = 0.5 * np.square(batch["image"] - outputs["image"]).sum() / 8
    assert fit(trainer, examples, 1)["loss_image"][0] == pytest.approx(expected, rel=1e-4)


def test_first_step_moves_every_weight_by_the_learning_rate(tiny_generator, examples):
    # Adam's first step is the rate times the gradient's sign, where the gradient beats epsilon.
    trainer = make_trainer(tiny_generator(), rate=1e-3)
    before = [w.copy() for w in trainer.generator.get_weights()]
    fit(trainer, examples, 1)
    moved = [np.abs(a - b) for a, b in zip(trainer.generator.get_weights(), before, strict=True)]
    assert max(m.max() for m in moved) <= 1.001e-3
    assert np.median(moved[-2]) > 0.9e-3


@pytest.mark.parametrize("architecture", ["2s-E", "1s-S-deep"])
def test_learns_a_few_images_by_heart(architecture, examples):
    from tfgen.papers.chairs.generator import UpConvGenerator
    from tfgen.papers.chairs.tables import generator_spec

    keras.utils.set_random_seed(0)
    generator = UpConvGenerator(generator_spec(architecture, 64, 0.12, 0.12), num_styles=5)
    trainer = make_trainer(generator, rate=3e-3, steps_per_execution=20)
    few = examples[:4]
    logs = fit(trainer, few, 120, batch_size=4)
    scores = trainer.evaluate(pipeline.scored_batches(few, 4), return_dict=True, verbose=0)
    assert logs["loss"][0] > 0
    assert scores["psnr"] > 20
    assert scores["mask_iou"] > 0.9


def test_scoring_changes_nothing(tiny_generator, examples):
    trainer = make_trainer(tiny_generator())
    before = [w.copy() for w in trainer.generator.get_weights()]
    trainer.evaluate(pipeline.scored_batches(examples, 16), verbose=0)
    for a, b in zip(trainer.generator.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(tf.convert_to_tensor(trainer.optimizer.iterations)) == 0


def test_steps_per_execution_change_nothing(tiny_generator, examples):
    one, many = make_trainer(tiny_generator()), make_trainer(tiny_generator(), 1e-3, 5)
    fit(one, examples, 10)
    fit(many, examples, 10)
    assert int(tf.convert_to_tensor(many.optimizer.iterations)) == 10
    for a, b in zip(one.generator.get_weights(), many.generator.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
