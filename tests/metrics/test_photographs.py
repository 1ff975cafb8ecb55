"""Statistics of photographs, on images whose statistics are known."""

import cv2
import numpy as np
import pytest

from tfgen.metrics import photographs

rng = np.random.default_rng(0)
IMAGES = np.stack([cv2.GaussianBlur(rng.random((32, 32, 3)), (0, 0), 1.5) for _ in range(6)])


def test_an_error_of_one_is_another_image_of_the_set():
    pairs = [
        np.linalg.norm(a - b) for i, a in enumerate(IMAGES) for j, b in enumerate(IMAGES) if i != j
    ]
    assert photographs.pairwise_normaliser(IMAGES) == pytest.approx(np.mean(pairs))
    assert photographs.normalised_error(IMAGES, IMAGES) == 0
    others = np.mean(
        [photographs.normalised_error(IMAGES, np.roll(IMAGES, k, 0)) for k in range(1, 6)]
    )
    assert others == pytest.approx(1)


def test_blur_moves_gradients_and_spectra_away():
    distances = []
    for sigma in (0.01, 1, 3):
        blurred = np.stack([cv2.GaussianBlur(image, (0, 0), sigma) for image in IMAGES])
        distances.append(
            (
                photographs.gradient_distance(IMAGES, blurred),
                photographs.spectrum_distance(IMAGES, blurred),
            )
        )
    assert distances[0] == pytest.approx((0, 0), abs=1e-3)
    assert distances[0] < distances[1] < distances[2]
    assert photographs.gradient_distance(IMAGES, 0 * IMAGES + 0.5) == pytest.approx(1)


def test_statistics_do_not_mind_which_images_they_are():
    a, b = (
        np.stack([cv2.GaussianBlur(rng.random((32, 32, 3)), (0, 0), 1.5) for _ in range(40)])
        for _ in range(2)
    )
    assert photographs.gradient_distance(a, b) < 0.03
    assert photographs.spectrum_distance(a, b) < 1.5
    assert photographs.normalised_error(a, b) > 0.9


@pytest.mark.parametrize("period", [2, 4, 8])
def test_a_lattice_is_told_from_what_images_show(period):
    pattern = np.zeros((1, 32, 32))
    pattern[:, ::period, ::period] = 0.3
    gray = IMAGES.mean(axis=-1)
    assert photographs.lattice(gray + pattern, period) > 3 * photographs.lattice(gray, period)


def test_a_wave_has_its_power_at_its_frequency():
    x = np.arange(64)
    wave = np.sin(2 * np.pi * x / 8)[None, None, :, None] * np.ones((1, 64, 1, 3))
    power = photographs.power_spectrum(wave)
    assert np.linspace(0, 0.5, len(power))[power.argmax()] == pytest.approx(1 / 8, abs=0.02)


def test_a_pattern_that_all_share_is_no_sharpness():
    rng = np.random.default_rng(0)
    fine = rng.random((60, 32, 32, 3))
    blurred = np.stack([cv2.GaussianBlur(x, (0, 0), 2.0) for x in fine])
    lattice = blurred + 0.3 * (np.indices((32, 32)).sum(axis=0) % 2)[..., None]
    plain, patterned, same = (photographs.statistics(fine, x) for x in (blurred, lattice, fine))
    assert same[photographs.GRADIENTS] < 0.05 < plain[photographs.GRADIENTS]
    assert same[photographs.COMMON] < 0.02
    assert plain[photographs.COMMON] < 0.02
    assert patterned[photographs.COMMON] > 0.9
    assert patterned[photographs.GRADIENTS] == pytest.approx(plain[photographs.GRADIENTS], rel=0.1)
    assert photographs.gradient_distance(fine, lattice) != pytest.approx(
        photographs.gradient_distance(fine, blurred), rel=0.1
    )
