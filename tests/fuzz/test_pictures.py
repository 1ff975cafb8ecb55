"""Picture files with bytes changed, cut and put in: pixels of the right kind, or one sentence.

Seeded: what fails once fails again. `FUZZ=20` does so many times as much.
"""

import io
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tfgen.errors import InputError
from tfgen.image_files.finding import find_pictures
from tfgen.image_files.reading import BrokenPictureError, examine, over_white, read

_ROUNDS = 200 * int(os.environ.get("FUZZ", "1"))
_SIDE = 24
_MOST = 0.01  # megapixels: what a damaged header may claim
PIXELS = np.random.default_rng(0).integers(0, 256, (_SIDE, _SIDE, 4)).astype(np.uint8)
KINDS = {
    "a.jpg": ("RGB", {"quality": 90}),
    "cmyk.jpg": ("CMYK", {}),
    "a.png": ("RGBA", {}),
    "palette.png": ("P", {}),
    "a.gif": ("P", {}),
    "a.tiff": ("RGB", {"compression": "tiff_lzw"}),
    "a.webp": ("RGBA", {"lossless": True}),
    "a.bmp": ("RGB", {}),
    "a.tga": ("RGB", {"compression": "tga_rle"}),
    "a.avif": ("RGB", {}),
}


def file_of(name):
    """Bytes of a sound file of a kind, a camera's orientation in it where it can have one."""
    mode, options = KINDS[name]
    exif = Image.Exif()
    exif[0x0112] = 6
    data = io.BytesIO()
    Image.fromarray(PIXELS).convert("RGB").convert(mode).save(
        data, Image.registered_extensions()[f".{name.rpartition('.')[2]}"], exif=exif, **options
    )
    return data.getvalue()


def damaged(data, rng):
    """Bytes with one to three things wrong."""
    data = bytearray(data)
    for _ in range(rng.integers(1, 4)):
        at = int(rng.integers(0, min(len(data), 400) if rng.integers(2) else len(data)) or 0)
        kind = rng.integers(0, 4)
        if kind == 0:
            data[at] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            data[at : at + 4] = rng.integers(0, 256, 4, np.uint8).tobytes()
        elif kind == 2:
            del data[at : at + int(rng.integers(1, 30))]
        else:
            del data[max(at, 1) :]
    return bytes(data)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # pytest sets the reader's filter aside
@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(tmp_path, name):
    sound, path = file_of(name), tmp_path / name
    path.write_bytes(sound)
    assert read(path).shape == (_SIDE, _SIDE, 3)
    refused = []
    for seed in range(_ROUNDS):
        path.write_bytes(damaged(sound, np.random.default_rng(seed)))
        try:
            pixels = read(path, _MOST)
        except BrokenPictureError as error:
            refused.append(str(error))
            continue
        assert pixels.dtype == np.uint8, seed
        assert pixels.shape[2] in (3, 4), seed
        assert pixels.size // pixels.shape[2] <= 1e6 * _MOST, seed
        assert examine(path, _MOST) == pixels.shape[1::-1], seed
        assert over_white(pixels).shape == (*pixels.shape[:2], 3), seed
    assert len(refused) > _ROUNDS // 10
    assert "\n" not in "".join(refused)
    assert max(map(len, refused)) < 300 + len(str(path))


@settings(max_examples=_ROUNDS // 4, deadline=None, derandomize=True)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"]))
def test_noise_is_no_picture(tmp_path_factory, noise, start):
    path = tmp_path_factory.getbasetemp() / "noise.png"
    path.write_bytes(start + noise)
    with pytest.raises(BrokenPictureError):
        read(path)


@settings(max_examples=_ROUNDS // 8, deadline=None, derandomize=True)
@given(st.lists(st.binary(min_size=1, max_size=12), max_size=6))
def test_folders_with_any_names_are_read(tmp_path_factory, names):
    """Names are any bytes that a file system takes."""
    folder = os.fsencode(tmp_path_factory.mktemp("names"))
    wanted = set()
    for name in names:
        name = name.replace(b"/", b"_").replace(b"\0", b"_")
        with open(os.path.join(folder, name + b".png"), "wb") as file:  # noqa: PTH123, PTH118
            file.write(file_of("a.png"))
        if not name.startswith(b"._"):
            wanted.add(name + b".png")
    try:
        files, left_out = find_pictures(os.fsdecode(folder))
    except InputError:
        assert not wanted
        return
    found = {os.fsencode(file.name) for file in files}
    assert found == wanted
    assert not left_out.reasons
