"""Pixels of any depth and colour space as 8 bits of sRGB."""

import functools
import io

import numpy as np
from PIL import Image, ImageCms

_BITS, _MEANING, _SIGN = 258, 262, 339  # tags of TIFF: of a channel, of 0, of numbers
_MOST = 65535
# Colours on which a profile is tried, and levels by which it may differ from sRGB: rounding.
_LEVELS = (0, 64, 128, 192, 255)
_PROBE = np.stack(np.meshgrid(_LEVELS, _LEVELS, _LEVELS), axis=-1).reshape(1, -1, 3)
_ROUNDING = 2


class TooDeepError(ValueError):
    """Pixels whose range is not known; the text says so in a few words."""


def in_8_bits(image):
    """An image of more bits a channel, scaled; others as they are.

    Args:
      image: of Pillow.

    Raises:
      TooDeepError: it has more than 16 bits, signs or floating point.
    """
    if image.mode == "F":
        raise TooDeepError("it has floating-point pixels: give 8 or 16 bits a channel")
    if not image.mode.startswith("I"):
        return image
    tags = getattr(image, "tag_v2", {})
    bits = tags.get(_BITS, (16,))[0]
    if bits > 16 or tags.get(_SIGN, (1,))[0] != 1:
        raise TooDeepError(f"it has pixels of {bits} bits or with signs: give 8 or 16 bits")
    levels = np.asarray(image).astype(np.int64)
    if levels.min() < 0 or levels.max() > _MOST:
        raise TooDeepError("it has more than 16 bits a channel: give 8 or 16")
    most = 2**bits - 1
    levels = (levels * 255 + most // 2) // most
    if tags.get(_MEANING) == 0:  # 0 is white, which Pillow minds for up to 8 bits only
        levels = 255 - levels
    scaled = Image.fromarray(np.uint8(levels))
    scaled.info = image.info
    return scaled


def in_srgb(image):
    """An image of 8 bits a channel as RGB, or as RGBA where it may be transparent."""
    profile = image.info.get("icc_profile")
    transparent = image.has_transparency_data
    plain = image.convert("RGBA" if transparent else "RGB")
    if not profile:
        return plain
    source = image.convert("RGB") if image.mode in ("P", "PA", "RGBA", "1") else image
    source = source.convert("L") if source.mode == "LA" else source
    try:
        if source.mode == "RGB" and _is_srgb(profile):
            return plain
        converted = ImageCms.applyTransform(source, _to_srgb(profile, source.mode))
    except (ImageCms.PyCMSError, OSError, ValueError):  # a profile that does not fit its pixels
        return plain
    if transparent:
        converted.putalpha(plain.getchannel("A"))
    converted.info = image.info
    return converted


def _to_srgb(profile, mode):
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")


@functools.lru_cache(maxsize=16)  # milliseconds, and most pictures of a folder have the same
def _is_srgb(profile):
    """Whether a profile's bytes are sRGB by what they do: their name says little."""
    probe = _PROBE.astype(np.uint8)
    after = np.asarray(ImageCms.applyTransform(Image.fromarray(probe), _to_srgb(profile, "RGB")))
    return np.abs(after.astype(int) - probe).max() <= _ROUNDING
