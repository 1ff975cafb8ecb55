"""Images larger than those that an inverter was trained on, drawn window by window.

The networks for HOG, SIFT and LBP are convolutions all through, and take maps of any size; but at
64 px their narrowest maps are a single place with nothing but padding around it, and what they
draw of larger maps as a whole is black. So maps are cut into windows of the size of training, and
what is drawn of them is blended.
"""

import itertools

import numpy as np

from tfgen.errors import InputError

_BATCH = 64
# Windows to each side of which every place is drawn.
_OVERLAP = 2


def invert_in_windows(model, features):
    """Draws maps of features that are larger than those of training.

    Args:
      model: `inverter.Inverter`.
      features: [n, h, w, c], of images of any one size.

    Returns:
      Images [n, s, t, 3] float32 in [0, 1].

    Raises:
      InputError: what is inverted is no map, or the features are smaller than a window.
    """
    if len(model.feature_shape) != 3:
        raise InputError(
            "`image_size` must be that of training, for what is inverted is a vector: leave it out."
        )
    (high, wide, _), size = model.feature_shape, model.image_size
    n, height, width, _ = features.shape
    if height < high or width < wide:
        raise InputError(
            f"`image_size` is smaller than the {size} px that the network was trained at: give at "
            "least those."
        )
    cell = size // high
    places = list(itertools.product(_starts(height, high), _starts(width, wide)))
    blend = _hann(size)
    total = np.zeros((n, height * cell, width * cell, 3), np.float32)
    weight = np.zeros((1, height * cell, width * cell, 1), np.float32)
    for y, x in places:
        window = np.ascontiguousarray(features[:, y : y + high, x : x + wide])
        drawn = [model.invert(window[i : i + _BATCH]) for i in range(0, n, _BATCH)]
        where = np.s_[:, y * cell : y * cell + size, x * cell : x * cell + size]
        total[where] += blend * np.clip(np.concatenate(drawn), 0, 1)
        weight[where] += blend
    return total / weight


def _starts(length, window):
    """Where windows begin, so that they overlap by half and reach both ends."""
    step = max(1, window // _OVERLAP)
    return sorted({*range(0, length - window + 1, step), length - window})


def _hann(size):
    """[1, size, size, 1]: most in the middle of a window, and somewhat at its border."""
    profile = np.hanning(size + 2)[1:-1].astype(np.float32)
    return np.outer(profile, profile)[None, ..., None]
