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
from tfgen.runs.verify import verify


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


TRACES = ("step.txt", "metrics.csv", "export.txt", "previews", "logs")


def remove(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize("teller", TRACES)
@pytest.mark.parametrize("emptied", [False, True])
def test_a_run_that_lost_its_checkpoints_does_not_begin_anew(run, settings, teller, emptied):
    (run / "export.txt").write_text("somewhere/ckpt-12\nmodels/run/1\n")
    for name in TRACES:
        if name != teller:
            remove(run / name)
    remove(run / "checkpoints")
    if emptied:
        (run / "checkpoints").mkdir()
    before = sorted(run.rglob("*"))
    told = rf"run_dir=\S+ was trained to step 12 \({teller}\), .*holds no checkpoint: restore them"
    with pytest.raises(InputError, match=told):
        train(settings())
    assert sorted(run.rglob("*")) == before
    assert any("the run was trained to step 12" in line for line in verify(run).lines)


def test_a_run_that_was_killed_before_its_first_checkpoint_begins_anew(finished, run, settings):
    remove(run / "checkpoints")
    (run / "step.txt").write_text("0\n")  # scores and pictures come before the checkpoint
    assert verify(run).damaged == 0
    train(settings("--export_dir="))
    assert_same(weights(run, 12), weights(finished / "run", 12))


FOLDERS = ("checkpoints", "logs", "previews")


@pytest.mark.parametrize("name", [*FOLDERS, *TRACES[:3], "flags.txt", "facts.json", "run.lock"])
@pytest.mark.parametrize("found", ["link that leads nowhere", "other"])
def test_a_file_in_a_folders_place_and_a_folder_in_a_files_are_named(run, settings, name, found):
    if (run / name).exists():
        remove(run / name)
    if found == "other":
        found = "file" if name in FOLDERS else "folder"
        (run / name).write_text("") if found == "file" else (run / name).mkdir()
    else:
        (run / name).symlink_to("nowhere")
    belongs = "folder" if name in FOLDERS else "file"
    for opened in (lambda: train(settings()), lambda: restore(run)):
        with pytest.raises(InputError, match=rf"{name} is a {found}, and a {belongs} belongs"):
            opened()


def test_a_checkpoint_under_another_ones_name_is_not_gone_on_from(run, settings, capsys):
    for path in (run / "checkpoints").glob("ckpt-12.*"):
        path.rename(path.with_name(path.name.replace("12", "18")))
    with pytest.raises(InputError, match=r"ckpt-18\.index holds step 12: it was renamed"):
        restore(run, run / "checkpoints" / "ckpt-18")
    assert restore(run).checkpoint == str(run / "checkpoints" / "ckpt-6")
    assert verify(run).damaged == 1
    assert train(settings("--export_dir=")).step == 12
    told = capsys.readouterr().out
    assert "ckpt-18.index holds step 12: it was renamed; kept aside as damaged-ckpt-18" in told
    assert "going on at step 6" in told


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
