"""Folders that are written in: gone in the end, and what killed writers left is removed."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tfgen import folders
from tfgen.errors import InputError

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


IN_THE_WAY = {
    "file": "file is no folder",
    "file/below": "file is no folder",
    "dangling": "dangling is a link that leads nowhere",
    "dangling/below/it": "dangling is a link that leads nowhere",
    "loop": "loop is a link that leads nowhere",
}


@pytest.fixture
def in_the_way(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    return tmp_path


@pytest.mark.parametrize("name", IN_THE_WAY)
def test_what_stands_in_the_way_of_a_folder_is_named(in_the_way, name):
    told = rf"`out`={in_the_way / name} cannot be written \({in_the_way}/{IN_THE_WAY[name]}\)"
    with pytest.raises(InputError) as caught:
        folders.make(in_the_way / name, "out")
    assert re.match(told, caught.value.text)


@pytest.mark.parametrize("flag", ["run_dir", "data_dir", "export_dir"])
@pytest.mark.parametrize("name", ["file/below", "dangling", "loop"])
def test_scripts_name_it_before_they_work(settings, in_the_way, flag, name):
    from tfgen.runs.train import train

    told = rf"{flag}=\S+ cannot be written \(\S+{IN_THE_WAY[name]}\): choose another"
    with pytest.raises(InputError, match=told):
        train(settings(f"--{flag}={in_the_way / name}", "--steps=1000000"))


def test_folders_are_made_with_those_above_and_through_links(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    made = folders.make(tmp_path / "link" / "a" / "b")
    assert folders.make(made) == tmp_path / "link" / "a" / "b"
    assert (tmp_path / "there" / "a" / "b").is_dir()


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
