"""Depths, meanings and colour spaces: 8 bits of sRGB, or one sentence."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from tfgen.image_files.reading import BrokenPictureError, read

GREY = np.linspace(0, 255, 16 * 24).round().astype(np.uint8).reshape(16, 24)
SIGN = 339


def tiff(path, image, **tags):
    """Writes a TIFF some tags of which say other things than its pixels."""
    image.save(path)
    data = bytearray(path.read_bytes())
    start = int.from_bytes(data[4:8], "little")
    for entry in range(start + 2, start + 2 + 12 * data[start], 12):
        tag = f"_{int.from_bytes(data[entry : entry + 2], 'little')}"
        if tag in tags:
            data[entry + 8 : entry + 10] = tags[tag].to_bytes(2, "little")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("form", ["L", "I;16", "I;16B"])
def test_tiffs_in_which_0_is_white(tmp_path, form):
    image = Image.fromarray(GREY)
    if form != "L":
        image = Image.fromarray(GREY.astype({"I;16": "<u2", "I;16B": ">u2"}[form]) * 257)
    pixels = read(tiff(tmp_path / "a.tif", image, _262=0))
    np.testing.assert_array_equal(pixels[..., 0], 255 - GREY)


def test_twelve_bits_reach_to_white(tmp_path):
    white = Image.fromarray(np.full((4, 4), 65535, np.uint16))
    assert read(tiff(tmp_path / "a.tif", white, _258=12)).min() == 255


@pytest.mark.parametrize(
    ("kind", "message"), [(np.int32, "32 bits or with signs"), (np.float32, "floating-point")]
)
def test_tiffs_of_32_bits_are_refused(tmp_path, kind, message):
    Image.fromarray(GREY.astype(kind)).save(tmp_path / "a.tif")
    with pytest.raises(BrokenPictureError, match=message):
        read(tmp_path / "a.tif")


def test_tiffs_with_signs_are_refused(tmp_path):
    image = Image.fromarray(GREY.astype(np.uint16))
    image.save(tmp_path / "a.tif", tiffinfo={SIGN: 2})
    with pytest.raises(BrokenPictureError, match="with signs: give 8 or 16"):
        read(tmp_path / "a.tif")


def profile(name, swapped=False, gamma=None):
    """An ICC profile: sRGB under a name, its red and green swapped, or of another gamma."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(data[128:132], "big")
    entries = {bytes(data[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    if swapped:
        red, green = entries[b"rXYZ"], entries[b"gXYZ"]
        data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    if gamma:
        at = int.from_bytes(data[entries[b"rTRC"] + 4 : entries[b"rTRC"] + 8], "big")
        data[at : at + 16] = b"para" + bytes(8) + int(gamma * 65536).to_bytes(4, "big")
        for each in (b"rTRC", b"gTRC", b"bTRC"):
            data[entries[each] + 4 : entries[each] + 8] = at.to_bytes(4, "big")
            data[entries[each] + 8 : entries[each] + 12] = (16).to_bytes(4, "big")
    at = int.from_bytes(data[entries[b"desc"] + 4 : entries[b"desc"] + 8], "big")
    size = int.from_bytes(data[entries[b"desc"] + 8 : entries[b"desc"] + 12], "big")
    text = name.encode("utf-16-be").ljust(size - 28, b"\0")[: size - 28]
    data[at + 28 : at + size] = text
    data[at + 20 : at + 24] = min(len(name) * 2, size - 28).to_bytes(4, "big")
    return bytes(data)


def test_a_profile_is_what_it_does_and_not_its_name(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (9, 9, 3)).astype(np.uint8)
    for its, same in (
        (profile("mine"), True),
        (profile("sRGB built-in", swapped=True), False),
        (profile("sRGB built-in", gamma=1.0), False),
    ):
        assert ImageCms.ImageCmsProfile(io.BytesIO(its))
        Image.fromarray(pixels).save(tmp_path / "a.png", icc_profile=its)
        assert (read(tmp_path / "a.png") == pixels).all() == same
