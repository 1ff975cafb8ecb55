"""The judge of photographs, on weights drawn at random: what must hold of any network."""

import numpy as np
import pytest

from tfgen.errors import InputError
from tfgen.papers.comparators.photograph_judge import PhotographJudge


@pytest.fixture(scope="module")
def judge():
    return PhotographJudge("squeezenet", "random")


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    coarse = rng.integers(256, size=(3, 6, 6, 3), dtype=np.uint8)
    return coarse.repeat(16, axis=1).repeat(16, axis=2)


def test_equal_pictures_are_alike_and_others_are_not(judge, images):
    blurred = (images // 2 + np.roll(images, 1, axis=1) // 2).astype(np.uint8)
    same, near, far = (judge.distance(images, x) for x in (images, blurred, np.roll(images, 1, 0)))
    assert same.shape == (3,)
    np.testing.assert_allclose(same, 0, atol=1e-5)
    assert (near > 1e-3).all()
    assert (far > near).all()


def test_classes_are_those_of_the_highest_scores_whatever_the_size(judge, images):
    top = judge.top(images)
    assert top.shape == (3, 5)
    assert all(len(set(row)) == 5 for row in top.tolist())
    np.testing.assert_array_equal(judge.top(images, 1)[:, 0], top[:, 0])
    one_at_a_time = np.concatenate([judge.top(image[None]) for image in images])
    np.testing.assert_array_equal(one_at_a_time, top)


def test_mistakes_are_told():
    with pytest.raises(InputError, match="architecture=vgg is no comparator"):
        PhotographJudge("vgg", "random")
    with pytest.raises(InputError, match="weights is missing"):
        PhotographJudge("squeezenet", "")
