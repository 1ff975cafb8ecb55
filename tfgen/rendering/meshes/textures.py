"""Pictures that meshes wear: their pixels and how opaque these are."""

import numpy as np
from PIL import Image

from tfgen.errors import InputError
from tfgen.image_files.reading import BrokenPictureError, read


def decode(data):
    """The pixels of a picture file: [h, w, 4] float32 in [0, 1], sRGB and opacity.

    Raises:
      InputError: it is no picture that can be read, or too large.
    """
    try:
        pixels = read(data).astype(np.float32) / np.float32(255)
    except BrokenPictureError as error:
        raise InputError(error.reason.replace("`", "")) from None
    if pixels.shape[-1] == 4:
        return pixels
    return np.dstack([pixels, np.ones(pixels.shape[:2], np.float32)])


def with_opacity(pixels, opacity):
    """A picture whose opacity is multiplied by another picture's.

    The other one says it by its own opacity, if it has any, else by its brightness.

    Args:
      pixels, opacity: [h, w, 4] and [h', w', 4] float32.
    """
    same = opacity.shape == pixels.shape and (opacity == pixels).all()
    alpha = opacity[..., 3]
    if same:  # one picture stands for both: its opacity counts once, its colours are no opacity
        return pixels
    if alpha.min() == 1:
        alpha = opacity[..., :3] @ np.float32([0.299, 0.587, 0.114])
    levels = Image.fromarray(np.rint(alpha * 255).astype(np.uint8))
    if levels.size != (pixels.shape[1], pixels.shape[0]):
        levels = levels.resize((pixels.shape[1], pixels.shape[0]), Image.Resampling.BILINEAR)
    alpha = np.asarray(levels, np.float32) / np.float32(255)
    return np.dstack([pixels[..., :3], alpha * pixels[..., 3]])


def without_empty_opacity(pixels):
    """A picture as it is, but opaque if its opacity is 0 all over: nobody meant that."""
    if pixels[..., 3].max(initial=0) == 0:
        pixels = pixels.copy()
        pixels[..., 3] = 1
    return pixels
