"""Preparation of the rendered chairs of Aubry et al., as section 4 of the chairs paper tells it.

Cropped to a small border, padded to a square with white, resized, masked by subtracting the white
background. We crop all views of a model by one box, where the paper crops each image by its own:
so a chair keeps its size while it turns, and a generator need not learn sizes by heart.
"""

import dataclasses
import re
from pathlib import Path

import cv2
import numpy as np

from tfgen.errors import InputError
from tfgen.pictures.image_grid import encode_png
from tfgen.pixels import as_float32
from tfgen.rendering.turntable import Failure, Frames, evenly_spaced

AZIMUTHS = evenly_spaced(31)  # in the files' names rounded down to whole degrees
ELEVATIONS = (20.0, 30.0)
# Share of the image's side that stays white around the chair.
BORDER = 0.04
# Grey levels from white that still count as background: the renders' own noise.
BACKGROUND_TOLERANCE = 8
_FILE_NAME = re.compile(r"image_(\d+)_p(\d+)_t(\d+)_r(\d+)\.png")
# Silhouettes that decide on near-duplicates: so many views, of so many pixels a side.
_SILHOUETTE_VIEWS = 8
_SILHOUETTE_SIZE = 32


@dataclasses.dataclass(frozen=True)
class AubryModel:
    """The folder of one model: renders/image_NNN_pPPP_tTTT_rRRR.png.

    Attributes:
      path: of the model's folder.
      name: the model's id.
    """

    path: str
    name: str
    category: str = "chairs"

    def files(self):
        """(azimuth, elevation) -> path of its render.

        Raises:
          InputError: views are missing.
        """
        renders = {}
        for path in (Path(self.path) / "renders").glob("image_*.png"):
            match = _FILE_NAME.fullmatch(path.name)
            if match:
                elevation, azimuth = int(match[2]), int(match[3])
                renders[azimuth, elevation] = path
        files = {}
        for elevation in ELEVATIONS:
            for azimuth in AZIMUTHS:
                # Names round down; tolerate those that round to the nearest.
                for degrees in (int(azimuth), round(azimuth)):
                    if (degrees, int(elevation)) in renders:
                        files[azimuth, elevation] = renders[degrees, int(elevation)]
                        break
        missing = len(AZIMUTHS) * len(ELEVATIONS) - len(files)
        if missing:
            raise InputError(f"{self.path}: {missing} of its views are missing")
        return files


def read_render(path):
    """An RGB image, [h, w, 3] uint8.

    Raises:
      InputError: the file is truncated or no image.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f"{path}: truncated or no image")
    return image[..., ::-1]


def object_mask(image):
    """The object's mask by subtracting the white background: [h, w] bool."""
    return (255 - image.astype(int)).max(axis=-1) > BACKGROUND_TOLERANCE


def square_box(masks, border=BORDER):
    """The smallest square around what any mask covers, with a border.

    Args:
      masks: list of [h, w] bool.

    Returns:
      (left, top, side) in pixels; it may reach beyond the image.
    """
    covered = np.any(masks, axis=0)
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    if not len(rows):
        raise InputError("there is no object before the background")
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    side = int(np.ceil(max(bottom - top, right - left) / (1 - 2 * border)))
    return (left + right - side) // 2, (top + bottom - side) // 2, side


def crop(pixels, box, fill):
    """Cuts a box out of [h, w, …] pixels; what lies beyond them is filled."""
    left, top, side = box
    height, width = pixels.shape[:2]
    result = np.full((side, side, *pixels.shape[2:]), fill, pixels.dtype)
    y0, y1 = max(top, 0), min(top + side, height)
    x0, x1 = max(left, 0), min(left + side, width)
    result[y0 - top : y1 - top, x0 - left : x1 - left] = pixels[y0:y1, x0:x1]
    return result


def prepare_view(image, mask, box, size):
    """Crops and resizes one view.

    Args:
      image: [h, w, 3] uint8 over white; mask: [h, w] bool.
      box: as `square_box` returns it.
      size: height and width of the result.

    Returns:
      (image [size, size, 3] uint8 over white, mask [size, size, 1] uint8).
    """
    # The background is made exactly white, so that masked colours come out exactly.
    image = np.where(mask[..., None], image, np.uint8(255))
    image, mask = crop(image, box, 255), crop(mask.astype(np.uint8) * 255, box, 0)
    shrinking = box[2] >= size
    interpolation = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    image = cv2.resize(image, (size, size), interpolation=interpolation)
    mask = cv2.resize(mask, (size, size), interpolation=interpolation)
    return image, mask[..., None]


def prepare_model(model, size):
    """All views of a model, prepared: Frames, or a Failure that says what is wrong."""
    try:
        renders = [read_render(path) for path in model.files().values()]
        masks = [object_mask(image) for image in renders]
        if len({mask.shape for mask in masks}) > 1:
            raise InputError(f"{model.path}: its renders differ in size")
        box = square_box(masks)
        views = [
            prepare_view(image, mask, box, size) for image, mask in zip(renders, masks, strict=True)
        ]
    except InputError as error:
        return Failure(model.name, str(error))
    images = [encode_png(image) for image, _ in views]
    return Frames(model.name, images, [encode_png(mask) for _, mask in views])


def silhouettes(model):
    """Small silhouettes of a model from a few views, or a Failure.

    Every file is read, so that a truncated one is found here.

    Returns:
      [views * pixels] float32 in [0, 1].
    """
    frames = prepare_model(model, _SILHOUETTE_SIZE)
    if isinstance(frames, Failure):
        return frames
    chosen = np.linspace(0, len(AZIMUTHS), _SILHOUETTE_VIEWS, endpoint=False).astype(int)
    masks = [
        cv2.imdecode(np.frombuffer(frames.masks[i], np.uint8), cv2.IMREAD_GRAYSCALE) for i in chosen
    ]
    return as_float32(masks).ravel()


def near_duplicates(signatures, threshold):
    """Which models look like an earlier one, but for their colours.

    Args:
      signatures: [models, n] float32, from `silhouettes`.
      threshold: intersection over union of the silhouettes from which on two models are alike.

    Returns:
      dict: index of a near-duplicate -> index of the earlier model that is kept.
    """
    kept, duplicates = [], {}
    for i, signature in enumerate(signatures):
        if kept:
            others = signatures[kept]
            both = np.minimum(others, signature).sum(axis=1)
            either = np.maximum(others, signature).sum(axis=1)
            overlap = both / np.maximum(either, 1e-9)
            nearest = overlap.argmax()
            if overlap[nearest] >= threshold:
                duplicates[i] = kept[nearest]
                continue
        kept.append(i)
    return duplicates
