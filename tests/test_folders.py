"""Folders that are written in: gone in the end, and what killed writers left is removed."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tfgen import folders

PREFIX = ".exporting-"
WRITER = """
import sys, time
from tfgen.folders import unfinished
with unfinished(sys.argv[1], ".exporting-") as folder:
    (folder / "half").write_text("half")
    print(folder.name, flush=True)
    time.sleep(600)
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def writer(tmp_path):
    """(process that writes in a folder, the folder's name)."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process, process.stdout.readline().strip()
        process.kill()


def _fail_half_way(parent):
    with folders.unfinished(parent, PREFIX) as folder:
        (folder / "half").write_text("")
        raise KeyError


def test_what_is_renamed_out_of_it_stays_and_the_rest_goes(tmp_path):
    with folders.unfinished(tmp_path / "models", PREFIX) as folder:
        (folder / "model").mkdir()
        (folder / "scratch").write_text("")
        (folder / "model").rename(tmp_path / "models" / "1")
    assert names(tmp_path / "models") == ["1"]
    with pytest.raises(KeyError):
        _fail_half_way(tmp_path / "models")
    assert names(tmp_path / "models") == ["1"]


def test_what_a_killed_writer_left_goes_when_the_next_one_comes(tmp_path, writer):
    process, left = writer
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert names(tmp_path) == [left]
    with folders.unfinished(tmp_path, PREFIX) as folder:
        assert names(tmp_path) == [folder.name]


def test_what_a_living_process_writes_stays(tmp_path, writer):
    _, living = writer
    os.utime(tmp_path / living, (1e9, 1e9))
    with folders.unfinished(tmp_path, PREFIX):
        pass
    assert names(tmp_path) == [living]


def test_of_folders_without_a_lock_only_old_ones_go(tmp_path):
    for name in ("old", "young"):
        (tmp_path / f"{PREFIX}{name}").mkdir()
    hour_ago = time.time() - 3600
    os.utime(tmp_path / f"{PREFIX}old", (hour_ago, hour_ago))
    (tmp_path / "1").mkdir()
    os.utime(tmp_path / "1", (hour_ago, hour_ago))
    folders.remove_abandoned(tmp_path, PREFIX)
    assert names(tmp_path) == [f"{PREFIX}young", "1"]
