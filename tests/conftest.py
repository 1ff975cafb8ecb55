"""Small examples and networks that the tests share."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pytest

import tfgen  # noqa: F401 - before TensorFlow, which it tells to use oneDNN
from tests.tiny_runs import data_dir, finished, make_run, settings, trained  # noqa: F401


@pytest.fixture
def examples():
    """60 views of 64 pixels: 5 styles, 12 azimuths, one elevation; the last azimuth held out."""
    from tfgen.data.drawings.examples import Examples

    rng = np.random.default_rng(0)
    n, size = 60, 64
    masks = np.zeros((n, size, size, 1), np.uint8)
    for i in range(n):
        a, b = 8 + i % 7, 40 + i % 11
        masks[i, a:b, a:b] = 255
    images = (rng.integers(0, 256, (n, 1, 1, 3)) * (masks > 0)).astype(np.uint8)
    azimuths = np.tile(np.arange(12) * 30.0, 5).astype(np.float32)
    return Examples(
        {
            "image": images,
            "mask": masks,
            "style": np.repeat(np.arange(5), 12).astype(np.int64),
            "azimuth": azimuths,
            "elevation": np.full(n, 20.0, np.float32),
            "held_out": azimuths == 330.0,
        }
    )


@pytest.fixture
def tiny_generator():
    """A function that makes a small seeded generator: (architecture, styles, image size)."""
    import keras

    from tfgen.papers.chairs.generator import UpConvGenerator
    from tfgen.papers.chairs.tables import generator_spec

    def make(architecture="1s-S", num_styles=5, image_size=64, **kwargs):
        keras.utils.set_random_seed(0)
        spec = generator_spec(architecture, image_size, width=0.05, fc_width=0.05)
        return UpConvGenerator(spec, num_styles=num_styles, **kwargs)

    return make


@pytest.fixture(scope="session")
def labels():
    from tfgen.data.drawings.transform_draws import TransformRanges
    from tfgen.export.labels import Labels

    return Labels(
        style_names=[f"chairs_{i:04d}" for i in range(5)],
        categories=["chairs"] * 5,
        image_size=64,
        azimuths=[0.0, 120.0, 240.0],
        elevations=[20.0],
        transform_ranges={k: list(v) for k, v in TransformRanges.of_strength(1).of_theta().items()},
    )


@pytest.fixture(scope="session")
def generator():
    import keras

    from tfgen.papers.chairs.generator import UpConvGenerator
    from tfgen.papers.chairs.tables import generator_spec

    keras.utils.set_random_seed(0)
    return UpConvGenerator(generator_spec("1s-S-deep", 64, 0.1, 0.1), num_styles=5)


@pytest.fixture(scope="session")
def exported(generator, labels, tmp_path_factory):
    """Path of version 1 of the model "tiny"."""
    return export_generator(generator, labels, tmp_path_factory.mktemp("models"), "tiny")


def export_generator(generator, labels, base, name, **facts):
    """Path of the next version of a model."""
    from tfgen.export.manifest import Manifest
    from tfgen.export.saved_model import publish
    from tfgen.papers.chairs.signatures import generator_signatures

    signatures = generator_signatures(generator, labels.description)
    manifest = Manifest.of_labels(labels, **facts)
    return publish(generator.variables, signatures, manifest, base, name)
