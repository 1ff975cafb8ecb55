"""One small export for all tests of this folder."""

import pytest


@pytest.fixture(scope="session")
def labels():
    from tfgen.data.transforms import TransformRanges
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

    from tfgen.architectures.chairs import generator_spec
    from tfgen.models.generator import UpConvGenerator

    keras.utils.set_random_seed(0)
    return UpConvGenerator(generator_spec("1s-S-deep", 64, 0.1, 0.1), 5)


@pytest.fixture(scope="session")
def exported(generator, labels, tmp_path_factory):
    """Path of version 1 of the model "tiny"."""
    from tfgen.export.saved_model import export_generator

    return export_generator(generator, labels, tmp_path_factory.mktemp("models"), "tiny")
