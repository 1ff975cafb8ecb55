"""Turns an object from a user's own pictures around: reads them, fits a style, draws."""

from pathlib import Path

import cv2
import numpy as np

from tfgen.data.drawings.aubry_preparation import object_mask, prepare_view, square_box
from tfgen.data.drawings.examples import over_black
from tfgen.errors import InputError
from tfgen.papers.chairs.style_fitting import StyleFitter
from tfgen.runs.restore import restore


def read_pictures(paths, size):
    """Pictures of one object, as a generator was trained on them.

    An alpha channel is the object's mask; without one, what is not white is the object.

    Args:
      paths: of PNG or JPEG files.
      size: of the generator's images.

    Returns:
      (images [n, size, size, 3] over black, masks [n, size, size, 1]), float32 in [0, 1].

    Raises:
      InputError: a file is no picture, or shows nothing before its background.
    """
    images, masks = [], []
    for path in paths:
        pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if pixels is None or pixels.dtype != np.uint8:
            raise InputError(f"{path} is no picture that can be read: give a PNG or JPEG file.")
        image, mask = _over_white(pixels)
        if mask.all() or not mask.any():
            raise InputError(
                f"{path} shows no object before a white or transparent background: cut it out."
            )
        image, mask = prepare_view(image, mask, square_box([mask]), size)
        images.append(over_black(image, mask))
        masks.append(mask)
    return np.stack(images) / np.float32(255), np.stack(masks) / np.float32(255)


def fit(run_dir, pictures, angles):
    """Fits a style to pictures.

    Args:
      run_dir: of a run.
      pictures: paths.
      angles: name of an angle condition -> degrees, one a picture; those that are missing are found
        too.

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
    images, masks = read_pictures(pictures, generator.spec.image_size)
    fitter = StyleFitter(generator)
    fitted = fitter.fit(images, masks, angles)
    return fitted, fitter, (255 * (images + 1 - masks)).round().astype(np.uint8)


def _over_white(pixels):
    """(image [h, w, 3] RGB over white, mask [h, w] bool) of what OpenCV read."""
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    image = pixels[..., 2::-1]
    if pixels.shape[-1] == 3:
        return image, object_mask(image)
    alpha = pixels[..., 3:].astype(np.float32) / 255
    over = (image * alpha + 255 * (1 - alpha)).round().astype(np.uint8)
    return over, alpha[..., 0] > 0.5
