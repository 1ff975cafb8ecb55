"""Animated GIFs."""

import io

import numpy as np
from PIL import Image

from tfgen.files import write_bytes
from tfgen.pictures.image_grid import enlarged

# Frames smaller than this are enlarged by a whole factor.
_MIN_SIDE = 192


def write_gif(path, frames, seconds_a_frame=0.08):
    """Writes frames as an endless GIF.

    Args:
      path: of the file; it appears when it is whole.
      frames: [n, h, w, 3] uint8.
      seconds_a_frame: time that each is shown.

    Raises:
      InputError: the folder cannot be written.
    """
    factor = max(1, -(-_MIN_SIDE // frames.shape[2]))
    pictures = [Image.fromarray(enlarged(frame, factor)) for frame in frames]
    # One palette for all, without dithering: the white background stays white and still.
    strip = Image.new("RGB", (pictures[0].width, pictures[0].height * len(pictures)))
    for i, picture in enumerate(pictures):
        strip.paste(picture, (0, i * picture.height))
    palette = strip.quantize(colors=256, method=Image.Quantize.MEDIANCUT)
    colors = np.array(palette.getpalette()).reshape(-1, 3)
    colors[(colors >= 250).all(axis=1)] = 255
    palette.putpalette(colors.ravel().tolist())
    pictures = [p.quantize(palette=palette, dither=Image.Dither.NONE) for p in pictures]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 * seconds_a_frame),
        loop=0,
        disposal=2,
    )
    write_bytes(path, buffer.getvalue())
