"""Lock files: one process at a time writes in a folder, on this host or another one.

A lock file says who holds it: host, process, since when. Its holder touches it every few seconds.
Whether the holder still lives is asked of the system where both run on it, with the process' start
time, as numbers of processes come again; of others' hosts the age of the last sign of life tells.
Ages are differences of times that the file system itself gave: clocks of hosts may differ.
"""

import contextlib
import dataclasses
import fcntl
import json
import os
import socket
import tempfile
import threading
import time
import uuid
from pathlib import Path

from tfgen.errors import InputError

_BEAT_SECONDS = 5
# Without a sign of life for so long, a holder on another host is dead; network disks may delay one.
STALE_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    Attributes:
      host: name of the machine.
      boot: what tells this start of the machine, and this container of it, from others.
      process: number of the process.
      started: when the process started, in the system's ticks.
      since: when it took the lock, in seconds since 1970.
      token: what tells this holding from any other.
    """

    host: str
    boot: str
    process: int
    started: str
    since: float
    token: str

    @classmethod
    def here(cls):
        """The process that asks, from now on."""
        host, process = socket.gethostname(), os.getpid()
        return cls(host, _boot(), process, _started(process), time.time(), uuid.uuid4().hex)

    @property
    def told(self):
        """In words: "process 12 on host a, since 2020-01-31 12:00:00"."""
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.since))
        return f"process {self.process} on host {self.host}, since {since}"

    def here_and_dead(self):
        """True or False where the system knows, None of a process that it cannot see."""
        if not self.boot or (self.host, self.boot) != (socket.gethostname(), _boot()):
            return None
        return _started(self.process) != self.started


class HeldError(Exception):
    """Somebody else, who lives, holds a lock. `str` of it says who, in words.

    Args:
      holder: Holder, or None where the file does not tell.
      silent: seconds since its last sign of life; None where the system says that it lives.
    """

    def __init__(self, holder, silent):
        told = holder.told if holder else "a process that has not said its name"
        if silent is not None and silent > 2 * _BEAT_SECONDS:
            told += f" (silent for {silent:.0f} s; it counts as dead after {STALE_SECONDS} s)"
        if silent is None and holder and _state(holder.process)[:1] == ["T"]:
            told += f" (it is stopped: `kill -CONT {holder.process}` goes on with it)"
        super().__init__(told)


class Lock:
    """A lock that this process holds, until `release`. A context manager, too.

    Args:
      path: of the lock file; its folder exists.

    Attributes:
      path: the same.
      took_over: whether a dead process had held it.

    Raises:
      HeldError: somebody else holds it.
      OSError: the file cannot be written.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.took_over = False
        self._holder = Holder.here()
        self._take()
        self._released = threading.Event()
        self._beats = threading.Thread(target=self._beat, daemon=True)
        self._beats.start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.release()

    def check(self):
        """Makes sure that the lock is still this process's.

        Raises:
          InputError: another process has taken it: this one looked dead to it.
          OSError: the file is gone, and cannot be written again.
        """
        holder = read(self.path)
        if holder is None and self._create():  # removed from outside, and nobody took it since
            return
        if holder != self._holder:
            by = f"by {holder.told}" if holder else "from outside"
            raise InputError(
                f"{self.path.parent} was taken over {by}, while this process gave no sign of life: "
                "only one of the two may go on."
            )

    def release(self):
        """Gives the lock up; it may be called again."""
        self._released.set()
        self._beats.join()
        with contextlib.suppress(OSError), _opened(self.path) as file:
            if _parsed(file) == self._holder:
                self.path.unlink()

    def _take(self):
        while not self._create():
            with contextlib.suppress(FileNotFoundError), _opened(self.path) as file:
                if not _is(self.path, file):  # released just now
                    continue
                held = _living(self.path, file)
                if held:
                    raise held
                file.seek(0)
                file.truncate()
                self._write(file)
                self.took_over = True
                return

    def _create(self):
        """Makes the file, which works for one process only; whether it did."""
        try:
            number = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        except FileExistsError:
            return False
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                self._write(file)
        except OSError:  # a full disk
            self.path.unlink(missing_ok=True)
            raise
        return True

    def _write(self, file):
        file.write(json.dumps(dataclasses.asdict(self._holder)) + "\n")
        file.flush()
        os.fsync(file.fileno())

    def _beat(self):
        while not self._released.wait(_BEAT_SECONDS):
            with contextlib.suppress(OSError):
                if read(self.path) == self._holder:
                    os.utime(self.path)


def read(path):
    """The Holder that a lock file names, dead or alive; None where it names none."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            return _parsed(file)
    except OSError:
        return None


def living(path):
    """A HeldError if somebody who lives holds a lock, else None; changes nothing."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            return _living(path, file)
    except OSError:
        return None


@contextlib.contextmanager
def _opened(path):
    """A file that no other process of this host looks into at the same time, where that works."""
    with Path(path).open("r+", encoding="utf-8") as file:
        with contextlib.suppress(OSError):  # a file system without it: `check` finds out, later
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _is(path, file):
    """Whether an open file is still what lies under a path."""
    try:
        return os.path.samestat(Path(path).stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _parsed(file):
    """The Holder in an open file, None if there is none that can be read."""
    file.seek(0)
    try:
        holder = Holder(**json.loads(file.read()))
        return holder if holder.told else None
    except (ValueError, TypeError, OverflowError):
        return None


def _living(path, file):
    """A HeldError of who holds an open lock file and lives; None of one who is dead."""
    holder = _parsed(file)
    dead = holder.here_and_dead() if holder else None
    if dead is None:
        silent = _silent(path, file)
        return HeldError(holder, silent) if silent < STALE_SECONDS else None
    return None if dead else HeldError(holder, None)


def _silent(path, file):
    """Seconds since the last sign of life, by the clock of the file system."""
    beat = os.fstat(file.fileno()).st_mtime
    try:
        with tempfile.NamedTemporaryFile(dir=Path(path).parent, prefix=".clock-") as probe:
            now = os.fstat(probe.fileno()).st_mtime
    except OSError:  # a folder that cannot be written
        now = time.time()
    return max(0.0, now - beat)


def _boot():
    """What tells one start of the machine, and one space of process numbers, from others; or ""."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _state(process):
    """What the system tells of a process: its state, one letter, and numbers; [] of none."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _started(process):
    """When a process started, in ticks since the machine did; "" if there is no such process."""
    state, *rest = _state(process) or "X"
    return "" if state in "ZX" else rest[18]  # a zombie writes nothing any more
