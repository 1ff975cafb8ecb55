"""Turntables rendered on Apache Beam's direct runner are those rendered here."""

import importlib.util

import numpy as np
import pytest
import trimesh

from tfgen.config.data import TurntableConfig
from tfgen.data.drawings import datasets
from tfgen.errors import InputError

HERE = importlib.util.find_spec("apache_beam")
needs_beam = pytest.mark.skipif(not HERE, reason="Apache Beam is not installed")
SMALL = {"models": 2, "azimuths": 3, "elevations": (20.0,), "samples": 1, "processes": 1}


def config(folder, **changes):
    return TurntableConfig(**SMALL | {"data_dir": str(folder)} | changes)


def read(builder):
    """Key of a view -> its image."""
    return {
        (int(each["style"]), float(each["azimuth"])): each["image"]
        for each in builder.as_dataset(split="train").as_numpy_iterator()
    }


@needs_beam
def test_what_beam_renders_is_what_processes_render(tmp_path):
    (here,) = datasets.prepare(config(tmp_path / "here"))
    (there,) = datasets.prepare(config(tmp_path / "there", beam_runner="DirectRunner"))
    expected, found = read(here), read(there)
    assert expected.keys() == found.keys()
    for key, image in expected.items():
        np.testing.assert_array_equal(found[key], image)
    assert there.info.features["style"].names == here.info.features["style"].names
    assert there.info.metadata["azimuths"] == here.info.metadata["azimuths"]


@needs_beam
def test_broken_meshes_are_left_out_of_beam_too(tmp_path):
    meshes = tmp_path / "meshes"
    meshes.mkdir()
    trimesh.creation.box().export(meshes / "box.stl")
    (meshes / "broken.obj").write_text("v 0 0\nf 1 2 3\n")
    (builder,) = datasets.prepare(
        config(tmp_path, dataset="meshes", meshes=str(meshes), beam_runner="DirectRunner")
    )
    assert builder.info.features["style"].names == ["box"]
    assert list(builder.info.metadata["skipped"]) == ["broken"]


@needs_beam
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"beam_runner": "NoRunner"}, "beam_runner=NoRunner cannot be used"),
        ({"beam_runner": "DirectRunner", "beam_options": "fast"}, "beam_options=fast is no opt"),
    ],
)
def test_mistakes_are_told(tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        datasets.prepare(config(tmp_path, **changes))


@pytest.mark.skipif(bool(HERE), reason="Apache Beam is installed")
def test_a_missing_beam_is_told(tmp_path):
    with pytest.raises(InputError, match="needs Apache Beam"):
        datasets.prepare(config(tmp_path, beam_runner="DirectRunner"))
