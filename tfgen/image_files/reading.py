"""One reader for every picture file: photographs, pictures to fit, textures of meshes.

Whatever a file holds (grey, palette, CMYK, 1 or 16 bits, alpha, a camera's orientation, a colour
profile, several frames), what comes out is the same: 8 bits of sRGB, upright, the first frame.
"""

import contextlib
import io
import os
import stat
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from tfgen.errors import InputError, one_line
from tfgen.image_files.color import TooDeepError, in_8_bits, in_srgb
from tfgen.image_files.endings import is_cut_off
from tfgen.image_files.other_kinds import HEAD, HEIC, RAW, foreign, is_raw

# Suffixes of files that are taken for pictures, in any case; what they hold decides how.
SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".bmp", ".dib", ".gif", ".tif", ".tiff"),
    *(".webp", ".avif", ".heic", ".heif", ".jp2", ".tga", ".ppm", ".pgm", ".pbm", ".pnm"),
)
MAX_MEGAPIXELS = 100.0
# What is tried, whatever a file's name: pictures, those of older meshes among them. Nothing here
# starts another program, as PostScript would, or shows only what a document keeps as a preview.
_FORMATS = ["JPEG", "PNG", "GIF", "BMP", "DIB", "TIFF", "WEBP", "AVIF", "JPEG2000", "PPM"]
_FORMATS += ["DDS", "PCX", "SGI", "ICO", "QOI", "TGA"]

# Sizes are checked here, before anything is decoded, and by a limit that users can change.
Image.MAX_IMAGE_PIXELS = None
# What it thinks of a file's remarks on the camera is nothing that a user can mend.
warnings.filterwarnings("ignore", module=r"PIL\.")
with contextlib.suppress(ImportError):
    import pillow_heif

    pillow_heif.register_heif_opener()
    _FORMATS.append("HEIF")


class BrokenPictureError(InputError):
    """A file cannot be used as a picture; `reason` says why, in a few words."""

    def __init__(self, path, reason):
        name = "a picture" if isinstance(path, bytes) else shown(path)
        super().__init__(f"{name} cannot be used ({reason}): give another picture.")
        self.reason = reason


def shown(path):
    """A path as text that can be printed, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "replace").replace("`", "'")


def examine(path, max_megapixels=MAX_MEGAPIXELS):
    """Looks at a picture file without decoding it: a tenth of a millisecond.

    Args:
      path: of the file.
      max_megapixels: most million pixels that it may have.

    Returns:
      (width, height), upright.

    Raises:
      BrokenPictureError: it is no regular file, no picture, cut off, or larger.
    """
    with _opened(path, max_megapixels) as image:
        width, height = image.size
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    return (height, width) if turned else (width, height)


def read_rgb(path, max_megapixels=MAX_MEGAPIXELS):
    """A picture over white where it is transparent: [h, w, 3] uint8 sRGB.

    Raises:
      BrokenPictureError: as of `examine`, or it cannot be decoded as a whole.
    """
    return over_white(read(path, max_megapixels))


def read(path, max_megapixels=MAX_MEGAPIXELS):
    """A picture: [h, w, 3] uint8 sRGB, or [h, w, 4] with its alpha where some of it is transparent.

    Args:
      path: of a file, or the bytes of one.
      max_megapixels: most million pixels that it may have.

    Raises:
      BrokenPictureError: as of `examine`, or it cannot be decoded as a whole.
    """
    with _opened(path, max_megapixels) as image:
        try:
            if image.format == "PNG":  # its check sums, which decoding passes over
                with Image.open(_file_of(path), formats=_FORMATS) as again:
                    again.verify()
            image.load()
            pixels = np.asarray(ImageOps.exif_transpose(in_srgb(in_8_bits(image))))
        except TooDeepError as error:
            raise BrokenPictureError(path, str(error)) from None
        except Exception as error:  # its readers raise what they like for files that are damaged
            raise BrokenPictureError(path, _reason(error)) from None
    if pixels.shape[-1] == 4 and (pixels[..., 3] == 255).all():
        pixels = pixels[..., :3]
    return np.ascontiguousarray(pixels)


def over_white(pixels):
    """A picture as `read` gives it, [h, w, 3 or 4] uint8, over white: [h, w, 3] uint8."""
    if pixels.shape[-1] == 3:
        return pixels
    colors, alpha = pixels[..., :3].astype(np.uint16), pixels[..., 3:].astype(np.uint16)
    return ((colors * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


@contextlib.contextmanager
def _opened(path, max_megapixels):
    """An image whose header was read and checked."""
    size = len(path) if isinstance(path, bytes) else _size_of(Path(path))
    try:
        file = _file_of(path)
    except OSError as error:
        raise BrokenPictureError(path, error.strerror) from None
    with file:
        head = file.read(HEAD)
        file.seek(0)
        try:
            image = Image.open(file, formats=_FORMATS)
        except Exception as error:
            raise BrokenPictureError(path, _no_picture(path, head, error)) from None
        if is_raw(image, head, _name_of(path)):
            raise BrokenPictureError(path, f"it is {RAW}")
        width, height = image.size
        if width * height > 1e6 * max_megapixels:
            reason = f"it has {width} x {height} pixels, more than `max_megapixels`"
            raise BrokenPictureError(path, f"{reason}={max_megapixels:g}")
        if is_cut_off(file, image.format, size):
            raise BrokenPictureError(path, "its end is missing")
        yield image


def _file_of(path):
    return io.BytesIO(path) if isinstance(path, bytes) else Path(path).open("rb")


def _size_of(path):
    """Bytes of a regular file that is not empty; BrokenPictureError for anything else."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        link = path.is_symlink() and not path.exists()
        reason = getattr(error, "strerror", None) or one_line(error)
        reason = "it is a link to what does not exist" if link else reason
        raise BrokenPictureError(path, reason) from None
    if not stat.S_ISREG(status.st_mode):  # to open a pipe would wait for its writer
        raise BrokenPictureError(path, "it is no regular file")
    if not status.st_size:
        raise BrokenPictureError(path, "it is empty")
    return status.st_size


def _no_picture(path, head, error):
    """Why a file could not be opened."""
    kind = foreign(head, _name_of(path))
    if kind is not None and not (kind == HEIC and "HEIF" in _FORMATS):
        return f"it is {kind}"
    if isinstance(error, Image.UnidentifiedImageError):
        return "it is no picture that can be read"
    return _reason(error)


def _name_of(path):
    return "" if isinstance(path, bytes) else shown(path)


def _reason(error):
    return f"it is damaged ({one_line(error, 100)})" if str(error) else "it is damaged"
