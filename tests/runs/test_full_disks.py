"""Disks that are full or read-only: one sentence, nothing half-written, the same command goes on.

The system's limit of a file's size stands for a disk that has no more room.
"""

import contextlib
import resource
import shutil

import pytest

from tests.stopped_runs import assert_same, weights
from tests.tiny_runs import settings_in
from tfgen.errors import InputError
from tfgen.runs import verify
from tfgen.runs.train import train


@contextlib.contextmanager
def room_for(size):
    """Files end after so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def finished(data_dir, tmp_path_factory):
    """The folder of a run that had room."""
    folder = tmp_path_factory.mktemp("finished")
    train(settings_in(folder, data_dir))
    return folder


def test_a_run_without_room_says_what_for_and_goes_on_with_the_same_command(
    finished, settings, tmp_path
):
    for size, told in [
        (10, r"run_dir=\S+ cannot be written"),
        (1000, r"facts\.json cannot be written"),
        (20_000, r"logs cannot be written"),
        (500_000, r"step_000006\.png cannot be written"),
    ]:
        with room_for(size), pytest.raises(InputError, match=rf"{told} \(.*\): free some space"):
            train(settings())
        left = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
        complete = {path.relative_to(finished) for path in finished.rglob("*")}
        assert {path for path in left - complete if "events" not in path.name} == set()
    train(settings())
    assert_same(weights(tmp_path / "run", 12), weights(finished / "run", 12))
    assert verify.verify(tmp_path).damaged == 0


def test_an_export_without_room_leaves_nothing_and_is_made_with_the_same_command(
    finished, settings, tmp_path
):
    shutil.copytree(finished / "run", tmp_path / "run")
    (tmp_path / "run" / "export.txt").unlink()
    with room_for(200_000), pytest.raises(InputError, match=r"export_dir=\S+ cannot be written"):
        train(settings())
    assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file()]
    outcome = train(settings())
    assert verify.verify(outcome.export).damaged == 0
