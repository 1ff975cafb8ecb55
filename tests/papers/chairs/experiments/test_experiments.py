"""Every experiment on a tiny run: that it runs, what it writes, what it refuses."""

import csv
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import tensorflow as tf

from tests import processes
from tfgen.errors import InputError
from tfgen.metrics import photographs
from tfgen.papers.catalog import EXPERIMENTS, find_experiment
from tfgen.papers.chairs.experiments import architectures, correspondences
from tfgen.papers.chairs.experiments.neighbours import KnownObjects, around, descriptors
from tfgen.papers.chairs.experiments.options import Options
from tfgen.papers.chairs.experiments.random_objects import mixtures
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.drawings import random_weights
from tfgen.runs.experiments import result, verdict
from tfgen.runs.experiments.summary import write_report
from tfgen.runs.experiments.training_runs import minutes_trained, trained_scores, trainings
from tfgen.runs.train import train
from tfgen.training.run_directory import RunDirectory

ON_A_MODEL = [
    name
    for name, each in EXPERIMENTS.items()
    if each.takes.endswith(":Trained") and name != "latent_space"
]


@pytest.mark.parametrize("name", ON_A_MODEL)
def test_experiments_on_a_model(trained, name, tmp_path, monkeypatch):
    monkeypatch.setattr("tfgen.papers.chairs.experiments.new_objects.OBJECTS", 2)
    monkeypatch.setattr("tfgen.papers.chairs.experiments.new_objects.VIEWS", (1, 2))
    monkeypatch.setattr("tfgen.papers.chairs.experiments.transformation_units._CANDIDATES", 3)
    for kind in ("SIMPLE", "DIFFICULT", "VALIDATION"):
        monkeypatch.setattr(f"tfgen.papers.chairs.experiments.correspondences.{kind}", 1)
    monkeypatch.setattr("tfgen.papers.chairs.experiments.keypoint_pairs.FRAMES", 10)
    few = {method: some[:1] for method, some in correspondences.SETTINGS.items()}
    monkeypatch.setattr("tfgen.papers.chairs.experiments.correspondences.SETTINGS", few)
    found = find_experiment(name).function()(trained, Options(seed=1))
    page = result.write(found, tmp_path, name)
    assert found.title in page.read_text()
    with (tmp_path / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found.rows) > 0
    facts = json.loads((tmp_path / f"{name}.json").read_text())
    assert facts["holds"] in verdict.HOLDS
    for picture in facts["pictures"]:
        assert cv2.imread(str(tmp_path / picture)).std() > 1
        assert f"({picture})" in page.read_text()
    numbers = [v for row in found.rows for v in row.values() if isinstance(v, float)]
    assert numbers


def test_architectures_are_trained_alike(make_run, monkeypatch):
    assert list(architectures.TABLE_1) == ["2s-E", "2s-S", "1s-S", "1s-S-wide", "1s-S-deep"]
    two = {name: architectures.TABLE_1[name] for name in ("2s-E", "1s-S-deep")}
    monkeypatch.setattr(architectures, "TABLE_1", two)
    steps = ("--steps=2", "--steps_per_epoch=2", "--evaluation_images=1024", "--export_dir=")
    settings = make_run(*steps)
    found = find_experiment("architectures").function()(settings, Options(trainings=1))
    controls = ["control: mean object", "control: blank page"]
    assert [row["network"] for row in found.rows] == [*two, *controls]
    scores = trained_scores(trainings(settings, "2s-E", 1, model={"architecture": "2s-E"})[0])
    for kind, name in (("", "training/image_mse"), (", over white", "training/mse")):
        error = found.rows[0][f"MSE x 1000{kind}"]
        assert error == pytest.approx(1000 * scores[name], rel=1e-3)
    assert [row["parameters at 128 px"] for row in found.rows][:1] == ["26.9M"]


def test_trainings_differ_in_seed_and_folder_alone(make_run):
    settings = make_run("--seed=4")
    first, second = trainings(settings, "a", 2, schedule={"steps": 8}, data={"evenly": "styles"})
    assert (first.schedule.seed, second.schedule.seed) == (4, 5)
    assert Path(second.schedule.run_dir) == Path(settings.schedule.run_dir) / "a_5"
    changed = {n for n, x in second.flat().items() if x != settings.flat()[n]}
    assert changed == {"seed", "run_dir", "export_dir", "steps", "evenly"}


def test_what_is_trained_is_not_trained_again(finished):
    settings, _ = finished
    checkpoint = Path(settings.schedule.run_dir) / "checkpoints" / "ckpt-4.index"
    before = checkpoint.stat().st_mtime_ns
    assert trained_scores(settings)["training/mse"] > 0
    assert checkpoint.stat().st_mtime_ns == before


def test_minutes_are_those_of_all_runs_below(finished, tmp_path):
    run = Path(finished[0].schedule.run_dir)
    rows = RunDirectory(run).read_metrics()
    batch_size, before, seconds = finished[0].schedule.batch_size, 0, 0.0
    for row in rows:
        seconds += (int(row["step"]) - before) * batch_size / float(row["images_per_second"])
        before = int(row["step"])
    shutil.copytree(run, tmp_path / "both" / "a")
    shutil.copytree(run, tmp_path / "both" / "b")
    assert minutes_trained(tmp_path / "both") == pytest.approx(2 * seconds / 60)
    assert minutes_trained(tmp_path / "both", run) == pytest.approx(3 * seconds / 60)
    assert np.isnan(minutes_trained(tmp_path / "none"))


def test_training_set_sizes_need_models(make_run):
    with pytest.raises(InputError, match="models=8 is too few: give at least 114"):
        find_experiment("training_set").function()(make_run(), Options())


@pytest.mark.slow
def test_training_set_sizes(make_run, monkeypatch):
    run = find_experiment("training_set").function()
    monkeypatch.setattr("tfgen.papers.chairs.experiments.training_set._LEAST", 2)
    settings = make_run("--models=28", "--azimuths=2", "--holdout_azimuths=0", "--export_dir=")
    found = run(settings, Options(trainings=1))
    sizes = ["2", "4", "12", "28", "4 + T"]
    assert [row["models"] for row in found.rows[:5]] == sizes
    assert [row["models"] for row in found.rows[5:]] == [
        "control: cross-fade", "control: mean object"
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.ci
def test_view_transfer_scores_unseen_views(make_run, monkeypatch):
    run = find_experiment("view_transfer").function()
    with pytest.raises(InputError, match="models=8 is too few: give at least 20"):
        run(make_run(), Options())
    monkeypatch.setattr("tfgen.papers.chairs.experiments.view_transfer.VIEWS", (4, 1))
    monkeypatch.setattr("tfgen.papers.chairs.experiments.view_transfer._TARGETS", 0.25)
    found = run(
        make_run("--holdout_azimuths=0", "--steps=2", "--steps_per_epoch=2", "--export_dir="),
        Options(trainings=2),
    )
    assert [row["views"] for row in found.rows] == [4] * 6 + [1] * 6
    for row in found.rows:
        assert row["error x 1000, low"] <= row["error x 1000"] <= row["error x 1000, high"]
        assert 0 < row["error x 1000"] < 1000
    strips = found.pictures["strips"]
    assert strips.shape[0] > 2 * 5 * 96  # given, truth, both networks and neighbours


def test_neighbours_by_hog_have_the_same_orientations_and_any_contrast():
    ramp = np.tile(np.arange(32) * 4, (32, 1)).astype(np.uint8)[None, ..., None].repeat(3, -1)
    images = np.concatenate([ramp, ramp // 2, ramp.transpose(0, 2, 1, 3)])
    by_hog, by_rgb = (descriptors(images, kind) for kind in ("HOG", "RGB"))
    assert by_hog.shape == (3, 4 * 4 * 31)
    np.testing.assert_allclose(by_hog[0], by_hog[1], atol=1e-2)
    assert np.linalg.norm(by_hog[0] - by_hog[2]) > 1
    np.testing.assert_array_equal(by_rgb, images.reshape(3, -1))


def test_an_object_that_is_known_is_its_own_nearest(examples):
    known = KnownObjects(examples, np.array([0, 1, 3]))
    of_style = np.flatnonzero(examples.styles == 3)
    for kind in ("RGB", "HOG"):
        found = known.nearest(of_style[::4], of_style, kind)
        np.testing.assert_allclose(found, examples.over_white()[of_style])
    first = examples.over_white()[[0, 12, 36]].astype(float)
    np.testing.assert_allclose(known.mean(of_style[:1])[0], first.mean(axis=0))


def test_neighbours_are_blended_by_angle():
    known = np.array([0.0, 90.0, 200.0])
    assert dict(around(known, 30.0)) == pytest.approx({1: 1 / 3, 0: 2 / 3})
    assert dict(around(known, 280.0)) == pytest.approx({0: 0.5, 2: 0.5})
    assert around(known, 90.0) == [(1, 1.0)]
    assert around(np.array([50.0]), 90.0) == [(0, 1.0)]


@pytest.mark.slow
@pytest.mark.ci
def test_elevation_transfer_scores_elevations_not_trained_on(make_run):
    run = find_experiment("elevation_transfer").function()
    with pytest.raises(InputError, match="dataset=chairs is not two classes"):
        run(make_run(), Options())
    classes = ("--dataset=chairs,tables", "--models=3", "--azimuths=2", "--elevations=0,20,40")
    with pytest.raises(InputError, match="has the same elevations in both classes"):
        run(make_run(*classes), Options())
    kept = ("--keep_elevations=chairs:20,tables:0:20", "--holdout_azimuths=0")
    settings = make_run(*classes, *kept, "--steps=2", "--steps_per_epoch=2", "--export_dir=")
    found = run(settings, Options(trainings=1))
    both = RunDirectory(Path(settings.schedule.run_dir) / "both_0").read_settings()
    assert (both.schedule.steps, both.data.evenly) == (4, "classes")
    assert [(row["class"], row["elevation"], row["trained on"]) for row in found.rows] == [
        *(("chairs", 0, "the other class"), ("chairs", 20, "yes"), ("chairs", 40, "no")),
        *(("tables", 0, "yes"), ("tables", 20, "yes"), ("tables", 40, "no")),
    ]


@pytest.fixture(scope="module")
def variational(make_run):
    """Folder of a run with a Gaussian style, its divergence weighed by 1."""
    settings = make_run("--style_stream=variational", "--lambda_kl=1", "--export_dir=")
    train(settings)
    return settings.schedule.run_dir


def test_variational_runs_take_part_in_random_objects(trained, variational, make_run):
    code = ("--style_stream=variational", "--latent_size=3", "--free_nats=0.1")
    settings = make_run(*code, "--lambda_kl=10", "--export_dir=")
    train(settings)
    paths = (variational, settings.schedule.run_dir, variational)
    found = find_experiment("random_objects").function()(trained, Options(others=paths))
    names = [row["objects"] for row in found.rows]
    size = Trained(variational).generator.latent_size
    expected = {f"variational, KL weight 1, {size} numbers", "variational, KL weight 10, 3 numbers"}
    expected |= {f"variational, KL weight 1, {size} numbers again"}
    assert expected <= set(names)


def test_the_gaussian_code_is_looked_at(trained, variational):
    run = find_experiment("latent_space").function()
    with pytest.raises(InputError, match="has no Gaussian code"):
        run(trained, Options())
    found = run(Trained(variational), Options())
    names = [row["objects"] for row in found.rows]
    assert names[0] == "real objects"
    assert names[-1] == "paths between codes, over paths between styles"


def test_an_exported_model_is_enough_where_only_drawings_are_needed(finished):
    model = Trained(finished[1])
    assert find_experiment("transformations").function()(model, Options()).rows
    with pytest.raises(InputError, match="is an exported model, and this experiment needs"):
        find_experiment("units").function()(model, Options())


def test_mistakes(trained):
    with pytest.raises(InputError, match="experiment nope does not exist"):
        find_experiment("nope")
    with pytest.raises(InputError, match="styles=8 does not exist: give numbers from 0 to 7"):
        find_experiment("arithmetic").function()(trained, Options(styles=(1, 2, 8)))
    with pytest.raises(InputError, match="styles has 2, this experiment needs 3"):
        find_experiment("arithmetic").function()(trained, Options(styles=(1, 2)))
    with pytest.raises(InputError, match="is no folder"):
        Trained("/no/such")


def test_a_run_without_transformations_has_none_to_show(make_run):
    settings = make_run("--transform_strength=0", "--export_dir=")
    train(settings)
    plain = Trained(settings.schedule.run_dir)
    for name in ("transformations", "transformation_units"):
        with pytest.raises(InputError, match="was trained without transformations"):
            find_experiment(name).function()(plain, Options())


def test_edits_change_what_is_drawn(trained):
    values = {"style": 3, "azimuth": 30.0, "elevation": 20.0}
    same, _ = trained.draw_edited(values, lambda name, x: x)
    assert abs(same.astype(int) - trained.draw(values)[0]).max() <= 1

    def as_another(name, x):
        return other if name == "style_fc2" else x

    inputs = {k: tf.zeros((1, n)) for k, n in trained.generator.input_sizes.items()}
    other = trained.generator.activations(inputs | {"style": tf.one_hot([5], 8)})[1]["style_fc2"]
    edited, _ = trained.draw_edited(values, as_another)
    expected, _ = trained.draw(values | {"style": 5})
    assert abs(edited.astype(int) - expected).max() <= 1


def test_random_weights_and_mixtures_are_distributions():
    rng = np.random.default_rng(0)
    for weights in (random_weights(50, 20, 4.0, rng), mixtures(50, 20, 3, rng)):
        np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
        assert (weights >= 0).all()
    assert ((mixtures(50, 20, 3, rng) > 0).sum(axis=1) == 3).all()
    near, far = (random_weights(200, 20, sigma, rng).max(axis=1).mean() for sigma in (0.5, 8))
    assert near < 0.2 < 0.8 < far


def test_the_lattice_is_what_repeats_everywhere():
    edge = np.zeros((1, 32, 32))
    edge[:, :, 13:] = 1
    lattice = np.tile(np.array([[1.0, 0.0], [0.0, 0.0]]), (16, 16))[None]
    assert photographs.lattice(lattice) == pytest.approx(np.sqrt(3) / 4, rel=0.02)
    assert photographs.lattice(edge) < 0.2 * photographs.lattice(lattice)


def test_a_report_gathers_what_was_done(trained, tmp_path):
    with pytest.raises(InputError, match="has no experiments"):
        write_report(tmp_path, EXPERIMENTS)
    result.write(find_experiment("morphing").function()(trained, Options()), tmp_path, "morphing")
    text = write_report(tmp_path, EXPERIMENTS).read_text()
    assert "Interpolation between styles" in text
    assert "Not done here: architectures" in text
    assert "(morphing_figure.png)" in text


def test_the_script(finished, tmp_path):
    model = f"--model={finished[0].schedule.run_dir}"
    out = f"--out={tmp_path}"
    done = processes.run("experiment.py", "morphing", model, out)
    assert done.returncode == 0, done.stderr
    assert "At our scale: " in done.stdout
    assert (tmp_path / "morphing_figure.png").is_file()
    for arguments, says in (
        ([], "the experiment's name is missing"),
        (["nope", model], "experiment nope does not exist"),
        (["morphing"], "--model is missing"),
        (["morphing", "units", model], "unexpected argument 'units'"),
    ):
        done = processes.run("experiment.py", *arguments)
        assert done.returncode == 2
        assert says in done.stderr
