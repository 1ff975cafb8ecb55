"""LPIPS is that of its authors' package."""

import numpy as np
import pytest

from tfgen.errors import InputError
from tfgen.papers.comparators.lpips import Lpips

# Output and input channels, width of the kernels.
_LAYERS = ((64, 3, 11), (192, 64, 5), (384, 192, 3), (256, 384, 3), (256, 256, 3))
# By lpips 0.1.4 and PyTorch 2.14, of the same weights and pictures.
_GOLDEN = (0.4686179459095001, 1.2869511842727661, 0.9341927766799927)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """(folder of AlexNet's and LPIPS' weights, drawn at random; pictures; others)."""
    folder, rng = tmp_path_factory.mktemp("lpips"), np.random.default_rng(0)
    numbers = (0, 3, 6, 8, 10)
    trunk = {
        f"features.{i}.weight": rng.normal(0, (2 / (n * k * k)) ** 0.5, (m, n, k, k))
        for i, (m, n, k) in zip(numbers, _LAYERS, strict=True)
    }
    trunk |= {
        f"features.{i}.bias": rng.normal(0, 0.1, m)
        for i, (m, _, _) in zip(numbers, _LAYERS, strict=True)
    }
    heads = {
        f"lin{i}.model.1.weight": rng.uniform(0, 1, (1, m, 1, 1))
        for i, (m, _, _) in enumerate(_LAYERS)
    }
    for name, arrays in (("trunk", trunk), ("heads", heads)):
        np.savez(folder / name, **{key: array.astype(np.float32) for key, array in arrays.items()})
    a = rng.integers(0, 256, (3, 96, 96, 3), dtype=np.uint8)
    b = a.copy()
    b[0, 20:40] = 0
    b[1] = 255 - b[1]
    b[2] = np.roll(a[2], 1, 0)
    return folder, a, b


def test_distances_are_those_of_the_authors(drawn):
    folder, a, b = drawn
    lpips = Lpips(folder / "trunk.npz", folder / "heads.npz", 96)
    np.testing.assert_allclose(lpips(a, b), _GOLDEN, rtol=1e-4)
    np.testing.assert_allclose(lpips(b, a), lpips(a, b), rtol=1e-5)
    assert (lpips(a, a) == 0).all()


def test_weights_of_another_network_are_refused(drawn, tmp_path):
    folder, _, _ = drawn
    np.savez(
        tmp_path / "vgg",
        **{f"lin{i}": np.zeros((1, n)) for i, n in enumerate((64, 128, 256, 512, 512))},
    )
    with pytest.raises(InputError, match="weighs 64, 128, 256, 512, 512 channels, and AlexNet has"):
        Lpips(folder / "trunk.npz", tmp_path / "vgg.npz", 96)
