"""A judge reads what pictures show, and is no better than a guess where they show nothing."""

import numpy as np
import pytest

from tfgen.conditions.description import Condition
from tfgen.errors import InputError
from tfgen.metrics.judges.files import load_judge, save_judge
from tfgen.metrics.judges.judge import Judge, agreement, constant_score
from tfgen.metrics.judges.training import train_judge

SIZE = 16
COLOUR = Condition("colour", "one-hot", 3, names=("red", "green", "blue"))
ANGLE = Condition("angle", "angle", unit="degrees")


def pictures(count, seed):
    """Halves of a plane, of a colour, turned by an angle: (images, values)."""
    rng = np.random.default_rng(seed)
    colours, angles = rng.integers(0, 3, count), rng.uniform(0, 360, count)
    rows, columns = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    turned = np.radians(angles)[:, None, None]
    inside = (columns * np.cos(turned) + rows * np.sin(turned)) > 0  # [n, s, s]
    images = np.where(inside[..., None], 255 * np.eye(3)[colours][:, None, None], 255)
    noise = rng.normal(0, 20, images.shape)
    return np.clip(images + noise, 0, 255).astype(np.uint8), {"colour": colours, "angle": angles}


@pytest.fixture(scope="module")
def judge():
    return train_judge((COLOUR, ANGLE), pictures(400, 0), pictures(100, 1), steps=200)


def test_it_reads_pictures_that_it_never_saw(judge):
    images, values = pictures(100, 2)
    scores = judge.score(images, values)
    assert scores["colour"] > 0.95
    assert scores["angle"] < 15
    assert judge.scores["colour"] > 0.95
    assert judge.constant_scores["colour"] < 0.5
    assert judge.constant_scores["angle"] > 70
    assert judge.read(images)["colour"].sum(axis=-1) == pytest.approx(np.ones(100), abs=1e-5)


@pytest.mark.parametrize("control", ["blank", "mean"])
def test_where_a_picture_shows_nothing_it_is_no_better_than_one_answer(judge, control):
    images, values = pictures(100, 2)
    blank = images.mean(axis=0) if control == "mean" else np.full(images.shape[1:], 255)
    scores = judge.score(np.repeat(blank[None].astype(np.uint8), 100, axis=0), values)
    assert scores["colour"] <= constant_score(COLOUR, values["colour"])
    assert scores["angle"] >= constant_score(ANGLE, values["angle"])


def test_from_shuffled_labels_nothing_is_learned():
    images, values = pictures(400, 0)
    shuffled = {"colour": np.random.default_rng(3).permutation(values["colour"])}
    judge = train_judge((COLOUR,), (images, shuffled), pictures(100, 1), steps=50)
    assert judge.scores["colour"] < 0.6


def test_a_seed_gives_one_judge():
    two = [
        train_judge((COLOUR,), pictures(50, 0), pictures(20, 1), steps=5, seed=4) for _ in range(2)
    ]
    first, second = (each.network.get_weights() for each in two)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_it_is_kept_with_its_scores(judge, tmp_path):
    save_judge(judge, tmp_path / "judge")
    again = load_judge(tmp_path / "judge")
    images, _ = pictures(10, 5)
    np.testing.assert_array_equal(again.read(images)["angle"], judge.read(images)["angle"])
    assert (again.factors, again.scores, again.constant_scores) == (
        judge.factors,
        judge.scores,
        judge.constant_scores,
    )
    with pytest.raises(InputError, match="is there already"):
        save_judge(judge, tmp_path / "judge")
    (tmp_path / "judge" / "weights.npz").write_bytes(b"PK broken")
    with pytest.raises(InputError, match="holds no judge that can be read"):
        load_judge(tmp_path / "judge")
    assert [path.name for path in tmp_path.iterdir()] == ["judge"]


def test_angles_go_the_short_way_round():
    assert agreement(ANGLE, np.array([359.0, 10.0]), np.array([1.0, 350.0])) == pytest.approx(11)
    assert constant_score(ANGLE, np.array([0.0, 10.0, 350.0])) == pytest.approx(20 / 3)


def test_vectors_and_missing_values_are_refused():
    with pytest.raises(ValueError, match="factor pose is a vector"):
        Judge.untrained((Condition("pose", "vector", 2),), SIZE)
    images, _ = pictures(4, 0)
    with pytest.raises(ValueError, match="factor colour has no values"):
        train_judge((COLOUR,), (images, {}), (images, {}), steps=1)
