"""Experiments on photographs, on tiny runs and on arrays whose answers are known."""

import cv2
import numpy as np
import pytest
import tensorflow as tf

from tfgen.config import flags
from tfgen.errors import InputError
from tfgen.papers.catalog import find_experiment
from tfgen.papers.deepsim.experiments import autoencoders, code_classification, reencoding
from tfgen.papers.deepsim.experiments.options import Options as PhotoOptions
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun
from tfgen.papers.inverting.experiments import layer_errors, shallow_features
from tfgen.runs.experiments.experiment import Options
from tfgen.runs.train import train

FLAGS = """
--task=autoencoder
--architecture=table2
--width=0.25
--image_size=64
--batch_size=4
--steps=2
--steps_per_epoch=2
--steps_per_execution=1
--evaluation_images=8
--precision=float32
--export_dir=
"""


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder of pictures, each with colours of its own."""
    root, rng = tmp_path_factory.mktemp("photos"), np.random.default_rng(0)
    for i in range(8):
        scene = np.tile(rng.integers(0, 256, 3), (100, 160, 1)) + rng.integers(
            -20, 20, (100, 160, 1)
        )
        cv2.imwrite(str(root / f"{i}.png"), np.clip(scene, 0, 255).astype(np.uint8))
    return root


@pytest.fixture(scope="module")
def make_settings(photos, tmp_path_factory):
    def make(*extra):
        folder = tmp_path_factory.mktemp("run")
        lines = [*FLAGS.split(), f"--photos={photos}", f"--photos_test={photos}"]
        return flags.from_text("\n".join([*lines, f"--run_dir={folder / 'run'}", *extra]))

    return make


INVERSION = (
    *("--task=inversion", "--architecture=deepsim", "--width=0.05", "--lambda_adv=1"),
    *("--feature=alexnet_owt:conv5", "--feature_weights=random", "--lambda_feat=1"),
    *("--comparator=alexnet_owt:conv3", "--comparator_weights=random", "--relative_features"),
)


@pytest.fixture(scope="module")
def inversion(make_settings):
    settings = make_settings(*INVERSION)
    train(settings)
    return PhotoRun(settings.schedule.run_dir)


def test_inverted_features_are_looked_at(inversion):
    found = find_experiment("reencoding").function()(inversion, Options())
    assert [row["what"] for row in found.rows][:2] == ["re-encoded 1 times", "re-encoded 2 times"]
    assert set(found.pictures) == {"figure", "interpolation"}


class Copier:
    """A model whose features are the images themselves."""

    def extract(self, x):
        return tf.convert_to_tensor(x)

    def invert(self, features):
        return tf.convert_to_tensor(features)


class Mean(Copier):
    """One that keeps an image's mean alone."""

    def extract(self, x):
        return tf.reduce_mean(x, axis=(1, 2), keepdims=True) + tf.zeros_like(x)


def test_what_is_kept_of_place_and_colour():
    rng = np.random.default_rng(0)
    crops = rng.integers(0, 256, (4, 16, 16, 3)).astype(np.uint8)
    kept = [x.mean() for x in reencoding.kept_of_changes(Copier(), crops).values()]
    assert kept == pytest.approx([1, 1], abs=0.02)
    noise = [x.mean() for x in reencoding.kept_of_changes(Mean(), crops).values()]
    assert noise[0] == pytest.approx(0, abs=0.02)


def test_samples_of_variational_autoencoders_are_compared(make_settings, inversion):
    settings = make_settings("--architecture=table2-vae", "--lambda_kl=0.1")
    train(settings)
    variational = PhotoRun(settings.schedule.run_dir)
    found = find_experiment("vae_samples").function()(
        variational, Options(others=(settings.schedule.run_dir,))
    )
    known = ["photographs", "blurred", "noise", "ten of them repeated"]
    assert [row["samples"] for row in found.rows] == [*known, *["squared loss"] * 2]
    assert found.rows[3]["from the likest other"] == pytest.approx(0, abs=1e-6)
    with pytest.raises(InputError, match="is no variational autoencoder"):
        find_experiment("vae_samples").function()(inversion, Options())
    with pytest.raises(InputError, match="inverts no features"):
        find_experiment("reencoding").function()(variational, Options())


def test_labelled_photographs_are_classified_by_codes(make_settings, inversion, tmp_path):
    settings = make_settings("--architecture=table2")
    train(settings)
    autoencoder = PhotoRun(settings.schedule.run_dir)
    rng = np.random.default_rng(0)
    for name, level in (("dark", 40), ("light", 200)):
        for i in range(6):
            image = np.clip(rng.normal(level, 20, (72, 80, 3)), 0, 255).astype(np.uint8)
            cv2.imwrite(str(tmp_path / f"{name}_{i}.png"), image)
    classify = find_experiment("classification").function()
    found = classify(autoencoder, PhotoOptions(labelled=(str(tmp_path),)))
    assert [row["classes"] for row in found.rows] == [2] * 3
    assert found.rows[1]["accuracy %"] == 100  # by pixels
    with pytest.raises(InputError, match="labelled is missing"):
        classify(autoencoder, PhotoOptions())
    with pytest.raises(InputError, match="is no autoencoder"):
        classify(inversion, PhotoOptions(labelled=(str(tmp_path),)))


def test_scenes_that_differ_in_colour_are_told_apart(photos):
    from tfgen.data.photos import FolderPhotos

    scenes = code_classification.crops_of_scenes(FolderPhotos([photos]), 32, seed=0)
    assert scenes[0].shape == (8 * 16, 32, 32, 3)
    assert sorted(set(scenes[1])) == list(range(8))
    right = code_classification.svm_right(lambda x: x.mean(axis=(1, 2)).repeat(99, axis=1), scenes)
    assert right.shape == scenes[3].shape
    assert right.mean() > 0.9
    chance = code_classification.svm_right(lambda x: np.zeros((len(x), 2)), scenes)
    assert chance.mean() < 0.3
    assert code_classification.most_frequent_right(scenes).mean() == pytest.approx(1 / 8)
    assert code_classification.pixels(500)(scenes[2][:2]).shape == (2, 13, 13, 3)


def test_labelled_photographs_are_classified_by_their_labels(tmp_path):
    from tfgen.data.photos import FolderPhotos

    for name in "ab":
        (tmp_path / name).mkdir()
        for i in range(4):
            cv2.imwrite(str(tmp_path / name / f"{i}.png"), np.zeros((40, 40, 3), np.uint8))
    training, labels, test, wanted = code_classification.crops_of_scenes(
        FolderPhotos([tmp_path]), 32, seed=0
    )
    assert len(training) == len(test) == 4
    assert set(labels) | set(wanted) == {0, 1}


def test_a_generators_run_is_refused(finished):
    with pytest.raises(InputError, match="is a run of task=generator"):
        PhotoRun(finished[0].schedule.run_dir)


def test_inversion_losses_want_an_inversion(make_settings):
    with pytest.raises(InputError, match="must be those of an inversion with all losses"):
        find_experiment("inversion_losses").function()(make_settings("--task=inversion"), Options())
    for name in ("inversion_layers", "layer_errors"):
        with pytest.raises(InputError, match="feature=hog is no layer of a network: give the"):
            find_experiment(name).function()(
                make_settings("--task=inversion", "--feature=hog"), Options()
            )


@pytest.mark.slow
def test_inverters_by_parts_of_the_loss(make_settings):
    found = find_experiment("inversion_losses").function()(make_settings(*INVERSION), Options())
    assert len(found.rows) == 7 + 2  # and gray and the mean colour
    assert len(found.parts) >= 5


@pytest.mark.slow
def test_inverters_of_layers(make_settings):
    found = find_experiment("inversion_layers").function()(
        make_settings(*INVERSION, "--image_size=96"), Options()
    )
    names = ["conv5", "fc6", "fc7", "fc8", "gray", "mean colour"]
    assert [row["layer"] for row in found.rows] == names
    assert all(0 < row["error % in images"] < 1000 for row in found.rows)
    assert len(found.pictures) == 1


@pytest.mark.slow
def test_autoencoders_by_four_losses(make_settings, monkeypatch):
    narrow = {
        name: changes | {"model": {"width": 0.1}}
        for name, changes in autoencoders.COMPARATORS.items()
    }
    monkeypatch.setattr(autoencoders, "COMPARATORS", narrow)
    given = ("--lambda_feat=1", "--lambda_adv=1", "--relative_features")
    settings = make_settings(*given)
    of_comparators = make_settings(
        "--task=comparator", "--exemplars=10", f"--run_dir={settings.schedule.run_dir}"
    )
    found = find_experiment("autoencoders").function()(settings, of_comparators, Options())
    simple = ["gray", "mean colour", "pixels, as many numbers"]
    assert [row["loss"] for row in found.rows] == [*autoencoders.PAPER, *simple]
    assert all(row["error %"] > 0 for row in found.rows)


NETWORKS = (
    *("--task=inversion", "--architecture=inversion", "--width=0.05", "--lambda_img=2e-6"),
    "--feature_weights=random",
)


@pytest.fixture(scope="module")
def scores(make_settings):
    settings = make_settings(*NETWORKS, "--feature=alexnet_owt:fc8")
    train(settings)
    return PhotoRun(settings.schedule.run_dir)


def test_scores_and_feature_spaces_are_looked_at(scores, inversion, monkeypatch):
    monkeypatch.setattr("tfgen.papers.inverting.experiments.dark_knowledge._SCORED", 16)
    monkeypatch.setattr("tfgen.papers.inverting.experiments.feature_space._STATISTICS", 64)
    monkeypatch.setattr("tfgen.papers.inverting.experiments.feature_space._SAMPLES", 16)
    found = find_experiment("dark_knowledge").function()(scores, Options())
    assert [row["scores"] for row in found.rows[:3]] == ["all", "top 5", "all but top 5"]
    assert found.rows[0]["class stays"] == 1
    with pytest.raises(InputError, match="inverts no class scores"):
        find_experiment("dark_knowledge").function()(inversion, Options())
    found = find_experiment("feature_space").function()(inversion, Options(others=(scores.path,)))
    layers = ["conv5", "conv5", "fc8", "fc8", "photographs", "noise", "mean picture"]
    assert [row["features"] for row in found.rows] == layers
    assert set(found.pictures) == {"figure", "random_histograms", "random_gaussian", "units"}


def test_colours_better_than_gray_count_less_than_one():
    rng = np.random.default_rng(0)
    crops = np.repeat(rng.integers(0, 256, (4, 1, 1, 3)), 64, axis=1).astype(np.uint8)
    gray = crops.mean(axis=-1, keepdims=True).repeat(3, axis=-1).astype(np.uint8)
    right, of_gray = shallow_features.chroma_errors(crops, crops)
    assert (right == 0).all()
    assert (of_gray > 1).all()
    same, of_gray = shallow_features.chroma_errors(crops, gray)
    np.testing.assert_allclose(same, of_gray, rtol=0.05)


@pytest.mark.slow
def test_shallow_features_are_compared(make_settings, monkeypatch):
    for name, value in {"_ATOMS": 16, "_PATCHES": 300, "_PHOTOS": 20}.items():
        monkeypatch.setattr(shallow_features, name, value)
    found = find_experiment("shallow_features").function()(make_settings(*NETWORKS), Options())
    assert {row["feature"] for row in found.rows} == {"hog", "sift", "lbp"}
    assert (
        len(found.rows) == 3 * 6 + 3
    )  # six answers to each, two earlier methods to HOG, one to SIFT
    timed = ("network", "HOGgles", "gradient descent")
    assert all((row["ms an image"] > 0) == (row["method"] in timed) for row in found.rows)
    assert all(row["error, low"] <= row["error"] <= row["error, high"] for row in found.rows)


@pytest.mark.slow
def test_layers_are_compared(make_settings):
    settings = make_settings(*NETWORKS, "--feature=caffenet:conv1", "--image_size=96")
    found = find_experiment("layer_errors").function()(settings, Options())
    fixed = [row["layer"] for row in found.rows if row["features"] == layer_errors.FIXED]
    assert fixed == list(layer_errors.LAYERS["caffenet"])
    assert all(row["error, low"] <= row["error"] <= row["error, high"] for row in found.rows)
    assert set(found.pictures) == {"figure", "perturbed", "errors", "perturbations"}
