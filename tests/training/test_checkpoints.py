"""Checkpoints bring everything back, and refuse what does not fit."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgen import stack
from tfgen.data import pipeline
from tfgen.errors import InputError
from tfgen.training.checkpoints import Checkpoints, restore_network
from tfgen.training.generator_trainer import GeneratorTrainer


@pytest.fixture
def make_trainer(tiny_generator):
    def make(architecture="1s-S"):
        trainer = GeneratorTrainer(tiny_generator(architecture), 100.0)
        trainer.compile(keras.optimizers.Adam(1e-3))
        return trainer

    return make


def fit(trainer, examples, steps, start=0):
    batches = pipeline.training_batches(examples, 5, 8, None, 0, start)
    trainer.fit(batches, epochs=1, steps_per_epoch=steps, verbose=0, shuffle=False)


def state(trainer):
    variables = [stack.raw_variable(v) for v in trainer.generator.variables]
    return [v.numpy() for v in variables + stack.optimizer_variables(trainer.optimizer)]


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(make_trainer, examples, tmp_path):
    whole = make_trainer()
    fit(whole, examples, 6)
    first = make_trainer()
    fit(first, examples, 4)
    Checkpoints(tmp_path, first, keep=2).save()
    second = make_trainer()
    checkpoints = Checkpoints(tmp_path, second, keep=2)
    checkpoints.restore()
    assert checkpoints.step == 4
    fit(second, examples, 2, start=4)
    for a, b in zip(state(whole), state(second), strict=True):
        np.testing.assert_array_equal(a, b)


def test_nothing_to_restore_is_a_fresh_start(make_trainer, tmp_path):
    assert Checkpoints(tmp_path, make_trainer(), keep=1).restore() is None


def test_only_the_newest_are_kept(make_trainer, examples, tmp_path):
    trainer = make_trainer()
    checkpoints = Checkpoints(tmp_path, trainer, keep=2)
    for _ in range(3):
        fit(trainer, examples, 1)
        checkpoints.save()
    kept = sorted(path.name for path in tmp_path.glob("*.index"))
    assert kept == ["ckpt-2.index", "ckpt-3.index"]


def test_a_checkpoint_of_another_architecture_is_refused(make_trainer, tmp_path):
    Checkpoints(tmp_path, make_trainer("1s-S"), keep=1).save()
    with pytest.raises(InputError, match="does not fit this network") as caught:
        Checkpoints(tmp_path, make_trainer("2s-E"), keep=1).restore()
    assert "\n" not in str(caught.value)


def test_a_network_alone_comes_back_without_its_optimizer(
    make_trainer, tiny_generator, examples, tmp_path
):
    trainer = make_trainer()
    fit(trainer, examples, 2)
    Checkpoints(tmp_path, trainer, keep=1).save()
    fresh = tiny_generator()
    restore_network(tmp_path, {"generator": fresh})
    for a, b in zip(fresh.get_weights(), trainer.generator.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_restoring_a_network_of_another_width_is_refused(make_trainer, tmp_path):
    from tfgen.architectures.chairs import generator_spec
    from tfgen.models.generator import UpConvGenerator

    Checkpoints(tmp_path, make_trainer(), keep=1).save()
    with pytest.raises(InputError, match="does not fit"):
        restore_network(
            tmp_path, {"generator": UpConvGenerator(generator_spec("1s-S", 64, 0.1), num_styles=5)}
        )


def test_restoring_from_an_empty_folder_is_refused(tiny_generator, tmp_path):
    with pytest.raises(InputError, match="there is no checkpoint in"):
        restore_network(tmp_path, {"generator": tiny_generator()})


def test_a_full_disk_leaves_the_last_checkpoint_and_nothing_half_written(
    make_trainer, examples, tmp_path, monkeypatch
):
    trainer = make_trainer()
    checkpoints = Checkpoints(tmp_path, trainer, keep=2)
    checkpoints.save()
    fit(trainer, examples, 1)

    def full(*args, **kwargs):
        (tmp_path / "ckpt-1.data-00000-of-00001.tempstate1").write_text("half")
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(tf.train.CheckpointManager, "save", full)
    with pytest.raises(InputError, match="No space left"):
        checkpoints.save()
    assert not list(tmp_path.glob("ckpt-1*"))
    assert tf.train.latest_checkpoint(str(tmp_path)).endswith("ckpt-0")
