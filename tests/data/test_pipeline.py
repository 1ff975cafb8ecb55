"""Batches are a pure function of seed and step."""

import numpy as np
import pytest

from tfgen.data import pipeline
from tfgen.data.examples import over_black
from tfgen.data.transforms import TransformRanges

RANGES = TransformRanges.of_strength(1.0)


def batches(examples, count, **kwargs):
    settings = {"num_styles": 5, "batch_size": 8, "ranges": RANGES, "seed": 1} | kwargs
    dataset = pipeline.training_batches(examples, **settings)
    return list(dataset.take(count).as_numpy_iterator())


def assert_same(a, b):
    for x, y in zip(a, b, strict=True):
        for name in x:
            np.testing.assert_array_equal(x[name], y[name])


def test_starting_at_a_step_is_the_same_as_getting_there(examples):
    whole = batches(examples, 12)
    rest = batches(examples, 5, start_step=7)
    for a, b in zip(whole[7:], rest, strict=True):
        assert_same(a, b)


def test_another_seed_is_another_order(examples):
    a, b = batches(examples, 1)[0], batches(examples, 1, seed=2)[0]
    assert not np.array_equal(a[0]["transform"], b[0]["transform"])


def test_each_pass_sees_every_example_once_in_an_order_of_its_own(examples):
    seen = [
        (int(style.argmax()), round(float(np.arctan2(view[0], view[1])), 3))
        for inputs, _ in batches(examples, 12, batch_size=10, ranges=None)
        for style, view in zip(inputs["style"], inputs["viewpoint"], strict=True)
    ]
    first, second = seen[:60], seen[60:]
    assert len(set(first)) == 60
    assert sorted(first) == sorted(second)
    assert first != second


def test_inputs_and_targets_belong_together(examples):
    (inputs, targets), *_ = pipeline.evaluation_batches(examples, 5, 60).as_numpy_iterator()
    np.testing.assert_array_equal(inputs["style"].argmax(axis=1), examples.styles)
    np.testing.assert_allclose(targets["image"] * 255, examples.images, atol=1e-4)
    np.testing.assert_allclose(targets["mask"] * 255, examples.masks, atol=1e-4)
    np.testing.assert_array_equal(inputs["transform"], np.zeros((60, 8)))
    sines = np.sin(np.radians(examples.azimuths))
    np.testing.assert_allclose(inputs["viewpoint"][:, 0], sines, atol=1e-6)


def test_transformed_targets_are_transformed(examples):
    (inputs, targets), *_ = batches(examples, 1)
    assert np.abs(inputs["transform"]).max() > 0
    assert targets["image"].dtype == np.float32
    assert targets["image"].max() <= 1
    assert np.all(targets["image"] <= targets["mask"] + 1e-6)


@pytest.mark.parametrize("alpha", [0, 1, 100, 254, 255])
def test_taking_out_the_white_background_is_exact(alpha):
    # An object of value 255 * 0.4 with coverage alpha, composited over white by hand.
    foreground = np.uint8(round(102 * alpha / 255))
    composited = np.full((1, 1, 3), foreground + (255 - alpha), np.uint8)
    mask = np.full((1, 1, 1), alpha, np.uint8)
    assert (over_black(composited, mask) == foreground).all()
