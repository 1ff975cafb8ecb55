"""Which files of a folder are pictures, and what is said of the others."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tfgen.errors import InputError
from tfgen.image_files.finding import find_pictures


def picture(path, value=0):
    path = Path(os.fsdecode(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((8, 8, 3), value, np.uint8)).save(path, "PNG")


def names(files, root):
    return [os.fsencode(file.relative_to(root)) for file in files]


def test_sidecars_of_other_systems_are_no_pictures(tmp_path):
    picture(tmp_path / "a.png")
    picture(tmp_path / "__MACOSX" / "a.png")
    picture(tmp_path / ".thumbnails" / "a.png")
    for name in ("._a.png", ".hidden.png", ".DS_Store", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"x")
    files, left_out = find_pictures(tmp_path)
    assert names(files, tmp_path) == [b"a.png"]
    assert left_out.lines() == []


def test_linked_folders_are_followed_once(tmp_path):
    root = tmp_path / "photos"
    picture(root / "a.png")
    picture(tmp_path / "elsewhere" / "b.png")
    (root / "cats").symlink_to(tmp_path / "elsewhere")
    (root / "dogs").symlink_to(tmp_path / "elsewhere")
    (root / "loop").symlink_to(root)
    (tmp_path / "elsewhere" / "up").symlink_to(root)
    files, left_out = find_pictures(root)
    assert names(files, root) == [b"a.png", b"cats/b.png"]
    assert left_out.lines() == []


def test_what_cannot_be_used_is_named_and_counted(tmp_path):
    for i in range(5):
        picture(tmp_path / f"{i}.png")
    (tmp_path / "dangling.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "page.jpg").write_text("<html>")
    (tmp_path / "folder.jpg").mkdir()
    picture(tmp_path / "folder.jpg" / "b.png")
    (tmp_path / "film.mp4").touch()
    os.mkfifo(tmp_path / "pipe.jpg")  # to open it would wait for ever
    files, left_out = find_pictures(tmp_path)
    assert len(files) == 6
    assert left_out.lines() == [
        "left out: 4 of 10 pictures",
        "  dangling.jpg: it is a link to what does not exist",
        "  empty.jpg: it is empty",
        "  page.jpg: it is no picture that can be read",
        "  pipe.jpg: it is no regular file",
        "passed over, as they are no pictures: 1 .mp4",
    ]


def test_ten_are_named_and_all_counted(tmp_path):
    for i in range(20):
        picture(tmp_path / f"{i}.png")
    for i in range(12):
        (tmp_path / f"{i}.jpg").touch()
    _, left_out = find_pictures(tmp_path)
    assert left_out.lines()[0] == "left out: 12 of 32 pictures"
    assert left_out.lines()[-1] == "  and 2 more"


def test_names_that_are_not_utf_8_are_read_and_shown(tmp_path):
    root = os.fsencode(tmp_path)
    picture(root + b"/f\xfcr.png")
    picture(root + b"/g\xfcr/a.png")
    Path(os.fsdecode(root + b"/k\xfcr.png")).touch()
    files, left_out = find_pictures(tmp_path)
    assert names(files, tmp_path) == [b"f\xfcr.png", b"g\xfcr/a.png"]
    assert left_out.lines()[1] == "  k\ufffdr.png: it is empty"


def test_a_folder_of_which_most_is_broken_is_not_what_was_meant(tmp_path):
    picture(tmp_path / "a.png")
    (tmp_path / "b.png").touch()
    assert len(find_pictures(tmp_path)[0]) == 1
    (tmp_path / "c.png").touch()
    with pytest.raises(InputError, match=r"has 2 of 3 pictures that cannot be used, b\.png first"):
        find_pictures(tmp_path)


def test_no_folder_and_no_picture(tmp_path):
    with pytest.raises(InputError, match="is no folder: give one of pictures"):
        find_pictures(tmp_path / "none")
    (tmp_path / "a.mp4").touch()
    with pytest.raises(InputError, match=r"holds no picture \(but 1 \.mp4\)"):
        find_pictures(tmp_path)


def test_small_pictures_are_left_out(tmp_path):
    picture(tmp_path / "a.png")
    Image.new("RGB", (40, 20)).save(tmp_path / "b.png")
    Image.new("RGB", (20, 20)).save(tmp_path / "c.png")
    files, left_out = find_pictures(tmp_path, min_side=16)
    assert names(files, tmp_path) == [b"b.png", b"c.png"]
    assert left_out.reasons == {"a.png": "it has 8 x 8 pixels, fewer than 16"}
