"""Every kind of picture file comes out as the same pixels."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.image_files.bombs import bomb
from tfgen.image_files.reading import BrokenPictureError, examine, read, read_rgb

# Red, green, blue and yellow quarters: what turns, mirrors or swaps channels shows.
QUARTERS = np.zeros((16, 24, 3), np.uint8)
QUARTERS[:8, :12], QUARTERS[:8, 12:] = (200, 30, 30), (30, 200, 30)
QUARTERS[8:, :12], QUARTERS[8:, 12:] = (30, 30, 200), (200, 200, 30)
GREY = np.linspace(0, 255, 16 * 24).round().astype(np.uint8).reshape(16, 24)


@pytest.mark.parametrize("name", ["a.png", "a.PNG", "a.bmp", "a.tiff", "a.ppm", "a.tga", "png.jpg"])
def test_pixels_are_those_that_were_written(tmp_path, name):
    form = "PNG" if name == "png.jpg" else None  # what a file holds counts, not its name
    Image.fromarray(QUARTERS).save(tmp_path / name, form)
    np.testing.assert_array_equal(read(tmp_path / name), QUARTERS)
    assert examine(tmp_path / name) == (24, 16)


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.avif", "a.jfif"])
def test_lossy_files_are_near(tmp_path, name):
    form = "JPEG" if name.endswith("jfif") else None
    Image.fromarray(QUARTERS).save(tmp_path / name, form, quality=95)
    assert np.abs(read(tmp_path / name).astype(int) - QUARTERS).mean() < 8


def test_jpegs_are_decoded_as_opencv_does(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (50, 70, 3)).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "a.jpg"), noise)
    np.testing.assert_array_equal(
        read(tmp_path / "a.jpg"), cv2.imread(str(tmp_path / "a.jpg"))[..., ::-1]
    )


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(tmp_path, orientation):
    undo = {
        1: lambda x: x,
        2: lambda x: x[:, ::-1],
        3: lambda x: x[::-1, ::-1],
        4: lambda x: x[::-1],
        5: lambda x: x.swapaxes(0, 1),
        6: lambda x: np.rot90(x, 1),
        7: lambda x: np.rot90(x, 1)[:, ::-1].swapaxes(0, 1)[::-1].swapaxes(0, 1)[:, ::-1],
        8: lambda x: np.rot90(x, -1),
    }
    stored = (
        QUARTERS[::-1, ::-1].swapaxes(0, 1) if orientation == 7 else undo[orientation](QUARTERS)
    )
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(read(tmp_path / "a.png"), QUARTERS)
    assert examine(tmp_path / "a.png") == (24, 16)


@pytest.mark.parametrize("mode", ["L", "1", "P", "I;16", "LA", "RGBA"])
def test_grey_palettes_bits_and_alpha(tmp_path, mode):
    expected = np.repeat(GREY[..., None], 3, axis=-1)
    image = Image.fromarray(GREY)
    if mode == "I;16":
        image = Image.fromarray(GREY.astype(np.uint16) * 257)
    elif mode == "1":
        expected = np.where(expected > 127, 255, 0)
        image = Image.fromarray(GREY > 127)
    elif mode != "L":
        image = image.convert(mode)
    image.save(tmp_path / "a.png")
    pixels = read(tmp_path / "a.png")
    assert pixels.shape == (16, 24, 3)  # alpha that hides nothing is none
    np.testing.assert_array_equal(pixels, expected)


def test_sixteen_bits_of_colour(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), QUARTERS[..., ::-1].astype(np.uint16) * 257)
    np.testing.assert_array_equal(read(tmp_path / "a.png"), QUARTERS)


@pytest.mark.parametrize("kind", ["RGBA", "palette"])
def test_what_is_transparent_is_white(tmp_path, kind):
    alpha = np.zeros((16, 24), np.uint8)
    alpha[:, :12] = 255
    hidden = np.where(alpha[..., None] > 0, QUARTERS, (255, 0, 255)).astype(np.uint8)
    image = Image.fromarray(np.dstack([hidden, alpha]))
    if kind == "palette":
        image = image.quantize(8)
    image.save(tmp_path / "a.png")
    np.testing.assert_array_equal(read(tmp_path / "a.png")[..., 3], alpha)
    rgb = read_rgb(tmp_path / "a.png").astype(int)
    assert (rgb[:, 12:] == 255).all()
    assert np.abs(rgb[:, :12] - QUARTERS[:, :12]).max() <= 4


def test_half_transparent_is_half_white(tmp_path):
    Image.new("RGBA", (2, 2), (0, 100, 200, 128)).save(tmp_path / "a.png")
    assert read_rgb(tmp_path / "a.png")[0, 0].tolist() == [127, 177, 227]


def test_cmyk_becomes_rgb(tmp_path):
    Image.fromarray(QUARTERS).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    assert np.abs(read(tmp_path / "a.jpg").astype(int) - QUARTERS).mean() < 8


def test_colour_profiles_are_converted(tmp_path):
    linear = ImageCms.createProfile("XYZ"), ImageCms.createProfile("sRGB")
    assert linear  # littleCMS is there
    lab = ImageCms.profileToProfile(
        Image.fromarray(QUARTERS), linear[1], ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    lab.save(tmp_path / "lab.tiff", icc_profile=profile)
    assert np.abs(read(tmp_path / "lab.tiff").astype(int) - QUARTERS).mean() < 6
    # One that is no profile, or does not fit, changes nothing.
    Image.fromarray(QUARTERS).save(tmp_path / "b.png", icc_profile=b"no profile")
    np.testing.assert_array_equal(read(tmp_path / "b.png"), QUARTERS)


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_the_first_of_several_frames(tmp_path, name):
    frames = [Image.fromarray(x) for x in (QUARTERS, 255 - QUARTERS)]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], lossless=True)
    np.testing.assert_array_equal(read(tmp_path / name), QUARTERS)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.tiff", "a.bmp"])
@pytest.mark.parametrize("share", [0.0, 0.4, 0.9])
def test_a_file_that_was_cut_off_is_none(tmp_path, name, share):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    Image.fromarray(noise).save(tmp_path / name)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(share * len(data))])
    with pytest.raises(BrokenPictureError, match=rf"{name} cannot be used \(.+\): give another"):
        read(tmp_path / name)


def test_a_bomb_is_refused_by_its_header(tmp_path):
    (tmp_path / "bomb.png").write_bytes(bomb())
    message = "30000 x 30000 pixels, more than max_megapixels=100"
    with pytest.raises(BrokenPictureError, match=message):
        read(tmp_path / "bomb.png")
    Image.fromarray(QUARTERS).save(tmp_path / "a.png")
    with pytest.raises(BrokenPictureError, match=r"more than max_megapixels=0\.0001"):
        read(tmp_path / "a.png", max_megapixels=1e-4)


def test_floats_are_refused(tmp_path):
    Image.fromarray(GREY.astype(np.float32)).save(tmp_path / "a.tiff")
    with pytest.raises(BrokenPictureError, match="floating-point pixels: give 8 or 16 bits"):
        read(tmp_path / "a.tiff")


def test_a_text_and_a_picture_in_memory_is_told_apart(tmp_path):
    (tmp_path / "a.png").write_text("<html>404</html>")
    with pytest.raises(BrokenPictureError, match="it is no picture that can be read"):
        examine(tmp_path / "a.png")
    data = io.BytesIO()
    Image.fromarray(QUARTERS).save(data, "PNG")
    (tmp_path / "b.jpg").write_bytes(data.getvalue() + b"\0" * 100)  # something behind its end
    np.testing.assert_array_equal(read(tmp_path / "b.jpg"), QUARTERS)
