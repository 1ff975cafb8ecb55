"""What stands behind a picture's end does no harm; an end that is missing does."""

import io

import numpy as np
import pytest
from PIL import Image

from tfgen.image_files.reading import BrokenPictureError, examine, read

NOISE = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
FILM = np.random.default_rng(1).integers(0, 255, 200_000).astype(np.uint8).tobytes()  # no 0xff
BEHIND = {"film": b"\0\0\0\x18ftypmp42" + FILM, "zeros": bytes(100_000), "archive": b"PK" + FILM}


def data_of(form, **options):
    data = io.BytesIO()
    Image.fromarray(NOISE).save(data, form, **options)
    return data.getvalue()


def with_thumbnail():
    """A JPEG whose camera's remarks hold a whole small one."""
    exif = Image.Exif()
    exif[0x010F] = data_of("JPEG", quality=1).decode("latin-1")
    return data_of("JPEG", exif=exif)


PICTURES = {
    "a.jpg": data_of("JPEG"),
    "progressive.jpg": data_of("JPEG", progressive=True),
    "thumbnail.jpg": with_thumbnail(),
    "a.png": data_of("PNG"),
    "a.gif": data_of("GIF"),
    "a.webp": data_of("WEBP", lossless=True),
}
PICTURES["filled.jpg"] = PICTURES["a.jpg"].replace(b"\xff\xda", b"\xff\xff\xda", 1)


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("name", PICTURES)
def test_what_stands_behind_the_end_is_passed_over(tmp_path, name, behind):
    (tmp_path / "alone").write_bytes(PICTURES[name])
    (tmp_path / name).write_bytes(PICTURES[name] + BEHIND[behind])
    assert examine(tmp_path / name) == (64, 64)
    np.testing.assert_array_equal(read(tmp_path / name), read(tmp_path / "alone"))


@pytest.mark.parametrize("behind", [b"", *(bytes(100_000), b"PK" + FILM)])
@pytest.mark.parametrize("name", [name for name in PICTURES if name.endswith(("jpg", "png"))])
def test_an_end_that_is_missing_is_missed_whatever_follows(tmp_path, name, behind):
    data = PICTURES[name]
    for share in (0.6, 0.95):
        (tmp_path / name).write_bytes(data[: int(share * len(data))] + behind)
        with pytest.raises(BrokenPictureError, match=r"end is missing|damaged"):
            examine(tmp_path / name)


def test_the_first_picture_of_several_in_one_jpeg(tmp_path):
    frames = [Image.fromarray(NOISE), Image.fromarray(255 - NOISE)]
    frames[0].save(tmp_path / "a.mpo", "MPO", save_all=True, append_images=frames[1:])
    data = (tmp_path / "a.mpo").read_bytes()
    (tmp_path / "a.jpg").write_bytes(data + FILM)
    assert np.abs(read(tmp_path / "a.jpg").astype(int) - NOISE).mean() < 60
    (tmp_path / "a.jpg").write_bytes(data[: len(data) // 3])
    with pytest.raises(BrokenPictureError, match="its end is missing"):
        examine(tmp_path / "a.jpg")
