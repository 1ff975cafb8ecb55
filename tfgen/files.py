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
