"""Large maps drawn window by window."""

import types

import numpy as np
import pytest

from tfgen.errors import InputError
from tfgen.papers.inverting.windows import invert_in_windows


def model(shape=(4, 4, 3), size=8, border=0.0):
    """An inverter that draws each place's numbers, and at its images' border `border` more."""

    def invert(features):
        images = features.repeat(2, axis=1).repeat(2, axis=2).copy()
        images[:, [0, -1]] += border
        images[:, :, [0, -1]] += border
        return images

    return types.SimpleNamespace(feature_shape=shape, image_size=size, invert=invert)


@pytest.mark.parametrize("size", [(4, 4), (9, 11), (16, 5)])
def test_windows_fit_together(size):
    features = np.random.default_rng(0).random((70, *size, 3), np.float32)
    drawn = invert_in_windows(model(), features)
    np.testing.assert_allclose(drawn, features.repeat(2, axis=1).repeat(2, axis=2), atol=1e-6)


def test_what_windows_do_at_their_border_is_hardly_seen():
    features = np.full((1, 12, 12, 3), 0.5, np.float32)
    drawn = invert_in_windows(model(border=0.2), features)
    assert np.abs(drawn[:, 1:-1, 1:-1] - 0.5).max() < 0.05


def test_vectors_and_small_maps_are_refused():
    with pytest.raises(InputError, match="image_size must be that of training, for what is"):
        invert_in_windows(model((10,)), np.zeros((1, 10), np.float32))
    with pytest.raises(InputError, match="image_size is smaller than the 8 px"):
        invert_in_windows(model(), np.zeros((1, 3, 8, 3), np.float32))
