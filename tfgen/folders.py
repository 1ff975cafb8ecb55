"""Folders that appear whole or not at all, whoever reads and whatever stops the writer."""

import contextlib
import shutil
import tempfile
import time
from pathlib import Path

from tfgen import locks
from tfgen.files import writing

LOCK_FILE = "writing.lock"
# One without a lock file, so old, was left by a process that was killed as it began.
_ABANDONED_SECONDS = 600


def make(path, argument=None):
    """A folder, as a Path, made with those above it if it is not there.

    Args:
      path: of it.
      argument: name of the argument that it was given as; None if it was not.

    Raises:
      InputError: it cannot be made; what stands in its way is named.
    """
    path = Path(path)
    with writing(f"`{argument}`={path}" if argument else path):
        path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def unfinished(parent, prefix):
    """A new folder to write in; what is whole is renamed out of it, the rest of it is removed.

    Those that killed processes left are removed first, never what a living one writes.

        with unfinished("models", ".exporting-") as folder:
            write(folder / "model")
            (folder / "model").rename("models/1")

    Args:
      parent: folder that is made if there is none.
      prefix: of the new folder's name; no other file's starts with it.

    Raises:
      OSError: it cannot be written.
    """
    parent = Path(parent)
    parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(parent, prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        with locks.Lock(folder / LOCK_FILE):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(parent, prefix):
    """Removes what killed processes left of `unfinished` folders."""
    for folder in Path(parent).glob(f"{prefix}*"):
        lock = folder / LOCK_FILE
        with contextlib.suppress(OSError):  # another process may have removed it just now
            young = time.time() - folder.stat().st_mtime < _ABANDONED_SECONDS
            if not locks.living(lock) and (lock.exists() or not young):
                shutil.rmtree(folder, ignore_errors=True)
