"""Batches are a pure function of seed and step."""

import numpy as np
import pytest

from tfgen.data import pipeline
from tfgen.data.drawings.examples import over_black
from tfgen.data.drawings.transform_draws import TransformRanges, transforming
from tfgen.data.source import Columns, Evenly, Joined, Source

RANGES = TransformRanges.of_strength(1.0)
TRANSFORMED = {"steps": (transforming(RANGES),), "randoms": RANGES.randoms}


def batches(examples, count, **kwargs):
    settings = {"batch_size": 8, "seed": 1} | TRANSFORMED | kwargs
    dataset = pipeline.training_batches(examples, **settings)
    return list(dataset.take(count).as_numpy_iterator())


def assert_same(a, b):
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_array_equal(a[name], b[name])


def test_starting_at_a_step_is_the_same_as_getting_there(examples):
    whole = batches(examples, 12)
    rest = batches(examples, 5, start_step=7)
    for a, b in zip(whole[7:], rest, strict=True):
        assert_same(a, b)


def test_another_seed_is_another_order(examples):
    a, b = batches(examples, 1)[0], batches(examples, 1, seed=2)[0]
    assert not np.array_equal(a["transform"], b["transform"])


def test_each_pass_sees_every_example_once_in_an_order_of_its_own(examples):
    plain = {"steps": (), "randoms": 0}
    seen = np.concatenate([b["number"] for b in batches(examples, 12, batch_size=10, **plain)])
    first, second = seen[:60], seen[60:]
    assert len(set(first)) == 60
    assert sorted(first) == sorted(second)
    assert not np.array_equal(first, second)


def test_columns_belong_together_and_images_are_floats(examples):
    (batch,) = pipeline.scored_batches(examples, 60).as_numpy_iterator()
    np.testing.assert_array_equal(batch["style"], examples.styles)
    np.testing.assert_array_equal(batch["azimuth"], examples.azimuths)
    np.testing.assert_allclose(batch["image"] * 255, examples.images, atol=1e-4)
    np.testing.assert_allclose(batch["mask"] * 255, examples.masks, atol=1e-4)
    assert "random" not in batch


def test_transformed_targets_are_transformed(examples):
    (batch,) = batches(examples, 1)
    assert np.abs(batch["transform"]).max() > 0
    assert batch["image"].dtype == np.float32
    assert batch["image"].max() <= 1
    assert np.all(batch["image"] <= batch["mask"] + 1e-6)
    assert "random" not in batch


class Pairs(Source):
    """Two pictures and a caption: what other papers train on."""

    randoms = 1

    def __init__(self, count):
        self.count = count
        self.spec = {
            "image": ((4, 6, 3), np.uint8),
            "target": ((4, 6, 1), np.uint8),
            "caption": ((), np.dtype(object)),
            "shift": ((), np.float32),
            "number": ((), np.int64),
        }

    def __len__(self):
        return self.count

    def batch(self, places, random=None):
        return {
            "image": np.broadcast_to(places[:, None, None, None], (len(places), 4, 6, 3)),
            "target": np.broadcast_to(255 - places[:, None, None, None], (len(places), 4, 6, 1)),
            "caption": np.array([f"picture {place}".encode() for place in places], object),
            "shift": random[:, 0],
            "number": places,
        }


def test_any_source_is_fed_alike():
    source = Joined(Pairs(5), {"features": np.arange(10.0).reshape(5, 2)})
    batch, *_ = pipeline.training_batches(source, 5, seed=0).take(1).as_numpy_iterator()
    assert sorted(batch["number"].tolist()) == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(batch["image"][:, 0, 0, 0] * 255, batch["number"], atol=1e-4)
    np.testing.assert_allclose(255 - batch["target"][:, 0, 0, 0] * 255, batch["number"], atol=1e-4)
    assert batch["caption"].tolist() == [f"picture {n}".encode() for n in batch["number"]]
    np.testing.assert_array_equal(batch["features"][:, 1], 2.0 * batch["number"] + 1)
    assert 0 <= batch["shift"].min() < batch["shift"].max() < 1
    assert source[2]["caption"] == b"picture 2"


def test_groups_are_seen_evenly_though_some_have_few_examples():
    groups = np.array([2, 0, 2, 2, 0, 2, 5, 2])
    source = Evenly(Columns({"x": np.arange(8) * 10}), groups)
    plain = {"steps": (), "randoms": 0}
    (batch,) = batches(source, 1, batch_size=len(source), **plain)
    numbers, seen = np.unique(batch["number"], return_counts=True)
    np.testing.assert_array_equal(numbers, np.arange(8))
    np.testing.assert_array_equal(batch["x"], batch["number"] * 10)
    for group in (0, 2, 5):
        assert seen[groups == group].sum() == len(source) / 3
        assert np.ptp(seen[groups == group]) <= 1


def test_some_examples_of_any_source_are_spread_over_it():
    pairs = Pairs(9)
    some = pairs.spread(3)
    assert isinstance(some, Columns)
    assert some.columns["number"].tolist() == [0, 4, 8]
    assert some.spec == pairs.spec
    assert len(pairs.spread(1000)) == 9
    for place, number in enumerate(some.columns["number"]):
        assert_same(some[place], pairs[int(number)])


def test_examples_keep_their_numbers_in_subsets():
    columns = Columns({"x": np.arange(6) ** 2})
    few = columns[np.array([5, 1])][[True, False]]
    assert few[0]["number"] == 5
    assert few.columns["x"].tolist() == [25]
    with pytest.raises(ValueError, match="give each as many"):
        Columns({"x": np.zeros(3), "y": np.zeros(2)})


@pytest.mark.parametrize("alpha", [0, 1, 100, 254, 255])
def test_taking_out_the_white_background_is_exact(alpha):
    # An object of value 255 * 0.4 with coverage alpha, composited over white by hand.
    foreground = np.uint8(round(102 * alpha / 255))
    composited = np.full((1, 1, 3), foreground + (255 - alpha), np.uint8)
    mask = np.full((1, 1, 1), alpha, np.uint8)
    assert (over_black(composited, mask) == foreground).all()
