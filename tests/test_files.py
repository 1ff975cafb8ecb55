"""Files are written whole or not at all."""

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


def test_only_bytes_are_refused_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot be written \(.*\): choose another"):
        write_bytes(tmp_path / "file" / "b", b"")
    with pytest.raises(OSError):  # noqa: PT011
        write_text(tmp_path / "none" / "a.txt", "")
