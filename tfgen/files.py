"""Files that appear whole or not at all, whoever reads and whatever stops the writer."""

import contextlib
import errno
import os
from pathlib import Path

from tfgen.errors import InputError, one_line

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def unwritable(what, error):
    """The InputError of what cannot be written: why, and what to do about it.

    Args:
      what: a path, or "`out`=path" where it is an argument.
      error: OSError, or an exception of TensorFlow's.
    """
    reason = getattr(error, "strerror", None) or one_line(error)
    full = getattr(error, "errno", None) in _FULL or "No space left" in reason
    full = full or "quota" in reason or "File too large" in reason or "requested and" in reason
    remedy = "free some space and give the same command again" if full else "choose another"
    return InputError(f"{what} cannot be written ({reason}): {remedy}.")


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
