"""Batches from disk: the same examples as from memory, and exact starts in the middle."""

import numpy as np
import pytest

from tfgen.config.data import HoldoutConfig, TurntableConfig
from tfgen.config.run import ScheduleConfig
from tfgen.data.drawings import datasets, stream
from tfgen.data.drawings.collection import collect
from tfgen.data.drawings.examples import load_examples
from tfgen.data.drawings.feed import drawing_feed
from tfgen.data.drawings.transform_draws import TransformRanges, transforming
from tfgen.errors import InputError


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    settings = TurntableConfig(
        dataset="chairs,tables",
        models=2,
        azimuths=6,
        elevations=(20.0,),
        samples=1,
        processes=1,
        data_dir=str(tmp_path_factory.mktemp("data")),
    )
    return collect(datasets.prepare(settings), HoldoutConfig(holdout_azimuths=1))


def batches(collection, count, start=0, ranges=None, seed=3):
    steps = (transforming(ranges),) if ranges else ()
    randoms = ranges.randoms if ranges else 0
    dataset = stream.streamed_batches(collection, 5, seed, start, steps, randoms)
    return list(dataset.take(count).as_numpy_iterator())


def assert_same(a, b):
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_array_equal(a[name], b[name])


def test_a_pass_is_every_training_example_once(collection):
    seen = batches(collection, 4)  # 2 x 2 styles x 5 azimuths = 20 examples
    images = np.concatenate([batch["image"] for batch in seen])
    examples = load_examples(collection)
    expected = examples.images[~examples.held_out] / np.float32(255)
    # Told apart by their sums, which differ from view to view.
    sums = [np.sort(x.sum(axis=(1, 2, 3))) for x in (images, expected)]
    assert np.diff(sums[1]).min() > 0.01
    np.testing.assert_allclose(*sums, rtol=1e-5)


def test_starting_at_a_step_is_the_same_as_getting_there(collection):
    ranges = TransformRanges.of_strength(1.0)
    whole = batches(collection, 11, ranges=ranges)
    for start in (2, 6):  # in the first pass, and in the second
        rest = batches(collection, 11 - start, start, ranges)
        for a, b in zip(whole[start:], rest, strict=True):
            assert_same(a, b)


def test_passes_have_orders_of_their_own(collection):
    first, second = batches(collection, 4), batches(collection, 4, start=4)
    assert not all(
        np.array_equal(a["style"], b["style"]) for a, b in zip(first, second, strict=True)
    )


def test_training_examples_are_counted(collection):
    assert [stream.count_trained_on(member) for member in collection.members] == [10, 10]


def test_examples_to_score_are_held_out_or_not(collection):
    held_out = stream.sample_examples(collection, 4, True)
    trained = stream.sample_examples(collection, 100, False)
    assert len(held_out) == 4
    assert held_out.held_out.all()
    assert len(trained) == 20
    assert set(held_out.azimuths.tolist()).isdisjoint(trained.azimuths.tolist())
    assert set(trained.styles.tolist()) == {0, 1, 2, 3}


def test_a_collection_that_is_too_large_for_memory_streams(collection):
    for cache_gb, in_memory in ((1.0, True), (0.0, False)):
        schedule = ScheduleConfig(batch_size=5, cache_gb=cache_gb, evaluation_images=4)
        feed = drawing_feed(collection, schedule)
        assert (feed.in_memory > 0) == in_memory
        assert feed.trained_examples == 20
        assert set(feed.scored) == {"training", "held_out"}
        batch = next(iter(feed.batches(0)))
        assert batch["image"].shape == (5, 64, 64, 3)
        assert set(batch["style"].numpy()) <= {0, 1, 2, 3}


def test_what_is_seen_evenly_has_to_be_in_memory(collection):
    feed = drawing_feed(collection, ScheduleConfig(batch_size=4), evenly="classes")
    assert feed.trained_examples == 20
    with pytest.raises(InputError, match="evenly=styles needs all images in memory, and these"):
        drawing_feed(collection, ScheduleConfig(cache_gb=0), evenly="styles")
