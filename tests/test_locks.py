"""Locks: one holder at a time; who is dead is told by the system here, elsewhere by silence."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tfgen import locks
from tfgen.errors import InputError
from tfgen.locks import HeldError, Holder, Lock, living, read


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.lock"


def write(path, silent=0.0, **changes):
    """A lock file as a process on some host leaves it."""
    holder = dataclasses.replace(Holder.here(), **changes)
    path.write_text(json.dumps(dataclasses.asdict(holder)))
    beat = path.stat().st_mtime - silent
    os.utime(path, (beat, beat))


def test_a_lock_says_who_holds_it_and_goes_when_it_is_given_up(path):
    with Lock(path) as lock:
        assert read(path).process == os.getpid()
        with pytest.raises(HeldError, match=rf"process {os.getpid()} on host \S+, since \d{{4}}-"):
            Lock(path)
        assert not lock.took_over
        lock.check()
    assert not path.exists()
    with Lock(path):
        pass


HOLD = """
import sys, time
from tfgen.locks import Lock
lock = Lock(sys.argv[1])
print("held", flush=True)
time.sleep(60)
"""


def test_another_process_holds_it_until_it_is_killed(path):
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "held\n"
        with pytest.raises(HeldError, match=f"process {child.pid} "):
            Lock(path)
        child.send_signal(signal.SIGSTOP)
        os.waitpid(child.pid, os.WUNTRACED)
        with pytest.raises(HeldError, match=f"is stopped: `kill -CONT {child.pid}`"):
            Lock(path)
        child.send_signal(signal.SIGKILL)
    with Lock(path) as lock:
        assert lock.took_over
        assert read(path).process == os.getpid()


@pytest.mark.parametrize(
    ("changes", "silent", "lives"),
    [
        ({"started": "1"}, 0, False),  # the number belongs to another process by now
        ({"process": 2**22 + 1}, 0, False),
        ({"host": "elsewhere"}, 0, True),
        ({"host": "elsewhere"}, 59, True),
        ({"host": "elsewhere"}, 61, False),
        ({"boot": "before pid:[1]"}, 10, True),  # a reboot, or another machine of the same name
        ({"boot": "before pid:[1]"}, 61, False),
        ({"boot": "", "host": "elsewhere"}, 61, False),
    ],
)
def test_who_is_dead_loses_its_lock(path, changes, silent, lives):
    write(path, silent, **changes)
    assert (living(path) is not None) == lives
    if lives:
        with pytest.raises(HeldError) as caught:
            Lock(path)
        assert ("silent for" in str(caught.value)) == (silent > 9)
    else:
        with Lock(path) as lock:
            assert lock.took_over
            lock.check()


@pytest.mark.parametrize("text", ["", "{", '{"host": 1}', "\0\0"])
def test_a_damaged_lock_file_holds_until_it_is_old(path, text):
    path.write_text(text)
    with pytest.raises(HeldError, match="has not said its name"):
        Lock(path)
    os.utime(path, (1e9, 1e9))
    with Lock(path) as lock:
        assert lock.took_over


def test_signs_of_life_come_while_the_process_works(path, monkeypatch):
    monkeypatch.setattr(locks, "_BEAT_SECONDS", 0.01)
    with Lock(path):
        os.utime(path, (1e9, 1e9))
        deadline = time.monotonic() + 20
        while path.stat().st_mtime == 1e9 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert path.stat().st_mtime > 1e9
        assert living(path)


def test_who_was_taken_for_dead_stops_and_leaves_the_others_lock_alone(path):
    lock = Lock(path)
    write(path, host="elsewhere", process=7, token="another")
    with pytest.raises(InputError, match="taken over by process 7 on host elsewhere"):
        lock.check()
    lock.release()
    assert read(path).host == "elsewhere"


def test_a_lock_file_that_was_removed_is_written_again(path):
    with Lock(path) as lock:
        path.unlink()
        lock.check()
        assert read(path).process == os.getpid()
    assert not path.exists()


def test_of_many_who_come_at_once_one_gets_it(path):
    write(path, process=2**22 + 1)  # a dead one's, to be taken over
    got, refused, start = [], [], threading.Barrier(8)

    def come():
        start.wait()
        try:
            got.append(Lock(path))
        except HeldError as error:
            refused.append(error)

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 7)
    got[0].release()
    assert not path.exists()
