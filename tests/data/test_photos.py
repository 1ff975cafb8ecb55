"""Photographs from folders and TFDS, and the batches that are made of them."""

import cv2
import numpy as np
import pytest
import tensorflow_datasets as tfds

from tfgen.config import PhotoConfig, ScheduleConfig
from tfgen.data.crops import crop_batches, fixed_crops, make_photo_feed
from tfgen.data.exemplars import Exemplars
from tfgen.data.photos import FolderPhotos, TfdsPhotos, open_photos
from tfgen.data.videos import FramePairs
from tfgen.errors import InputError


def smooth(rng, height, width):
    noise = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two classes of four photographs, of several sizes and kinds."""
    root, rng = tmp_path_factory.mktemp("photos"), np.random.default_rng(0)
    for name in ("birds", "cats"):
        (root / name).mkdir()
        for i in range(4):
            suffix = "png" if i % 2 else "jpg"
            image = smooth(rng, 60 + 10 * i, 90)
            cv2.imwrite(str(root / name / f"{i}.{suffix}"), image[..., ::-1])
    (root / "notes.txt").write_text("no picture")
    return root


def test_a_folders_folders_are_classes(folder):
    photos = FolderPhotos(folder)
    assert len(photos) == 8
    assert photos.class_names == ["birds", "cats"]
    assert photos.labels.tolist() == [0] * 4 + [1] * 4
    assert photos[2].shape == (80, 90, 3)
    assert photos[2].dtype == np.uint8


def test_pictures_are_rgb_and_shrunk(tmp_path):
    red = np.zeros((40, 80, 3), np.uint8)
    red[..., 0] = 255
    cv2.imwrite(str(tmp_path / "red.png"), red[..., ::-1])
    np.testing.assert_array_equal(FolderPhotos(tmp_path)[0], red)
    assert FolderPhotos(tmp_path, shorter_side=20)[0].shape == (20, 40, 3)
    assert FolderPhotos(tmp_path, shorter_side=50)[0].shape == (40, 80, 3)  # never enlarged


@pytest.mark.parametrize("mirror", [False, True])
def test_batches_are_functions_of_seed_and_step(folder, mirror):
    photos = FolderPhotos(folder)

    def batch(seed, step):
        return next(iter(crop_batches(photos, 32, 4, seed, step, mirror))).numpy()

    whole = crop_batches(photos, 32, 4, 0, 0, mirror).take(5)
    *_, last = whole.as_numpy_iterator()
    assert last.shape == (4, 32, 32, 3)
    assert last.dtype == np.float32
    assert 0 <= last.min() < last.max() <= 1
    np.testing.assert_array_equal(batch(0, 4), last)
    assert (batch(1, 4) != last).any()


def test_crops_are_pieces_of_their_photographs(folder):
    photos = FolderPhotos(folder)
    images, labels = next(iter(crop_batches(photos, 48, 8, 0, labelled=True)))
    assert sorted(labels.numpy().tolist()) == [0] * 4 + [1] * 4  # each once in a pass
    for image, label in zip((255 * images.numpy()).round().astype(np.uint8), labels, strict=True):
        of_class = [photos[i] for i in np.flatnonzero(photos.labels == int(label))]
        scores = [cv2.matchTemplate(p, image, cv2.TM_SQDIFF_NORMED).min() for p in of_class]
        assert min(scores) < 1e-5


def test_a_tenth_is_held_out_unless_there_is_a_test_set(folder):
    schedule = ScheduleConfig(batch_size=4)
    feed = make_photo_feed(PhotoConfig(photos=str(folder)), "data", 32, schedule)
    assert (len(feed.training), len(feed.held_out)) == (7, 1)
    assert feed.in_memory == sum(FolderPhotos(folder)[i].nbytes for i in range(8))
    config = PhotoConfig(photos=str(folder / "birds"), photos_test=str(folder / "cats"))
    feed = make_photo_feed(config, "data", 32, schedule)
    assert (len(feed.training), len(feed.held_out)) == (4, 4)
    crops = feed.evaluated(32, 8)
    assert crops["held_out"].shape == (8, 32, 32, 3)
    np.testing.assert_array_equal(crops["training"], fixed_crops(feed.training, 32, 8))


def test_what_does_not_fit_into_memory_is_read_again(folder):
    config = PhotoConfig(photos=str(folder))
    kept, read = (
        make_photo_feed(config, "data", 32, ScheduleConfig(batch_size=4, cache_gb=gb))
        for gb in (1.0, 0.0)
    )
    assert read.in_memory == 0 < kept.in_memory
    a, b = (next(iter(feed.batches(3))).numpy() for feed in (kept, read))
    np.testing.assert_array_equal(a, b)


def test_tfds_data_sets_are_read_at_random(tmp_path):
    with tfds.testing.mock_data(num_examples=6):
        photos = open_photos("tfds:stl10/train", str(tmp_path))
        assert isinstance(photos, TfdsPhotos)
        assert len(photos) == 6
        assert photos[3].shape == (96, 96, 3)
        assert len(photos.class_names) == 10
        assert photos.labels.shape == (6,)
        unlabelled = open_photos("tfds:stl10/unlabelled", str(tmp_path), shorter_side=48)
        assert unlabelled[0].shape == (48, 48, 3)


@pytest.mark.parametrize(
    ("config", "size", "message"),
    [
        ({}, 32, "--photos is missing"),
        ({"photos": "/no/such"}, 32, "--photos=/no/such is no folder"),
        ({"photos": "tfds:stl10"}, 32, "has no split: give tfds:NAME/SPLIT"),
        ({"photos": "tfds:no_such_set/train"}, 32, "is not to be had from --data_dir"),
        ({"photos": "{folder}"}, 64, "has a picture of 60 pixels, and crops have 64"),
    ],
)
def test_mistakes_are_told(folder, tmp_path, config, size, message):
    config = {name: value.format(folder=folder) for name, value in config.items()}
    with pytest.raises(InputError, match=message):
        make_photo_feed(PhotoConfig(**config), str(tmp_path), size, ScheduleConfig(batch_size=4))


def test_broken_and_missing_pictures_are_named(tmp_path):
    with pytest.raises(InputError, match="holds no picture"):
        FolderPhotos(tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"a\.jpg is no picture that can be read"):
        FolderPhotos(tmp_path)[0]


def test_exemplars_stay_alike_and_are_functions_of_the_step(folder):
    exemplars = Exemplars(FolderPhotos(folder), 24, 6)
    identity = np.full(11, 0.5)
    patches = [exemplars.patch(i, identity).astype(float) for i in range(6)]
    moved = [exemplars.patch(i, identity + 0.05).astype(float) for i in range(6)]
    for i in range(6):
        distances = [np.abs(moved[i] - patch).mean() for patch in patches]
        assert np.argmin(distances) == i
    images, classes = next(iter(exemplars.batches(6, seed=0, start_step=2)))
    *_, again = exemplars.batches(6, seed=0).take(3)
    np.testing.assert_array_equal(images, again[0])
    np.testing.assert_array_equal(classes, again[1])
    assert images.shape == (6, 24, 24, 3)


def test_an_exemplar_untransformed_is_the_patch_itself(folder):
    photos = FolderPhotos(folder)
    patch = Exemplars(photos, 24, 1).patch(0, np.full(11, 0.5))
    found = min(cv2.matchTemplate(photos[i], patch, cv2.TM_SQDIFF).min() for i in range(8))
    assert found / patch.size < 2  # levels squared, of converting colours there and back


def test_neighbouring_frames_come_from_one_video(folder):
    pairs = FramePairs(FolderPhotos(folder), 32)
    assert len(pairs) == 6  # three a video
    frames, neighbours, videos = next(iter(pairs.batches(6, seed=0)))
    assert frames.shape == neighbours.shape == (6, 32, 32, 3)
    assert sorted(videos.numpy().tolist()) == [0] * 3 + [1] * 3
    with pytest.raises(InputError, match="needs at least two folders"):
        FramePairs(FolderPhotos(folder / "cats"), 32)
