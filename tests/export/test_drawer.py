"""One interface to draw with, whatever lies on disk."""

import numpy as np
import pytest

from tfgen.errors import InputError
from tfgen.loading import load_drawer
from tfgen.papers.chairs.drawing import generator_drawing


def test_a_saved_model_draws_like_its_generator(exported, generator, labels):
    drawer = load_drawer(exported.parent)  # the newest version of the model
    views = (np.eye(5)[[1, 2]], [10.0, 50.0], [20.0, 20.0], np.zeros((2, 8)))
    images, masks = drawer(*views)
    expected, expected_masks = generator_drawing(generator)(
        dict(zip(labels.description.names, views, strict=True))
    )
    assert np.abs(images.astype(int) - expected).max() <= 1
    assert np.abs(masks.astype(int) - expected_masks).max() <= 1
    assert drawer.style_names == labels.style_names
    assert drawer.image_size == 64


def test_more_views_than_a_batch_are_drawn(exported):
    drawer = load_drawer(exported)
    n = 130
    weights = np.eye(5)[np.arange(n) % 5]
    images, masks = drawer(weights, np.arange(n), np.full(n, 20), np.zeros((n, 8)))
    assert images.shape == (n, 64, 64, 3)
    assert masks.shape == (n, 64, 64, 1)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="is no folder"):
        load_drawer(tmp_path / "none")


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(InputError, match="neither a run"):
        load_drawer(tmp_path)
