"""Checkpoints bring everything back, and refuse what does not fit."""

import keras
import pytest
import tensorflow as tf

from tfgen.data import pipeline
from tfgen.errors import InputError
from tfgen.papers.chairs.trainer import GeneratorTrainer
from tfgen.training.checkpoints import Checkpoints, restore_networks


@pytest.fixture
def make_trainer(tiny_generator):
    def make(architecture="1s-S"):
        trainer = GeneratorTrainer(tiny_generator(architecture), 100.0)
        trainer.compile(keras.optimizers.Adam(1e-3))
        return trainer

    return make


def fit(trainer, examples, steps):
    batches = pipeline.training_batches(examples, 8, seed=0)
    trainer.fit(batches, epochs=1, steps_per_epoch=steps, verbose=0, shuffle=False)


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


def test_restoring_a_network_of_another_width_is_refused(make_trainer, tmp_path):
    from tfgen.papers.chairs.generator import UpConvGenerator
    from tfgen.papers.chairs.tables import generator_spec

    Checkpoints(tmp_path, make_trainer(), keep=1).save()
    with pytest.raises(InputError, match="does not fit"):
        restore_networks(
            tmp_path, {"generator": UpConvGenerator(generator_spec("1s-S", 64, 0.1), num_styles=5)}
        )


def test_restoring_from_an_empty_folder_is_refused(tiny_generator, tmp_path):
    with pytest.raises(InputError, match="there is no checkpoint in"):
        restore_networks(tmp_path, {"generator": tiny_generator()})


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
