"""Checkpoints with damaged bytes: never taken for whole ones, never in the way of a whole one."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from tfgen.errors import InputError
from tfgen.training import checkpoint_files as files

INDEX, DATA = "index", "data-00000-of-00001"
VALUES = {"weights": tf.range(60.0), "bias": tf.ones([4, 3]), "step": tf.constant(7, tf.int64)}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    checkpoint = tf.train.Checkpoint(**{n: tf.Variable(value) for n, value in VALUES.items()})
    manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=2)
    for step in (6, 12):
        manager.save(checkpoint_number=step)
    return folder


def _flip(content, place, value):
    """One byte of it becomes another one."""
    content[place % len(content)] ^= value
    return content


def _cut(content, place, value):
    return content[: place % len(content)]


def _drop(content, place, value):
    place %= len(content)
    return content[:place] + content[place + value :]


def _zero(content, place, value):
    """A block of the disk that was never written."""
    place %= len(content)
    return content[:place] + bytes(min(value, len(content) - place)) + content[place + value :]


def _append(content, place, value):
    return content + bytes([value]) * (place % 64 + 1)


DAMAGE = st.tuples(
    st.sampled_from([INDEX, DATA]),
    st.sampled_from([_flip, _cut, _drop, _zero, _append]),
    st.integers(0, 2**16),
    st.integers(1, 255),
)


@given(damages=st.lists(DAMAGE, min_size=1, max_size=3))
def test_a_checkpoint_with_damaged_bytes_is_set_aside_or_reads_as_it_was(saved, damages):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(shutil.copytree(saved, Path(root) / "checkpoints"))
        for ending, damage, place, value in damages:
            file = folder / f"ckpt-12.{ending}"
            content = bytearray(file.read_bytes())
            file.write_bytes(damage(content, place, value) if content else b"")
        wrong = files.damage(folder / "ckpt-12")
        lines = files.tidy(folder, keep=2)
        if wrong:
            assert wrong in lines[0]
            assert "ckpt-12." in wrong
            assert files.newest(folder) == str(folder / "ckpt-6")
            assert not list(folder.glob("ckpt-12*"))
        else:
            assert_values(folder / "ckpt-12")
            assert lines == []
        assert_values(files.newest(folder))


@given(damages=st.lists(DAMAGE, min_size=2, max_size=4))
def test_where_all_may_be_damaged_one_is_gone_on_from_or_all_are_refused(saved, damages):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(shutil.copytree(saved, Path(root) / "checkpoints"))
        for number, (ending, damage, place, value) in enumerate(damages):
            file = folder / f"ckpt-{(6, 12)[number % 2]}.{ending}"
            content = bytearray(file.read_bytes())
            file.write_bytes(damage(content, place, value) if content else b"")
        before = sorted(path.name for path in folder.iterdir())
        if all(files.damage(folder / f"ckpt-{step}") for step in (6, 12)):
            with pytest.raises(InputError, match="none of the checkpoints"):
                files.tidy(folder, keep=2)
            assert sorted(path.name for path in folder.iterdir()) == before
        else:
            files.tidy(folder, keep=2)
            assert_values(files.newest(folder))


@given(text=st.binary(max_size=200))
def test_tensorflows_list_may_hold_anything(saved, text):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(shutil.copytree(saved, Path(root) / "checkpoints"))
        (folder / "checkpoint").write_bytes(text)
        assert files.tidy(folder, keep=2) == []
        assert tf.train.latest_checkpoint(str(folder)) == str(folder / "ckpt-12")


def assert_values(path):
    """Whether every value of a checkpoint is what was saved."""
    reader = tf.train.load_checkpoint(str(path))
    for name, value in VALUES.items():
        read = reader.get_tensor(f"{name}/.ATTRIBUTES/VARIABLE_VALUE")
        np.testing.assert_array_equal(read, value, err_msg=name)
