"""Turns an object from a user's own pictures around: reads them, fits a style, draws."""

from pathlib import Path

import numpy as np

from tfgen.data.drawings.aubry_preparation import object_mask, prepare_view, square_box
from tfgen.data.drawings.examples import over_black
from tfgen.errors import InputError
from tfgen.image_files.reading import MAX_MEGAPIXELS, over_white, read, shown
from tfgen.papers.chairs.style_fitting import StyleFitter
from tfgen.runs.restore import restore

_OPAQUE = 127  # alpha, of 255, from which on a pixel is the object's


def read_pictures(paths, size, max_megapixels=MAX_MEGAPIXELS):
    """Pictures of one object, as a generator was trained on them.

    An alpha channel is the object's mask; without one, what is not white is the object.

    Args:
      paths: of picture files.
      size: of the generator's images.
      max_megapixels: most million pixels of a file.

    Returns:
      (images [n, size, size, 3] over black, masks [n, size, size, 1]), float32 in [0, 1].

    Raises:
      InputError: a file is no picture, or shows nothing before its background.
    """
    images, masks = [], []
    for path in paths:
        pixels = read(path, max_megapixels)
        image = over_white(pixels)
        mask = pixels[..., 3] > _OPAQUE if pixels.shape[-1] == 4 else object_mask(image)
        if mask.all() or not mask.any():
            raise InputError(
                f"{shown(path)} shows no object before a white or transparent background: "
                "cut it out."
            )
        image, mask = prepare_view(image, mask, square_box([mask]), size)
        images.append(over_black(image, mask))
        masks.append(mask)
    return np.stack(images) / np.float32(255), np.stack(masks) / np.float32(255)


def fit(run_dir, pictures, angles, max_megapixels=MAX_MEGAPIXELS):
    """Fits a style to pictures.

    Args:
      run_dir: of a run.
      pictures: paths.
      angles: name of an angle condition -> degrees, one a picture; those that are missing are found
        too.
      max_megapixels: most million pixels of a picture.

    Returns:
      (`style_fitting.FittedStyle`, the StyleFitter to draw it with, the images read,
      [n, s, s, 3] uint8 over white).

    Raises:
      InputError: there is no such run, a picture cannot be used, or the views are not as many.
    """
    for name, degrees in angles.items():
        if len(degrees) != len(pictures):
            raise InputError(
                f"`{name}` has {len(degrees)} angles for {len(pictures)} pictures: give one each."
            )
    if not (Path(run_dir) / "flags.txt").is_file():
        raise InputError(f"`run_dir`={run_dir} is no run's folder: give one (runs/chairs).")
    generator = restore(run_dir).networks["generator"]
    known = generator.description.names
    for name in angles:
        if name not in known:
            raise InputError(
                f"`{name}` is not possible: this model's conditions are {', '.join(known)}."
            )
    images, masks = read_pictures(pictures, generator.spec.image_size, max_megapixels)
    fitter = StyleFitter(generator)
    fitted = fitter.fit(images, masks, angles)
    return fitted, fitter, (255 * (images + 1 - masks)).round().astype(np.uint8)
