"""Runs on damaged disks: gone on from the last whole checkpoint, or refused; never begun anew."""

import re
import shutil

import pytest

from tests.stopped_runs import assert_same, weights
from tests.tiny_runs import settings_in
from tfgen.errors import InputError
from tfgen.locks import Lock
from tfgen.runs.restore import restore
from tfgen.runs.train import train


@pytest.fixture(scope="module")
def finished(data_dir, tmp_path_factory):
    """The folder of a run that ended."""
    folder = tmp_path_factory.mktemp("finished")
    train(settings_in(folder, data_dir, "--export_dir="))
    return folder


@pytest.fixture
def run(finished, tmp_path):
    """A copy of it, to be damaged."""
    return shutil.copytree(finished / "run", tmp_path / "run")


def flip(file, place):
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def test_a_run_whose_newest_checkpoint_is_damaged_goes_on_from_the_one_before(
    finished, run, settings, capsys
):
    flip(run / "checkpoints" / "ckpt-12.data-00000-of-00001", 4000)
    outcome = train(settings("--export_dir="))
    assert outcome.step == 12
    told = capsys.readouterr().out
    assert re.search(r"ckpt-12\.data\S+ is damaged .*kept aside as damaged-ckpt-12", told)
    assert "going on at step 6" in told
    assert_same(weights(run, 12), weights(finished / "run", 12))


def test_without_tensorflows_list_a_run_goes_on_where_it_was(run, settings):
    (run / "checkpoints" / "checkpoint").unlink()
    outcome = train(settings("--export_dir="))
    assert outcome.step == 12
    assert outcome.scores == {}  # nothing was trained


def test_a_run_without_a_whole_checkpoint_is_refused_and_left_as_it_is(run, settings):
    for step in (6, 12):
        (run / "checkpoints" / f"ckpt-{step}.index").unlink()
    before = sorted(run.rglob("*"))
    with pytest.raises(InputError, match=r"none of the checkpoints in .*ckpt-12\.index is missing"):
        train(settings())
    assert sorted(run.rglob("*")) == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: b"",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(b"--seed=0", b"--seed=1"),
        lambda text: b"\xff" + text,
        lambda text: bytes(len(text)),
        lambda text: text[40:],
    ],
    ids=["empty", "cut", "changed", "no text", "zeros", "beginning lost"],
)
def test_damaged_flags_are_refused(run, settings, damage):
    flags = run / "flags.txt"
    flags.write_bytes(damage(flags.read_bytes()))
    for opened in (lambda: train(settings()), lambda: restore(run)):
        with pytest.raises(InputError, match=r"flags\.txt is damaged|flags cannot be read"):
            opened()


def test_a_run_that_lost_its_small_files_goes_on_and_says_so(run, settings, capsys):
    (run / "flags.txt").unlink()
    (run / "facts.json").write_text('{"descr')
    metrics = run / "metrics.csv"
    metrics.write_bytes(metrics.read_bytes()[:-5])
    with pytest.raises(InputError, match="holds no run"):
        restore(run)
    train(settings("--export_dir="))
    told = capsys.readouterr().out
    assert "flags.txt is missing" in told
    assert "metrics.csv: rows that cannot be read and are left out: 1" in told


def test_damaged_facts_are_refused(run):
    facts = run / "facts.json"
    text = facts.read_text()
    for damaged in ("", text[:-20], text.replace("chairs_0001", "chairs_0007"), "[]", "\0"):
        facts.write_text(damaged)
        with pytest.raises(InputError, match=r"facts\.json is damaged"):
            restore(run)


def test_readers_take_the_newest_whole_checkpoint_and_rename_nothing(run):
    before = sorted(run.rglob("*"))
    flip(run / "checkpoints" / "ckpt-12.index", 10)
    assert restore(run).checkpoint == str(run / "checkpoints" / "ckpt-6")
    with pytest.raises(InputError, match=r"ckpt-12 is not whole \(ckpt-12\.index is damaged"):
        restore(run, run / "checkpoints" / "ckpt-12")
    assert sorted(run.rglob("*")) == before


def test_a_run_that_another_process_is_at_is_refused(run, settings):
    with (
        Lock(run / "run.lock"),
        pytest.raises(InputError, match=r"run_dir=\S+ is in use by process \d+ on host \S+, since"),
    ):
        train(settings())


def test_what_killed_processes_left_is_removed(run, settings):
    left = [run / ".metrics.csv.99", run / "previews" / ".turn.png.99"]
    left.append(run / "checkpoints" / "checkpoint.tmp01ab")
    for path in left:
        path.write_text("half")
    (run / "checkpoints" / "ckpt-18_temp").mkdir()
    train(settings("--export_dir="))
    assert not any(path.exists() for path in (*left, run / "checkpoints" / "ckpt-18_temp"))
    assert not (run / "run.lock").exists()
