"""The yardstick of random objects, on sets of which it is known what they are."""

import types

import cv2
import numpy as np
import pytest

from tfgen.papers.chairs.experiments.diversity import Yardstick, are_diverse_objects
from tfgen.papers.chairs.experiments.latent_space import between_neighbours, of_aggregate


def objects(count, seed):
    """Coloured ellipses over white with a bar each: images and masks."""
    rng = np.random.default_rng(seed)
    images, masks = np.full((count, 32, 32, 3), 255, np.uint8), np.zeros((count, 32, 32), np.uint8)
    for image, mask in zip(images, masks, strict=True):
        axes = tuple(int(x) for x in rng.integers(4, 13, 2))
        cv2.ellipse(mask, (16, 16), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
        x = int(rng.integers(4, 28))
        cv2.line(mask, (x, 2), (x, 29), 255, 2)
        image[mask > 0] = rng.integers(0, 200, 3)
    return images, masks[..., None]


@pytest.fixture(scope="module")
def yardstick():
    images, masks = objects(60, 0)
    return Yardstick(types.SimpleNamespace(masks=masks, over_white=lambda: images))


def test_new_objects_are_diverse_and_what_is_none_is_not(yardstick):
    rng = np.random.default_rng(1)
    rows = yardstick.controls(rng, 48)
    by = {row["objects"]: row for row in rows}
    assert by["real objects"]["spread"] == pytest.approx(1.0, abs=0.02)
    # Each beside the others: not as copies of themselves.
    assert by["real objects"]["distance to nearest"] == pytest.approx(1.0)
    assert by["control: cross-fades of two"]["outline"] < by["real objects"]["outline"] < 1
    images, masks = objects(48, 2)
    rows += [
        yardstick.row("new", images, masks),
        yardstick.row("smudge", *(np.repeat(x[:1], 48, axis=0) for x in (images, masks))),
        yardstick.row(
            "ghosts", *((x / 2 + np.roll(x, 1, 0) / 2).astype(np.uint8) for x in (images, masks))
        ),
        yardstick.row("noise", rng.integers(0, 256, images.shape, np.uint8), masks[::-1] * 0),
    ]
    assert are_diverse_objects(rows, "new") is True
    for name in ("smudge", "ghosts", "noise"):
        assert are_diverse_objects(rows, name) is not True, name


def test_samples_lie_where_they_are_said_to():
    rng = np.random.default_rng(0)
    mean = rng.normal(size=(200, 3)) * (5.0, 1.0, 0.1) + (10.0, 0.0, 0.0)
    drawn = of_aggregate(mean, np.full_like(mean, 0.04), 4000, rng)
    np.testing.assert_allclose(drawn.mean(axis=0), mean.mean(axis=0), atol=0.3)
    np.testing.assert_allclose(drawn.std(axis=0), np.sqrt(mean.var(axis=0) + 0.04), rtol=0.1)
    near = between_neighbours(mean, 500, rng)
    apart = np.linalg.norm(near[:, None] - mean, axis=-1).min(axis=1)
    usual = np.linalg.norm(mean[:, None] - mean, axis=-1).mean()
    assert apart.mean() < 0.2 * usual
