"""TFDS builders, end to end on small turntables: written to disk, read back."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import trimesh
from absl import flags as absl_flags

from tfgen.config import flags
from tfgen.config.data import HoldoutConfig, TurntableConfig
from tfgen.data.drawings import datasets
from tfgen.data.drawings.builder import prepare
from tfgen.data.drawings.collection import collect
from tfgen.data.drawings.examples import load_examples
from tfgen.data.drawings.parametric_turntables import ParametricTurntables
from tfgen.errors import InputError
from tfgen.rendering.renderer import Renderer
from tfgen.shapes.classes import SHAPES

ROOT = Path(__file__).parents[3]
RECIPES = [
    ROOT / "chairs.flags",
    *sorted((ROOT / "scripts" / "recipes" / "chairs").glob("*.flags")),
]
# Rendered at 64 px, the smallest size that there is, from few views.
SMALL = {"models": 2, "azimuths": 3, "elevations": (20.0,), "samples": 1, "processes": 1}


def config(tmp_path, **changes):
    return TurntableConfig(**SMALL | {"data_dir": str(tmp_path / "data")} | changes)


def read(builder):
    return list(builder.as_dataset(split="train").as_numpy_iterator())


def test_parametric_turntables_hold_what_the_renderer_renders(tmp_path):
    (builder,) = datasets.prepare(config(tmp_path))
    examples = read(builder)
    assert len(examples) == 6
    assert builder.info.features["style"].names == ["chairs_0000", "chairs_0001"]
    assert builder.info.metadata["azimuths"] == [0.0, 120.0, 240.0]
    for example in examples:
        renderer = Renderer(SHAPES["chairs"](int(example["style"])))
        view = float(example["azimuth"]), float(example["elevation"])
        rgb, mask = renderer.render(*view, 64, samples=1)
        np.testing.assert_array_equal(example["image"], rgb)
        np.testing.assert_array_equal(example["mask"], mask)
        assert example["category"] == b"chairs"


def test_a_prepared_data_set_is_not_prepared_again(tmp_path, monkeypatch):
    datasets.prepare(config(tmp_path))
    monkeypatch.setattr("tfgen.data.drawings.builder.in_processes", None)
    (builder,) = datasets.prepare(config(tmp_path))
    assert builder.info.features["style"].names == ["chairs_0000", "chairs_0001"]
    assert dict(builder.info.metadata["categories"]) == {
        "chairs_0000": "chairs",
        "chairs_0001": "chairs",
    }


@pytest.mark.parametrize(
    "change",
    [{"models": 3}, {"azimuths": 4}, {"elevations": (30.0,)}, {"samples": 2}, {"margin": 1.2},
     {"data_seed": 1}, {"image_size": 128}, {"dataset": "tables"}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_every_setting_that_changes_pixels_changes_the_name(tmp_path, change):
    (a,) = datasets.builders(config(tmp_path))
    (b,) = datasets.builders(config(tmp_path, **change))
    assert a.builder_config.name != b.builder_config.name


def test_usual_views_are_the_papers(tmp_path):
    usual = {"azimuths": 0, "elevations": ()}
    chairs, tables = datasets.builders(config(tmp_path, dataset="chairs,tables", **usual))
    assert len(chairs.builder_config.turntable.azimuths) == 31
    assert chairs.builder_config.turntable.elevations == (20.0, 30.0)
    assert len(tables.builder_config.turntable.azimuths) == 36
    assert tables.builder_config.turntable.elevations == (0.0, 10.0, 20.0, 30.0, 40.0)


@pytest.mark.parametrize("category", SHAPES)
def test_each_class_is_a_configuration_of_its_own(tmp_path, category):
    builder = ParametricTurntables(config=category, data_dir=str(tmp_path))
    assert builder.builder_config.name == category
    assert builder.builder_config.models[0].category == category


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_the_data_of_every_recipe_of_parametric_shapes_can_be_built(tmp_path, recipe):
    values = absl_flags.FlagValues()
    flags.define(values=values)
    values(["train.py", f"--flagfile={recipe}", f"--data_dir={tmp_path}"])
    settings = flags.from_flags(values).data
    names = settings.dataset.split(",")
    if set(names) <= set(SHAPES):
        assert len(datasets.builders(settings)) == len(names)


def write_meshes(folder):
    folder.mkdir()
    for i in range(3):
        trimesh.creation.box((1, 1 + i, 2)).export(folder / f"box{i}.obj")
    (folder / "broken.glb").write_bytes(b"no mesh")


def test_a_broken_mesh_is_left_out_by_name_and_styles_have_no_gap(tmp_path):
    write_meshes(tmp_path / "meshes")
    settings = config(tmp_path, dataset="meshes", meshes=str(tmp_path / "meshes"))
    (builder,) = datasets.prepare(settings)
    assert builder.info.features["style"].names == ["box0", "box1", "box2"]
    assert "broken.glb" in builder.info.metadata["skipped"]["broken"]
    assert len(read(builder)) == 9


def test_a_changed_folder_of_meshes_is_another_data_set(tmp_path):
    write_meshes(tmp_path / "meshes")
    settings = config(tmp_path, dataset="meshes", meshes=str(tmp_path / "meshes"))
    (before,) = datasets.builders(settings)
    (same,) = datasets.builders(settings)
    trimesh.creation.icosphere(1).export(tmp_path / "meshes" / "ball.obj")
    (after,) = datasets.builders(settings)
    assert before.builder_config.name == same.builder_config.name
    assert before.builder_config.name != after.builder_config.name


def test_fewer_meshes_are_the_first_ones(tmp_path):
    write_meshes(tmp_path / "meshes")
    settings = config(tmp_path, dataset="meshes", meshes=str(tmp_path / "meshes"), max_meshes=2)
    (builder,) = datasets.builders(settings)
    assert [file.name for file in builder.builder_config.models] == ["box0", "box1"]


def test_only_broken_meshes_are_an_error(tmp_path):
    folder = tmp_path / "meshes"
    folder.mkdir()
    (folder / "broken.glb").write_bytes(b"no mesh")
    with pytest.raises(InputError, match=r"none of the 1 models can be used.*broken\.glb"):
        datasets.prepare(config(tmp_path, dataset="meshes", meshes=str(folder)))


@dataclasses.dataclass(frozen=True)
class FailsLate:
    """Passes the survey, and fails when it is rendered."""

    name: str = "late"
    category: str = "chairs"

    def load(self):
        raise RuntimeError("too late")


def test_a_model_that_fails_in_rendering_is_left_out_too(tmp_path):
    (usual,) = datasets.builders(config(tmp_path))
    models = (FailsLate(), *usual.builder_config.models)
    odd = dataclasses.replace(usual.builder_config, name="odd", models=models)
    builder = prepare(ParametricTurntables(config=odd, data_dir=str(tmp_path / "data")))
    assert builder.info.features["style"].names == ["chairs_0000", "chairs_0001"]
    assert builder.info.metadata["skipped"] == {"late": "too late"}
    assert len(read(builder)) == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dataset": "sofas"}, "dataset=sofas is not known"),
        ({"dataset": "meshes"}, "dataset=meshes needs meshes"),
        ({"dataset": "meshes", "meshes": "/no/such"}, "meshes=/no/such is no folder"),
        ({"dataset": "aubry_chairs"}, "needs rendered_chairs"),
        ({"dataset": "aubry_chairs", "rendered_chairs": "/no/such"}, "is no folder"),
        ({"data_dir": "/proc/none"}, "data_dir=/proc/none cannot be written"),
    ],
)
def test_what_is_missing_is_told_by_its_name(tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        datasets.prepare(config(tmp_path, **changes))


def test_several_data_sets_are_numbered_through(tmp_path):
    collection = collect(
        datasets.prepare(config(tmp_path, dataset="chairs,tables")), HoldoutConfig()
    )
    examples = load_examples(collection)
    style, azimuth, _ = collection.conditions
    assert style.names == ("chairs_0000", "chairs_0001", "tables_0000", "tables_0001")
    assert style.categories == ("chairs", "chairs", "tables", "tables")
    assert azimuth.values == (0.0, 120.0, 240.0)
    assert collection.description().streams == {
        "style": ("style",),
        "viewpoint": ("azimuth", "elevation"),
    }
    assert examples.styles.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    assert examples.azimuths[:3].tolist() == [0, 120, 240]


def test_one_style_is_too_few(tmp_path):
    with pytest.raises(InputError, match="has 1 style"):
        collect(datasets.prepare(config(tmp_path, models=1)), HoldoutConfig())


PREPARE = """
import sys
from tfgen.config.data import TurntableConfig
from tfgen.data.drawings import datasets
if __name__ == "__main__":
    datasets.prepare(TurntableConfig(models=int(sys.argv[2]), azimuths=6, image_size=64, samples=1,
                                data_dir=sys.argv[1], processes=1))
"""


def test_a_preparation_that_was_killed_starts_anew(tmp_path):
    script = tmp_path / "prepare.py"
    script.write_text(PREPARE)
    data = tmp_path / "data"
    arguments = [sys.executable, str(script), str(data), "8"]
    with subprocess.Popen(arguments, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as child:
        deadline = time.time() + 60
        while not list(data.rglob("incomplete*")) and time.time() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
    assert list(data.rglob("incomplete*"))
    subprocess.run(arguments, check=True, capture_output=True)
    (builder,) = datasets.builders(
        TurntableConfig(models=8, azimuths=6, samples=1, data_dir=str(data))
    )
    assert builder.info.splits["train"].num_examples == 8 * 12


def test_what_killed_preparations_left_is_removed_and_what_others_write_is_not(tmp_path):
    (builder,) = datasets.builders(config(tmp_path))
    folder = Path(builder.data_dir).parent
    for name, age in (("incomplete.old", 3600), ("incomplete.new", 10)):
        (folder / name).mkdir(parents=True)
        (folder / name / "part").write_text("")
        for path in (folder / name / "part", folder / name):
            os.utime(path, (time.time() - age,) * 2)
    prepare(builder)
    assert [path.name for path in folder.glob("incomplete*")] == ["incomplete.new"]
