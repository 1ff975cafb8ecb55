"""Pictures that meshes wear, as Pillow reads them: every mode to RGBA, and none too large."""

import io

import numpy as np
from PIL import Image

from tfgen.errors import InputError

# Of one picture; what its header says is checked before anything is decoded.
MAX_MEGAPIXELS = 100


def decode(data):
    """The pixels of a picture file: [h, w, 4] float32 in [0, 1], sRGB and opacity.

    Raises:
      InputError: it is no picture that can be read, or too large.
    """
    try:
        image = Image.open(io.BytesIO(data))
        megapixels = image.width * image.height / 1e6
        if megapixels > MAX_MEGAPIXELS:
            raise InputError(f"it has {megapixels:,.0f} megapixels, more than {MAX_MEGAPIXELS}")
        image.load()
    except InputError:
        raise
    except Image.DecompressionBombError:
        raise InputError(f"it has more than {MAX_MEGAPIXELS} megapixels") from None
    except Exception:  # whatever Pillow's readers raise for strangers' files
        raise InputError("it is no picture that can be read") from None
    return _rgba(image)


def _rgba(image):
    if image.mode.startswith("I") or image.mode == "F":
        levels = np.asarray(image, np.float32)
        # Pillow widens 16 bit grey to 32; grey of floats is in [0, 1] or of 255.
        most = 65535 if image.mode.startswith("I") else 255 if levels.max(initial=0) > 1 else 1
        grey = np.clip(levels / np.float32(most), 0, 1)
        return np.stack([grey, grey, grey, np.ones_like(grey)], axis=-1)
    return np.asarray(image.convert("RGBA"), np.float32) / np.float32(255)


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
