"""A data set of other conditions is one file and one row: the rest follows from its declaration."""

import json

import cv2
import numpy as np
import pytest

import tfgen
from tests.data.lamps import lamps
from tfgen.conditions.description import Condition
from tfgen.config import flags
from tfgen.data.drawings import datasets
from tfgen.data.drawings.collection import collect, describe, joint_conditions
from tfgen.data.drawings.examples import load_examples
from tfgen.data.drawings.stream import streamed_batches
from tfgen.errors import InputError
from tfgen.runs.train import dry_run, train

FLAGS = """
--dataset=lamps
--models=3
--holdout_views=0.25
--architecture=1s-S
--width=0.05
--fc_width=0.05
--transform_strength=0.5
--batch_size=4
--steps=12
--steps_per_epoch=12
--steps_per_execution=4
--evaluation_images=8
--precision=float32
"""


@pytest.fixture(scope="module", autouse=True)
def row():
    datasets.DATASETS["lamps"] = lamps
    yield
    del datasets.DATASETS["lamps"]


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lamps")

    def make(*extra):
        folders = [f"--data_dir={folder}/data", f"--run_dir={folder}/run"]
        return flags.from_text(
            "\n".join([*FLAGS.split(), *folders, f"--export_dir={folder}/models", *extra])
        )

    return make


@pytest.fixture(scope="module")
def outcome(settings):
    assert "3 models x 12 views" in dry_run(settings())  # not prepared yet
    return train(settings())


def test_it_trains_is_scored_and_drawn(outcome, settings):
    assert np.isfinite(outcome.scores["held_out/psnr"])
    previews = settings().schedule.run_dir + "/previews/"
    for name in ("comparison", "morph", "transformations"):
        assert cv2.imread(f"{previews}{name}.png").std() > 5
    facts = json.loads((outcome.export / "assets" / "model.json").read_text())
    names = [condition["name"] for condition in facts["description"]["conditions"]]
    assert names == ["shape", "colour", "light", "pose", "transform"]
    assert facts["description"]["streams"]["look"] == ["shape", "colour"]


def test_run_and_export_draw_by_its_conditions(outcome, settings):
    asked = {"shape": [2], "colour": [1], "light": [10.0], "pose": np.zeros((1, 2))}
    numbers = asked | {"transform": np.zeros((1, 8))}
    drawn = []
    for path in (settings().schedule.run_dir, outcome.export):
        model = tfgen.load(path)
        assert model.style_names == ["lamp0", "lamp1", "lamp2"]
        drawn.append(model(asked)[0])
        drawn.append(model.predict(numbers)["image"])
        with pytest.raises(InputError, match="azimuth is no condition"):
            model({"shape": [2], "azimuth": [3.0]})
        with pytest.raises(InputError, match="colour does not exist: give 0 to 1"):
            model.predict(numbers | {"colour": [2]})
        with pytest.raises(InputError, match=r"input colour must be int64 \[b\]: got"):
            model.predict(numbers | {"colour": ["blue"]})
    for other in drawn[1:]:
        assert np.abs(drawn[0].astype(int) - other).max() <= 1
    assert set(model.signatures["morph"].examples(1)) == {
        *("shape_weights", "colour_weights", "light", "pose", "transform")
    }


def test_from_disk_come_the_examples_that_memory_has(outcome, settings):
    chosen = settings()
    collection = collect(datasets.prepare(chosen.data), chosen.holdout)
    examples = load_examples(collection)
    assert examples.held_out.sum() == 3 * 2 * 2  # styles, views, poses
    trained = examples[~examples.held_out]
    batches = streamed_batches(collection, 8, seed=0).take(3).as_numpy_iterator()
    streamed = [
        (b["shape"][i], b["colour"][i], b["light"][i], b["pose"][i, 0], b["image"][i].sum())
        for b in batches
        for i in range(8)
    ]
    columns = trained.columns
    expected = [
        (
            *(columns[name][i] for name in ("shape", "colour", "light")),
            columns["pose"][i, 0],
            np.float32(columns["image"][i] / np.float32(255)).sum(),
        )
        for i in range(len(trained))
    ]
    np.testing.assert_allclose(sorted(streamed), sorted(expected), rtol=1e-4)


def test_flags_of_what_it_lacks_are_refused(settings, tmp_path):
    with pytest.raises(InputError, match="has no azimuth, it has shape, colour, light to hold"):
        train(settings("--holdout_azimuths=1", f"--run_dir={tmp_path}/a"))
    with pytest.raises(InputError, match="joins what is described by"):
        dry_run(settings("--dataset=lamps,chairs"))
    with pytest.raises(InputError, match="image_size=128 does not fit: lamps is 64 px; give"):
        dry_run(settings("--image_size=128"))


def test_an_angle_all_around_still_goes_round_in_a_collection():
    around = Condition("heading", "angle", values=range(0, 360, 30), unit="degrees")
    style = Condition("fish", "one-hot", 2, names=("eel", "ray"))
    _, joint = joint_conditions([(style, around), (style, around)])
    assert joint.goes_round
    assert joint.span == (0, 360)
    assert describe((style, joint), {}).turning == joint


def test_streams_hear_conditions_only():
    style = Condition("fish", "one-hot", 2, names=("eel", "ray"))
    with pytest.raises(ValueError, match="streams hear fin, which is no condition"):
        describe((style,), {"look": ("fish", "fin")})
