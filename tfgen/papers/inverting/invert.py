"""Inverts the features of a user's own photographs, or features from a file."""

from pathlib import Path

import cv2
import numpy as np

from tfgen.data.photos import central_square
from tfgen.errors import InputError, one_line
from tfgen.pixels import as_uint8, from_uint8
from tfgen.runs.restore import restore
from tfgen.training.run_directory import RunDirectory


def invert(run_dir, paths, feature=""):
    """Draws what features are of.

    Args:
      run_dir: of a run that inverts features.
      paths: of photographs, whose middle squares are described and drawn again, or of .npy files
        of features [n, …].
      feature: that the run is to invert; empty: whichever it does.

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
    model = restore(run_dir).networks["model"]
    pairs = []
    for path in paths:
        if Path(path).suffix == ".npy":
            pairs.append((None, as_uint8(model.invert(_features(path, model.feature_shape)))))
            continue
        seen = _photo(path, model.image_size)[np.newaxis]
        drawn = model(from_uint8(seen))["image"]
        pairs.append((seen, as_uint8(drawn)))
    return pairs


def _photo(path, size):
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise InputError(f"{path} is no picture that can be read: give a PNG or JPEG file.")
    if min(pixels.shape[:2]) < size:
        raise InputError(
            f"{path} has {pixels.shape[1]} x {pixels.shape[0]} pixels, the model takes {size}: "
            "give a larger one."
        )
    return central_square(pixels[..., ::-1], size)


def _features(path, shape):
    try:
        features = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read ({one_line(error)}): give an array of features."
        ) from None
    if features.shape == shape:
        features = features[np.newaxis]
    if features.shape[1:] != shape or features.dtype.kind not in "fiub":
        raise InputError(
            f"{path} is an array of {features.dtype} {features.shape}: this model inverts rows of "
            f"{shape}."
        )
    return np.float32(features)
