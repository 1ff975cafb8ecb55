"""Files are written whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from tfgen.errors import InputError
from tfgen.files import replacing, write_bytes, write_text


def test_text_and_bytes_take_the_place_of_what_was_there(tmp_path):
    write_text(tmp_path / "a.txt", "één")
    write_text(tmp_path / "a.txt", "twee")
    write_bytes(tmp_path / "new" / "b", b"\x00")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "twee"
    assert (tmp_path / "new" / "b").read_bytes() == b"\x00"


def _fail_half_way(path):
    with replacing(path) as temporary:
        temporary.write_text("hal")
        raise KeyError


def test_a_writer_that_fails_leaves_what_was_there_and_nothing_else(tmp_path):
    write_text(tmp_path / "a.txt", "one")
    with pytest.raises(KeyError):
        _fail_half_way(tmp_path / "a.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "one"


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOSPC, "free some space"), (errno.EDQUOT, "free some space"), (errno.EROFS, "choose")],
)
def test_what_cannot_be_written_is_named_with_the_remedy_and_nothing_is_left(
    tmp_path, monkeypatch, number, remedy
):
    write_text(tmp_path / "a.txt", "one")

    def fail(path, *args, **kwargs):
        path.touch()
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(InputError, match=rf"a\.txt cannot be written \(.*\): {remedy}"):
        write_text(tmp_path / "a.txt", "two")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "one"


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    for write, data in ((write_bytes, b""), (write_text, "")):
        with pytest.raises(InputError, match=r"b cannot be written \(.*\): choose another"):
            write(tmp_path / "file" / "b", data)
