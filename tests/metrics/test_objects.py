"""Numbers for paths of images, on paths whose quality is known."""

import cv2
import numpy as np
import pytest

from tfgen.metrics import objects


def mask(*boxes):
    m = np.zeros((1, 32, 32, 1), np.uint8)
    for y, x, size in boxes:
        m[:, y : y + size, x : x + size] = 255
    return m


def test_connectedness_is_the_share_of_the_largest_part():
    assert objects.connectedness(mask((4, 4, 8)))[0] == 1.0
    assert objects.connectedness(mask((2, 2, 4), (20, 20, 4)))[0] == pytest.approx(0.5)
    assert objects.connectedness(mask((2, 2, 6), (20, 20, 2)))[0] == pytest.approx(36 / 40)
    assert objects.connectedness(mask())[0] == 0.0


def test_smoothness_tells_a_jump_from_a_walk():
    walk = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.full((1, 4, 4, 3), 10, np.uint8)
    jump = np.zeros((5, 4, 4, 3), np.uint8)
    jump[3:] = 200
    assert objects.smoothness(walk) == pytest.approx(1.0)
    assert objects.smoothness(jump) == pytest.approx(1 / 4)
    assert objects.smoothness(np.zeros((3, 4, 4, 3), np.uint8)) == 1.0


def test_nearest_finds_the_image_and_its_distance():
    rng = np.random.default_rng(0)
    candidates = rng.integers(0, 256, (6, 8, 8, 3)).astype(np.uint8)
    index, distance = objects.nearest(candidates[[4, 1]], candidates)
    assert index.tolist() == [4, 1]
    np.testing.assert_allclose(distance, 0, atol=1e-3)
    black, white = np.zeros((1, 8, 8, 3), np.uint8), np.full((1, 8, 8, 3), 255, np.uint8)
    assert objects.nearest(black, white)[1][0] == pytest.approx(1.0)


def test_overlap_is_of_pairs():
    a, b = mask((4, 4, 8)), mask((4, 8, 8))
    both = np.concatenate([a, a])
    assert objects.overlap(both, np.concatenate([a, b])) == pytest.approx((1 + 32 / 96) / 2)
    assert objects.overlap(mask(), b) == 0


def test_likeness_is_the_best_overlap():
    square, left, none = mask((8, 8, 8)), mask((8, 4, 8)), mask()
    real = np.concatenate([left, mask((20, 20, 8))])
    np.testing.assert_allclose(
        objects.likeness(np.concatenate([square, left, none]), real), [1 / 3, 1, 0]
    )


def test_diversity_is_the_mean_squared_difference_of_pairs():
    images = np.random.default_rng(0).integers(0, 256, (5, 4, 4, 3)).astype(np.uint8)
    x = images.astype(float) / 255
    pairs = [np.mean((x[i] - x[j]) ** 2) for i in range(5) for j in range(5) if i != j]
    assert objects.diversity(images) == pytest.approx(np.sqrt(np.mean(pairs)))


def test_blur_is_less_sharp():
    rng = np.random.default_rng(0)
    sharp = rng.integers(0, 256, (2, 16, 16, 3)).astype(np.uint8)
    blurred = np.stack([cv2.blur(image, (5, 5)) for image in sharp])
    assert objects.sharpness(blurred) < 0.5 * objects.sharpness(sharp)
    ramp = np.tile(np.arange(16, dtype=np.uint8)[:, None] * 17, (1, 16, 1, 3))
    assert objects.sharpness(ramp) == pytest.approx(1 / 15, rel=1e-3)


def test_squared_errors_are_in_units_of_the_whole_range():
    black, white = np.zeros((2, 4, 4, 3), np.uint8), np.full((2, 4, 4, 3), 255, np.uint8)
    assert objects.squared_error(black, white) == objects.squared_error(white, black) == 1
    assert objects.squared_error(black, white / 2.0) == pytest.approx(0.25)


def test_outlines_are_alike_within_a_pixel():
    def square(low, high):
        mask = np.zeros((1, 24, 24, 1), np.uint8)
        mask[:, low:high, low:high] = 255
        return mask

    real = square(6, 16)
    found = objects.outline_likeness(
        np.concatenate([real, square(7, 17), square(9, 19), square(0, 24), square(3, 3)]), real
    )
    assert found[0] == 1
    assert 0.9 < found[1] <= 1
    assert found[2] < 0.6
    assert found[3] == 0
    assert found[4] == 0
    both = np.concatenate([square(0, 24), real])
    assert objects.outline_likeness(real, both)[0] == 1
    # Each beside the others, not beside itself.
    three = np.concatenate([real, square(7, 17), square(0, 24)])
    first, second, last = objects.outline_likeness(three, three, others=True)
    assert 0.9 < first <= 1
    assert 0.9 < second <= 1
    assert last < 0.6
