"""Folders of checkpoints after kills and damage: what is gone on from, kept aside, removed."""

import re
import shutil

import pytest
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.training import checkpoint_files as files


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder of checkpoints of steps 6, 12 and 18, as TensorFlow's manager leaves it."""
    folder = tmp_path_factory.mktemp("saved")
    checkpoint = tf.train.Checkpoint(weights=tf.Variable(tf.range(100.0)))
    manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=3)
    for step in (6, 12, 18):
        manager.save(checkpoint_number=step)
    return folder


@pytest.fixture
def folder(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "checkpoints")


def index(folder, step):
    return folder / f"ckpt-{step}.index"


def data(folder, step):
    return folder / f"ckpt-{step}.data-00000-of-00001"


def flip(file, place):
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def names(folder):
    return {path.name for path in folder.iterdir()}


def whole(*steps):
    of_steps = (f"ckpt-{s}.{end}" for s in steps for end in ("index", "data-00000-of-00001"))
    return {"checkpoint", *of_steps}


DAMAGES = {
    "index missing": (lambda f: index(f, 18).unlink(), r"ckpt-18\.index is missing"),
    "index empty": (lambda f: index(f, 18).write_bytes(b""), r"ckpt-18\.index is empty"),
    "index short": (
        lambda f: index(f, 18).write_bytes(index(f, 18).read_bytes()[:-9]),
        r"ckpt-18\.index is damaged",
    ),
    "index flipped": (lambda f: flip(index(f, 18), 20), r"ckpt-18\.index is damaged"),
    "data missing": (lambda f: data(f, 18).unlink(), r"ckpt-18\.data\S+ is missing"),
    "data empty": (lambda f: data(f, 18).write_bytes(b""), r"ckpt-18\.data\S+ is empty"),
    "data short": (
        lambda f: data(f, 18).write_bytes(data(f, 18).read_bytes()[:-9]),
        r"ckpt-18\.data\S+ is damaged \(it is cut short\)",
    ),
    "data flipped": (lambda f: flip(data(f, 18), 100), r"ckpt-18\.data\S+ .* checksum does not"),
    "data zero": (
        lambda f: data(f, 18).write_bytes(bytes(data(f, 18).stat().st_size)),
        r"ckpt-18\.data\S+ is damaged",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_checkpoint_is_named_kept_aside_and_the_one_before_is_gone_on_from(folder, name):
    damage, told = DAMAGES[name]
    damage(folder)
    left = {path.name for path in folder.glob("ckpt-18*")}
    path, wrong = files.newest_whole(folder)
    assert path == str(folder / "ckpt-12")
    assert list(wrong) == [18]
    (line, going_on) = files.tidy(folder, keep=3)
    assert re.search(told, line)
    assert "damaged-ckpt-18" in line
    assert going_on.endswith("of step 12")
    assert names(folder) == whole(6, 12) | {f"damaged-{name}" for name in left}
    assert tf.train.latest_checkpoint(str(folder)) == str(folder / "ckpt-12")
    assert files.tidy(folder, keep=3) == []


@pytest.mark.parametrize(
    "text", [None, "", "model_check", "\0\0\0", 'model_checkpoint_path: "/no/ckpt-99"']
)
def test_what_tensorflow_lists_does_not_matter(folder, text):
    (folder / "checkpoint").unlink()
    if text is not None:
        (folder / "checkpoint").write_text(text)
    assert files.newest(folder) == str(folder / "ckpt-18")
    assert files.tidy(folder, keep=3) == []
    assert tf.train.latest_checkpoint(str(folder)) == str(folder / "ckpt-18")


def test_where_none_is_whole_nothing_is_touched_and_all_are_named(folder):
    for step in (6, 12, 18):
        flip(data(folder, step), 100)
    before = names(folder)
    with pytest.raises(InputError, match=r"none of the checkpoints .*ckpt-18\.data.*ckpt-6\.data"):
        files.tidy(folder, keep=3)
    assert names(folder) == before


def test_an_empty_folder_or_none_has_no_checkpoint(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        assert files.newest(folder) is None
        assert files.tidy(folder, keep=3) == []


def test_what_a_killed_save_left_is_removed(folder):
    (folder / "ckpt-24_temp").mkdir()
    (folder / "ckpt-24_temp" / "part-00000-of-00001.data-00000-of-00001").write_text("half")
    shutil.copy(data(folder, 18), data(folder, 24))
    (folder / "checkpoint.tmp0123abcd").write_text("")
    assert files.tidy(folder, keep=3) == []
    assert names(folder) == whole(6, 12, 18)


def test_a_save_that_was_killed_after_its_last_byte_counts(folder):
    (folder / "ckpt-18_temp").mkdir()
    (folder / "checkpoint").write_text('model_checkpoint_path: "ckpt-12"\n')
    assert files.tidy(folder, keep=3) == []
    assert names(folder) == whole(6, 12, 18)


def test_checkpoints_that_the_manager_has_forgotten_are_removed(folder):
    index(folder, 6).unlink()  # a manager that was killed while it removed this one
    assert files.tidy(folder, keep=2) == []
    assert names(folder) == whole(12, 18)
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(), str(folder), max_to_keep=2)
    manager.save(checkpoint_number=24)
    assert names(folder) == whole(18, 24)


def test_damaged_ones_are_kept_beside_earlier_damaged_ones(folder):
    (folder / "damaged-ckpt-18.index").write_text("earlier")
    data(folder, 18).unlink()
    files.tidy(folder, keep=3)
    assert names(folder) == whole(6, 12) | {"damaged-ckpt-18.index", "damaged-2-ckpt-18.index"}
