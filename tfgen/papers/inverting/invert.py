"""Inverts the features of a user's own photographs, or features from a file."""

from pathlib import Path

import numpy as np

from tfgen.data.photos import central_square
from tfgen.errors import InputError, renamed
from tfgen.features.stored import check_finite, number_array
from tfgen.image_files.reading import MAX_MEGAPIXELS, read_rgb, shown
from tfgen.papers.inverting.windows import invert_in_windows
from tfgen.pixels import as_uint8, from_uint8
from tfgen.runs.restore import restore
from tfgen.training.run_directory import RunDirectory


def invert(run_dir, paths, feature="", max_megapixels=MAX_MEGAPIXELS, image_size=0):
    """Draws what features are of.

    Args:
      run_dir: of a run that inverts features.
      paths: of photographs, whose middle squares are described and drawn again, or of .npy files
        of features [n, …].
      feature: that the run is to invert; empty: whichever it does.
      max_megapixels: most million pixels of a photograph.
      image_size: height and width of what is described and drawn, by `windows`, where features
        are maps; 0: as it was trained.

    Returns:
      (images seen [n, s, s, 3] uint8, or None where features came from a file; images drawn, of
      the same shape), one pair a path.

    Raises:
      InputError: there is no such run, it inverts something else, or a file cannot be used.
    """
    settings = RunDirectory(run_dir).read_settings()
    if settings.task != "inversion":
        raise InputError(
            f"`run_dir`={run_dir} is a run of `task`={settings.task}: give one of an inversion."
        )
    if feature and feature != settings.features.feature:
        raise InputError(
            f"`run_dir`={run_dir} inverts {settings.features.feature}, not `feature`={feature}: "
            "give another run."
        )
    model, extract, draw = opened(run_dir, image_size)
    size = image_size or model.image_size
    pairs = []
    for path in paths:
        if Path(path).suffix in (".npy", ".npz"):
            pairs.append((None, as_uint8(model.invert(_features(path, model.feature_shape)))))
            continue
        seen = _photo(path, size, max_megapixels)[np.newaxis]
        pairs.append((seen, as_uint8(draw(extract(from_uint8(seen))))))
    return pairs


def opened(run_dir, image_size=0):
    """A run's inverter for images of a size.

    Args:
      run_dir: of a run that inverts features.
      image_size: height and width; 0: as it was trained.

    Returns:
      (`inverter.Inverter`; function of images [n, s, s, 3] in [0, 1] to features; function of
      features to images).

    Raises:
      InputError: there is no such run, or it cannot draw at that size.
    """
    run = restore(run_dir)
    model = run.networks["model"]
    if image_size in (0, model.image_size):
        return model, model.extract, model.invert
    if model.finetune:
        raise InputError(
            f"`image_size`={image_size} must be that of training where the feature's network was "
            "trained along: leave it out."
        )
    extract = run.task.extractor(image_size=image_size)
    return model, extract, lambda features: invert_in_windows(model, np.asarray(features))


def _photo(path, size, max_megapixels):
    pixels = read_rgb(path, max_megapixels)
    if min(pixels.shape[:2]) < size:
        raise InputError(
            f"{shown(path)} has {pixels.shape[1]} x {pixels.shape[0]} pixels, the model takes "
            f"{size}: give a larger one."
        )
    return central_square(pixels, size)


def _features(path, shape):
    with renamed(path=None):
        rows = number_array(path)
        rows = rows[np.newaxis] if rows.shape == shape else rows
        if rows.shape[1:] != shape or not rows.size:
            raise InputError(
                f"{path} is an array of {rows.dtype} {rows.shape}: this model inverts rows of "
                f"{shape}."
            )
        check_finite(rows, path)
    return np.float32(rows)
