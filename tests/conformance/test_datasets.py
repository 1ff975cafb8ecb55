"""Every data set of `--dataset`: prepared from a few objects, it keeps what a builder promises.

A new data set is a row in MAKE, or fails `test_every_data_set_is_walked`.
"""

import cv2
import numpy as np
import pytest

from tests.data.drawings.test_aubry_chairs import write_model
from tfgen.conditions.description import Description
from tfgen.config.data import HoldoutConfig, TurntableConfig
from tfgen.data.drawings import datasets, prepared
from tfgen.data.drawings.collection import collect
from tfgen.data.drawings.examples import load_examples
from tfgen.shapes.classes import SHAPES

_PARAMETRIC = {"models": 2, "azimuths": 3, "elevations": (20.0,), "samples": 1, "processes": 1}
_TETRAHEDRON = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 {}\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n"


def _meshes(folder):
    (folder / "meshes").mkdir()
    for number in (1, 2):
        (folder / "meshes" / f"{number}.obj").write_text(_TETRAHEDRON.format(number))
    return _PARAMETRIC | {"meshes": str(folder / "meshes"), "up": "y"}


def _aubry_chairs(folder):
    write_model(folder / "rendered_chairs", "wide", (10, 40, 70, 60))
    write_model(folder / "rendered_chairs", "tall", (30, 10, 50, 70))
    return {"rendered_chairs": str(folder / "rendered_chairs"), "processes": 1}


# Name of a data set -> function of a folder to settings by which it has two objects.
MAKE = {category: lambda folder: dict(_PARAMETRIC) for category in SHAPES} | {
    "meshes": _meshes,
    "aubry_chairs": _aubry_chairs,
}


def test_every_data_set_is_walked():
    assert datasets.DATASETS.keys() == MAKE.keys(), "add a row to MAKE for a new data set"


@pytest.fixture(scope="module", params=MAKE)
def made(request, tmp_path_factory):
    """(settings, prepared builder) of a data set."""
    folder = tmp_path_factory.mktemp(request.param)
    config = TurntableConfig(
        dataset=request.param, data_dir=str(folder / "data"), **MAKE[request.param](folder)
    )
    (builder,) = datasets.prepare(config)
    return config, builder


def test_it_is_whole_on_disk_and_found_again(made, monkeypatch):
    config, builder = made
    assert prepared.damage(builder.data_path) == ""
    monkeypatch.setattr(type(builder), "_generate_examples", None)  # nothing is drawn twice
    (again,) = datasets.prepare(config)
    assert again.data_path == builder.data_path


def test_every_object_is_drawn_in_every_view(made):
    _, builder = made
    objects = builder.info.features[builder.style].num_classes
    assert builder.info.splits["train"].num_examples == objects * len(builder.views()) > 0
    assert objects == 2


def test_images_are_objects_over_white_that_are_not_all_alike(made):
    _, builder = made
    size, images = builder.image_size, []
    for example in builder.as_dataset(split="train").take(6).as_numpy_iterator():
        image, mask = example["image"], example["mask"]
        assert image.shape == (size, size, 3)
        assert image.dtype == mask.dtype == np.uint8
        assert (image[mask[..., 0] == 0] == 255).all()
        assert 0.02 < (mask > 127).mean() < 0.9
        images.append(cv2.resize(image, (8, 8)).astype(float))
    assert np.std(images, axis=0).max() > 4


def test_its_description_survives_being_written_and_every_condition_has_a_column(made):
    _, builder = made
    collection = collect([builder], HoldoutConfig())
    description = collection.description()
    assert Description.from_dict(description.to_dict()) == description
    columns = load_examples(collection).columns
    assert not set(description.names) - set(columns)
