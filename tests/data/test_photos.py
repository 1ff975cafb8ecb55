"""Photographs from folders and TFDS, and the batches that are made of them."""

import shutil

import cv2
import numpy as np
import pytest
import tensorflow_datasets as tfds

from tfgen.config.data import PhotoConfig
from tfgen.config.run import ScheduleConfig
from tfgen.data.crops import Crops, divided_photographs, fixed_crops
from tfgen.data.feed import make_feed
from tfgen.data.photos import FolderPhotos, TfdsPhotos, open_photos
from tfgen.data.pipeline import training_batches
from tfgen.errors import InputError
from tfgen.papers.comparators.exemplars import Exemplars
from tfgen.papers.comparators.videos import FramePairs


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
    photos = FolderPhotos([folder])
    assert len(photos) == 8
    assert photos.class_names == ["birds", "cats"]
    assert photos.labels.tolist() == [0] * 4 + [1] * 4
    assert photos[2]["image"].shape == (80, 90, 3)
    assert photos[2]["image"].dtype == np.uint8
    assert (photos[5]["label"], photos[5]["number"]) == (1, 5)


def test_pictures_are_rgb_and_shrunk(tmp_path):
    red = np.zeros((40, 80, 3), np.uint8)
    red[..., 0] = 255
    cv2.imwrite(str(tmp_path / "red.png"), red[..., ::-1])
    np.testing.assert_array_equal(FolderPhotos([tmp_path])[0]["image"], red)
    assert FolderPhotos([tmp_path], shorter_side=20)[0]["image"].shape == (20, 40, 3)
    assert FolderPhotos([tmp_path], shorter_side=50)[0]["image"].shape == (40, 80, 3)


@pytest.mark.parametrize("mirror", [False, True])
def test_batches_are_functions_of_seed_and_step(folder, mirror):
    crops = Crops(FolderPhotos([folder]), 32, mirror)

    def batch(seed, step):
        return next(iter(training_batches(crops, 4, seed, step)))["image"].numpy()

    *_, last = training_batches(crops, 4, 0).take(5).as_numpy_iterator()
    assert last["image"].shape == (4, 32, 32, 3)
    assert last["image"].dtype == np.float32
    assert 0 <= last["image"].min() < last["image"].max() <= 1
    np.testing.assert_array_equal(batch(0, 4), last["image"])
    assert (batch(1, 4) != last["image"]).any()


def test_crops_are_pieces_of_the_photographs_whose_number_they_carry(folder):
    photos = FolderPhotos([folder])
    batch = next(iter(training_batches(Crops(photos, 48), 8, 0)))
    assert sorted(batch["number"].numpy().tolist()) == list(range(8))  # each once in a pass
    images = (255 * batch["image"].numpy()).round().astype(np.uint8)
    for image, number, label in zip(images, batch["number"], batch["label"], strict=True):
        whole = photos[int(number)]["image"]
        assert cv2.matchTemplate(whole, image, cv2.TM_SQDIFF_NORMED).min() < 1e-5
        assert label == photos.labels[int(number)]


def test_zoomed_crops_are_shrunk_squares_of_all_scales():
    rng = np.random.default_rng(0)
    image = rng.integers(256, size=(64, 96, 3), dtype=np.uint8)
    photos = [{"image": image, "label": 0, "number": 0}]
    crops = Crops(photos, 16, zoom=8.0)
    for scale, side in ((0.0, 16), (0.5, 32), (1.0, 64)):  # a photo has no larger squares
        random = np.array([[0.5, 0.25, 1.0, scale]])
        found = crops.batch([0], random)["image"][0]
        top, left = int(0.5 * (65 - side)), int(0.25 * (97 - side))
        cut = image[top : top + side, left : left + side].reshape(16, side // 16, 16, -1, 3)
        np.testing.assert_allclose(found, cut.mean(axis=(1, 3)), atol=0.51)
    same = Crops(photos, 16).batch([0], random[:, :3])["image"]
    np.testing.assert_array_equal(same[0], image[int(0.5 * 49) :, int(0.25 * 81) :][:16, :16])


def test_a_tenth_is_held_out_unless_there_is_a_test_set(folder):
    schedule = ScheduleConfig(batch_size=4)
    photographs = divided_photographs(PhotoConfig(photos=str(folder), image_size=32), schedule)
    assert (len(photographs.training), len(photographs.held_out)) == (7, 1)
    config = PhotoConfig(
        photos=str(folder / "birds"), photos_test=str(folder / "cats"), image_size=32
    )
    photographs = divided_photographs(config, schedule)
    assert (len(photographs.training), len(photographs.held_out)) == (4, 4)
    scored = photographs.scored(config, 8)
    assert scored["held_out"].columns["image"].shape == (8, 32, 32, 3)
    np.testing.assert_array_equal(
        scored["training"].columns["image"],
        fixed_crops(photographs.training, 32, 8).columns["image"],
    )


def test_what_does_not_fit_into_memory_is_read_again(folder):
    config = PhotoConfig(photos=str(folder), image_size=32)
    feeds = []
    for gb in (1.0, 0.0):
        schedule = ScheduleConfig(batch_size=4, cache_gb=gb)
        crops = Crops(divided_photographs(config, schedule).training, 32)
        feeds.append(make_feed(crops, schedule, {}))
    kept, read = feeds
    assert read.in_memory == 0 < kept.in_memory
    a, b = (next(iter(feed.batches(3)))["image"].numpy() for feed in feeds)
    np.testing.assert_array_equal(a, b)


def test_several_folders_are_one_collection(folder):
    photos = open_photos(f"{folder / 'cats'},{folder}")
    assert len(photos) == 12
    assert photos.class_names == ["cats", f"{folder.name}/birds", f"{folder.name}/cats"]
    np.testing.assert_array_equal(photos[0]["image"], photos[8]["image"])
    with pytest.raises(InputError, match="photos=/no/such is no folder"):
        open_photos(f"{folder},/no/such")


def test_labels_come_from_names_or_from_a_table(tmp_path):
    for name in ("tabby_cat_01.png", "tabby_cat-2.png", "dog.png", "7.png"):
        cv2.imwrite(str(tmp_path / name), np.zeros((20, 20, 3), np.uint8))
    photos = open_photos(str(tmp_path), labels="names")
    assert [photos.class_names[i] for i in photos.labels] == ["7", "dog", "tabby_cat", "tabby_cat"]
    table = tmp_path / "labels.csv"
    table.write_text("file,label\n7.png,b\ndog.png,a\ntabby_cat_01.png,b\n")
    with pytest.raises(InputError, match=r"labels\.csv has no row for tabby_cat-2\.png: add one"):
        open_photos(str(tmp_path), labels=str(table))
    table.write_text(table.read_text() + "tabby_cat-2.png,a\n")
    photos = open_photos(str(tmp_path), labels=str(table))
    assert [photos.class_names[i] for i in photos.labels] == ["b", "a", "a", "b"]
    table.write_text("name,label\n")
    with pytest.raises(InputError, match="give a CSV table with the columns file and label"):
        open_photos(str(tmp_path), labels=str(table))


def test_tfds_data_sets_are_read_at_random(tmp_path):
    with tfds.testing.mock_data(num_examples=6):
        photos = open_photos("tfds:stl10/train", str(tmp_path))
        assert isinstance(photos, TfdsPhotos)
        assert len(photos) == 6
        assert photos[3]["image"].shape == (96, 96, 3)
        assert len(photos.class_names) == 10
        assert photos.labels.shape == (6,)
        unlabelled = open_photos("tfds:stl10/unlabelled", str(tmp_path), shorter_side=48)
        assert unlabelled[0]["image"].shape == (48, 48, 3)


@pytest.mark.parametrize(
    ("config", "size", "message"),
    [
        ({}, 32, "photos is missing"),
        ({"photos": "/no/such"}, 32, "photos=/no/such is no folder"),
        ({"photos": "tfds:stl10"}, 32, "has no split: give tfds:NAME/SPLIT"),
        ({"photos": "tfds:no_such_set/train"}, 32, "is not to be had from data_dir"),
        ({"photos": "{folder}"}, 200, "8 of 8 pictures that cannot be used, birds/0.jpg first"),
    ],
)
def test_mistakes_are_told(folder, tmp_path, config, size, message):
    config = {name: value.format(folder=folder) for name, value in config.items()}
    with pytest.raises(InputError, match=message):
        divided_photographs(
            PhotoConfig(**config, data_dir=str(tmp_path), image_size=size),
            ScheduleConfig(batch_size=4),
        )


def test_broken_and_missing_pictures_are_named(tmp_path):
    with pytest.raises(InputError, match="holds no picture"):
        FolderPhotos([tmp_path])
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"a\.jpg first \(it is no picture that can be read\)"):
        FolderPhotos([tmp_path])


@pytest.mark.parametrize("cache_gb", [0.0, 1.0])
def test_what_cannot_be_decoded_ends_no_run_and_is_counted(folder, tmp_path, cache_gb):
    shutil.copytree(folder, tmp_path / "photos")
    broken = tmp_path / "photos" / "cats" / "1.png"
    data = bytearray(broken.read_bytes())
    data[len(data) // 2 : -100] = bytes(len(data) - 100 - len(data) // 2)  # its end is there
    broken.write_bytes(data)
    cv2.imwrite(str(tmp_path / "photos" / "birds" / "tiny.png"), np.zeros((9, 9, 3), np.uint8))
    config = PhotoConfig(photos=str(tmp_path / "photos"), image_size=32)
    photographs = divided_photographs(config, ScheduleConfig(batch_size=4, cache_gb=cache_gb))
    crops = Crops(photographs.training, 32)
    columns = crops.batch(np.arange(len(crops)), np.full((len(crops), 3), 0.5))
    numbers = [*columns["number"].tolist(), photographs.held_out[0]["number"]]
    assert len(numbers) == 8
    assert 5 not in numbers  # cats/1.png: its neighbour is there twice
    assert len(set(numbers)) == 7
    lines = "\n".join(photographs.lines_left_out())
    assert "left out: 2 of 9 pictures" in lines
    assert "birds/tiny.png: it has 9 x 9 pixels, fewer than 32" in lines
    assert "cats/1.png: it is damaged" in lines
    assert "passed over, as they are no pictures: 1 .txt" in lines


def test_exemplars_stay_alike_and_are_functions_of_the_step(folder):
    exemplars = Exemplars(FolderPhotos([folder]), 24, 6)
    identity = np.full(11, 0.5)
    patches = [exemplars.patch(i, identity).astype(float) for i in range(6)]
    moved = [exemplars.patch(i, identity + 0.05).astype(float) for i in range(6)]
    for i in range(6):
        distances = [np.abs(moved[i] - patch).mean() for patch in patches]
        assert np.argmin(distances) == i
    batch = next(iter(training_batches(exemplars, 6, seed=0, start_step=2)))
    *_, again = training_batches(exemplars, 6, seed=0).take(3)
    for name in ("image", "label"):
        np.testing.assert_array_equal(batch[name], again[name])
    assert batch["image"].shape == (6, 24, 24, 3)


def test_an_exemplar_untransformed_is_the_patch_itself(folder):
    photos = FolderPhotos([folder])
    patch = Exemplars(photos, 24, 1).patch(0, np.full(11, 0.5))
    found = min(cv2.matchTemplate(photos[i]["image"], patch, cv2.TM_SQDIFF).min() for i in range(8))
    assert found / patch.size < 2  # levels squared, of converting colours there and back


def test_neighbouring_frames_come_from_one_video(folder):
    pairs = FramePairs(FolderPhotos([folder]), 32)
    assert len(pairs) == 6  # three a video
    batch = next(iter(training_batches(pairs, 6, seed=0)))
    assert batch["image"].shape == batch["neighbour"].shape == (6, 32, 32, 3)
    assert sorted(batch["video"].numpy().tolist()) == [0] * 3 + [1] * 3
    with pytest.raises(InputError, match="needs at least two folders"):
        FramePairs(FolderPhotos([folder / "cats"]), 32)
