"""Features of folders of photographs, extracted to rows."""

import importlib.util

import cv2
import numpy as np
import pytest

from tfgen.data.drawings.beam import Beam
from tfgen.errors import InputError
from tfgen.features.by_name import find_feature
from tfgen.papers.inverting import extract as extraction
from tfgen.papers.inverting.extract import Extraction, extract

MINE = "def means(images):\n    return images.mean(axis=(1, 2))\n"


@pytest.fixture
def photos(tmp_path):
    folder, rng = tmp_path / "photos", np.random.default_rng(0)
    folder.mkdir()
    for i in range(7):
        pixels = rng.integers(0, 256, (40, 32, 3), np.uint8)
        cv2.imwrite(str(folder / f"{i}.png"), pixels)
    return folder


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "mine.py").write_text(MINE)
    return f"{tmp_path}/mine.py:means"


def test_rows_are_the_features_of_the_photographs_in_order(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(extraction, "_AT_A_TIME", 3)
    job = Extraction(str(photos), "data", 0, 32, "hog")
    assert extract(job, tmp_path / "hog.npy", processes=2)[0] == (7, 4, 4, 31)
    crops = np.stack([job.crops()[i]["image"] for i in range(7)]).astype(np.float32) / 255
    expected = find_feature("hog", 32)(crops)
    np.testing.assert_allclose(np.load(tmp_path / "hog.npy"), expected, atol=1e-6)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hog.npy", "photos"]


def test_it_goes_on_where_it_was_stopped(photos, mine, tmp_path, monkeypatch):
    monkeypatch.setattr(extraction, "_AT_A_TIME", 3)
    job, out = Extraction(str(photos), "data", 0, 32, mine), tmp_path / "rows.npy"
    (tmp_path / "rows.parts").mkdir()
    np.save(tmp_path / "rows.parts" / "000000003.npy", np.full((3, 3), 5.0, np.float32))
    extract(job, out, processes=1)
    rows = np.load(out)
    assert (rows[3:6] == 5).all()
    assert (rows[:3] < 1).all()
    assert (rows[6:] < 1).all()


@pytest.mark.skipif(not importlib.util.find_spec("apache_beam"), reason="no Apache Beam")
def test_beam_extracts_the_same(photos, mine, tmp_path):
    job = Extraction(str(photos), "data", 0, 32, mine)
    extract(job, tmp_path / "here.npy", processes=1)
    extract(job, tmp_path / "there.npy", beam=Beam("DirectRunner"))
    np.testing.assert_array_equal(np.load(tmp_path / "there.npy"), np.load(tmp_path / "here.npy"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"feature": "gist"}, "feature=gist is not known"),
        ({"feature": "rows.npy"}, "feature=rows.npy has been extracted"),
        ({"photos": "nowhere"}, "photos=nowhere is no folder"),
    ],
)
def test_mistakes_are_told(photos, tmp_path, changes, message):
    values = {"photos": str(photos), "data_dir": "", "photo_size": 0, "image_size": 32}
    with pytest.raises(InputError, match=message):
        extract(Extraction(**values | {"feature": "hog"} | changes), tmp_path / "out.npy")
