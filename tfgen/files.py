"""Files that appear whole or not at all, whoever reads and whatever stops the writer."""

import contextlib
import errno
import os
import re
from pathlib import Path

from tfgen.errors import InputError, one_line

_FULL = tuple(map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)))
# As NumPy and TensorFlow Datasets tell it.
_FULL_FOR_OTHERS = re.compile(r"\d+ requested and \d+ written|Not enough disk space")
# What stands where a folder should, or in place of one above it.
_IN_THE_WAY = (errno.EEXIST, errno.ENOTDIR, errno.ELOOP)
_KNOWN = (*_FULL, *map(os.strerror, (errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)))


def unwritable(what, error):
    """The InputError of what cannot be written: why, and what to do about it.

    Args:
      what: a path, or "`out`=path" where it is an argument.
      error: OSError, or another library's exception that tells of one.
    """
    # Libraries wrap the system's reason in words of their own, or leave only these.
    text = " ".join(filter(None, (getattr(error, "strerror", None), str(error))))
    reason = next((known for known in _KNOWN if known in text), None)
    full = reason in _FULL or _FULL_FOR_OTHERS.search(text)
    remedy = "free some space and give the same command again" if full else "choose another"
    if getattr(error, "errno", None) in _IN_THE_WAY and error.filename:
        reason = _in_the_way(error.filename)
    reason = reason or getattr(error, "strerror", None) or one_line(error)
    return InputError(f"{what} cannot be written ({reason}): {remedy}.")


def _in_the_way(path):
    """What keeps a folder or a file from being made, in words; "" if nothing does."""
    for each in (*reversed(Path(path).parents), Path(path)):
        if os.path.lexists(each) and not each.is_dir():
            return f"{each} is {'no folder' if each.exists() else 'a link that leads nowhere'}"
    return ""


def is_of_disk(error):
    """Whether an exception, anybody's, tells of a disk that is full or read-only."""
    return any(known in str(error) for known in (*_FULL, os.strerror(errno.EROFS)))


@contextlib.contextmanager
def writing(what):
    """Around what writes a file or a folder: an OSError becomes the InputError of `unwritable`."""
    try:
        yield
    except OSError as error:
        raise unwritable(what, error) from None


@contextlib.contextmanager
def replacing(path):
    """A path beside `path` to write to; what is there takes its place if the block ends well.

        with replacing("a.npy") as temporary:
            temporary.write_bytes(data)

    Raises:
      InputError: it cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with writing(path):
        try:
            yield temporary
            temporary.replace(path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def write_text(path, text):
    """Writes a text file, as UTF-8; raises as `replacing`."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path, data):
    """Writes a file, and makes its folder if there is none; raises as `replacing`."""
    path = Path(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


# What other systems leave beside files: pictures of folders, copies, what an archive notes.
_SIDECARS = ("Thumbs.db", "desktop.ini", "__MACOSX", "@eaDir")


def is_sidecar(name):
    """Whether a file or folder of that name is hidden, or left by a system for itself."""
    return name.startswith(".") or name in _SIDECARS


def files_below(root):
    """The regular files in a folder and all below it, links to folders followed once.

    What is hidden, or left by other systems, is passed over.

    Args:
      root: Path of a folder.

    Returns:
      (Paths, sorted; what cannot be read -> why: folders, pipes, sockets, links that lead
      nowhere).
    """
    found, unread, seen, waiting = [], {}, set(), [Path(root)]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            inside = sorted(path for path in folder.iterdir() if not is_sidecar(path.name))
        except OSError as error:
            unread[folder] = error.strerror
            continue
        # Folders before links to folders: what can be reached both ways is found where it lies.
        folders = [path for path in inside if path.is_dir()]
        waiting = [path for path in folders if path.is_symlink()] + waiting
        waiting += [path for path in reversed(folders) if not path.is_symlink()]
        for path in inside:
            if path.is_file():
                found.append(path)
            elif path not in folders:
                dangling = path.is_symlink() and not path.exists()
                unread[path] = "a link to what does not exist" if dangling else "no regular file"
    return sorted(found), unread
