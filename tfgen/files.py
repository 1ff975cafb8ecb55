"""Files that appear whole or not at all, whoever reads and whatever stops the writer."""

import contextlib
import os
from pathlib import Path

from tfgen.errors import InputError


@contextlib.contextmanager
def replacing(path):
    """A path beside `path` to write to; what is there takes its place if the block ends well.

        with replacing("a.npy") as temporary:
            temporary.write_bytes(data)

    Raises:
      OSError: it cannot be put there.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path, text):
    """Writes a text file, as UTF-8; raises OSError where that does not work."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path, data):
    """Writes a file, and makes its folder if there is none.

    Raises:
      InputError: the folder cannot be written.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_bytes(data)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}): choose another.") from None


def files_below(root):
    """The regular files in a folder and all below it, links to folders followed once.

    Args:
      root: Path of a folder.

    Returns:
      (Paths, sorted; folder that cannot be read -> why). Pipes, sockets and links that lead
      nowhere are no files.
    """
    found, unread, seen, waiting = [], {}, set(), [Path(root)]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            inside = sorted(folder.iterdir())
        except OSError as error:
            unread[folder] = error.strerror
            continue
        # Folders before links to folders: what can be reached both ways is found where it lies.
        folders = [path for path in inside if path.is_dir()]
        waiting = [path for path in folders if path.is_symlink()] + waiting
        waiting += [path for path in reversed(folders) if not path.is_symlink()]
        found += [path for path in inside if path.is_file()]
    return sorted(found), unread
