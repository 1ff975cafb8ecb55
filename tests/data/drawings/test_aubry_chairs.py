"""The Aubry chairs' layout and preparation, on small renders that the tests write."""

import cv2
import numpy as np
import pytest

from tfgen.config.data import TurntableConfig
from tfgen.data.drawings import aubry_preparation as preparation
from tfgen.data.drawings import datasets
from tfgen.errors import InputError


def write_model(root, name, shape, color=(60, 90, 30), size=80):
    """31 x 2 renders of a rectangle (left, top, right, bottom) on white, with faint noise."""
    folder = root / name / "renders"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for e, elevation in enumerate((20, 30)):
        for a in range(31):
            image = 255 - rng.integers(0, 4, (size, size, 3)).astype(np.uint8)
            left, top, right, bottom = shape
            image[top : bottom - e, left + a % 5 : right] = color
            azimuth = int(a * 360 / 31)
            file = f"image_{32 * e + a:03d}_p{elevation:03d}_t{azimuth:03d}_r096.png"
            cv2.imwrite(str(folder / file), image)
    return folder


@pytest.fixture
def rendered_chairs(tmp_path):
    root = tmp_path / "rendered_chairs"
    write_model(root, "a_wide", (10, 40, 70, 60))
    write_model(root, "b_tall", (30, 10, 50, 70))
    write_model(root, "c_tall_but_red", (30, 10, 50, 70), color=(20, 20, 200))
    truncated = write_model(root, "d_truncated", (20, 20, 60, 60))
    victim = sorted(truncated.iterdir())[3]
    victim.write_bytes(victim.read_bytes()[:40])
    incomplete = write_model(root, "e_incomplete", (20, 30, 60, 50))
    sorted(incomplete.iterdir())[5].unlink()
    return root


def config(tmp_path, root, **changes):
    settings = {"dataset": "aubry_chairs", "rendered_chairs": str(root), "processes": 2}
    return TurntableConfig(**settings | {"data_dir": str(tmp_path / "data")} | changes)


def test_good_models_are_kept_and_the_others_named(tmp_path, rendered_chairs):
    (builder,) = datasets.prepare(config(tmp_path, rendered_chairs))
    assert builder.info.features["style"].names == ["a_wide", "b_tall"]
    skipped = builder.info.metadata["skipped"]
    assert "looks like b_tall" in skipped["c_tall_but_red"]
    assert "truncated" in skipped["d_truncated"]
    assert "1 of its views are missing" in skipped["e_incomplete"]
    assert builder.info.splits["train"].num_examples == 2 * 62


def test_views_have_exact_azimuths_and_centred_objects(tmp_path, rendered_chairs):
    (builder,) = datasets.prepare(config(tmp_path, rendered_chairs))
    examples = list(builder.as_dataset(split="train").as_numpy_iterator())
    azimuths = sorted({round(float(e["azimuth"]), 3) for e in examples})
    np.testing.assert_allclose(azimuths, [round(k * 360 / 31, 3) for k in range(31)], atol=2e-3)
    for example in examples:
        image, mask = example["image"], example["mask"]
        assert (image[mask[..., 0] == 0] == 255).all()
        assert mask.max() == 255
        rows = np.flatnonzero(mask[..., 0].max(axis=1) > 128)
        assert abs((rows[0] + rows[-1]) / 2 - 31.5) < 3
        wide = max(np.ptp(rows), np.ptp(np.flatnonzero(mask[..., 0].max(axis=0) > 128)))
        assert 50 < wide < 62  # a small border of white


def test_a_list_of_ids_is_kept_alone(tmp_path, rendered_chairs):
    (tmp_path / "keep.txt").write_text("# the red one\nc_tall_but_red\na_wide\n")
    settings = config(tmp_path, rendered_chairs, keep=str(tmp_path / "keep.txt"))
    (builder,) = datasets.prepare(settings)
    assert builder.info.features["style"].names == ["a_wide", "c_tall_but_red"]


@pytest.mark.parametrize(
    ("text", "message"), [(None, "cannot be read"), ("nobody\n", "names none of the models")]
)
def test_a_list_that_is_of_no_use_is_refused(tmp_path, rendered_chairs, text, message):
    path = tmp_path / "keep.txt"
    if text:
        path.write_text(text)
    with pytest.raises(InputError, match=f"keep={path} {message}"):
        datasets.prepare(config(tmp_path, rendered_chairs, keep=str(path)))


def test_a_folder_without_renders_is_refused(tmp_path):
    with pytest.raises(InputError, match="<model id>/renders/"):
        datasets.prepare(config(tmp_path, tmp_path))


def test_the_box_is_square_around_all_views_with_a_border():
    masks = [np.zeros((100, 100), bool) for _ in range(2)]
    masks[0][40:50, 10:70] = True
    masks[1][40:60, 20:90] = True  # together 20 high, 80 wide
    left, top, side = preparation.square_box(masks, border=0.1)
    assert side == 100
    assert (left, top) == (0, 0)


def test_a_box_beyond_the_image_is_padded():
    image = np.full((4, 6, 3), 7, np.uint8)
    padded = preparation.crop(image, (-1, -2, 8), 255)
    assert padded.shape == (8, 8, 3)
    assert (padded[2:6, 1:7] == 7).all()
    assert (padded == 7).sum() == image.size


def test_noise_near_white_is_background():
    image = np.full((2, 2, 3), 255, np.uint8)
    image[0, 0] -= 5
    image[1, 1, 2] = 200
    np.testing.assert_array_equal(preparation.object_mask(image), [[False, False], [False, True]])


def test_near_duplicates_are_those_of_an_earlier_shape():
    square, other = np.zeros(100, np.float32), np.zeros(100, np.float32)
    square[:50], other[50:] = 1, 1
    almost = square.copy()
    almost[0] = 0
    found = preparation.near_duplicates(np.stack([square, other, almost, other]), 0.95)
    assert found == {2: 0, 3: 1}
