"""Comparators as features: random ones, and those whose layers branch."""

import cv2
import numpy as np
import pytest
import tensorflow as tf

from tfgen.config import flags
from tfgen.errors import InputError
from tfgen.papers.comparators.comparator import Comparator
from tfgen.papers.comparators.opening import (
    check_gradient,
    comparator_from,
    extractor_from,
    facts_of,
)
from tfgen.papers.comparators.tables import COMPARATORS
from tfgen.runs.restore import restore
from tfgen.runs.train import train
from tfgen.training.run_directory import RunDirectory

IMAGES = tf.random.stateless_uniform((2, 64, 64, 3), (0, 1))


@pytest.mark.parametrize("name", ["caffenet:conv3", "squeezenet:fire3", "keras.VGG16:block1_conv2"])
def test_random_networks_are_the_same_each_time(name):
    first, again = (comparator_from(name, "random", 64)(IMAGES).numpy() for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.std() > 0.1


def test_a_random_network_keeps_the_size_of_what_goes_through_it():
    features = comparator_from("googlenet:inception_3a", "random", 64)(IMAGES).numpy()
    assert features.shape == (2, 8, 8, 256)
    assert 0.1 < np.sqrt(np.square(features).mean()) < 30
    other = comparator_from("googlenet:inception_3a", "random", 64)(IMAGES[:, ::-1]).numpy()
    assert np.abs(features - other).mean() > 0.01


@pytest.mark.parametrize(
    ("name", "levels"), [("caffenet", 64.0), ("exemplar_cnn", 1.0), ("efficientnet-lite0", 1.0)]
)
def test_what_is_trained_has_inputs_and_a_start_of_unit_size(name, levels):
    spec = COMPARATORS[name]
    assert spec.levels == levels
    first = next(iter(spec.network.rows))
    published, trained = (Comparator(each, first, 64) for each in (spec, spec.in_units_of(levels)))
    levelled, scaled = (each.prepare(IMAGES).numpy() for each in (published, trained))
    np.testing.assert_array_equal(scaled, levelled / levels)  # a power of two: the same bits
    assert scaled.std() < 2
    kernel, trained_kernel = (
        np.asarray(tf.convert_to_tensor(each.network.body[0].kernel))
        for each in (published, trained)
    )
    assert trained_kernel.std() == pytest.approx(levels * kernel.std(), rel=0.05)


def test_adams_first_step_leaves_the_start_of_the_first_layer_as_it_is(tmp_path):
    """A start that is divided by 64 is of the size of Adam's steps, and is gone after one."""
    rng = np.random.default_rng(0)
    for i in range(4):
        photo = rng.integers(0, 256, (120, 120, 3)).astype(np.uint8)
        cv2.imwrite(str(tmp_path / f"{i}.png"), cv2.GaussianBlur(photo, (0, 0), 2))
    arguments = ["--task=comparator", "--architecture=caffenet", "--width=0.1", "--image_size=96"]
    arguments += [f"--photos={tmp_path}", f"--run_dir={tmp_path / 'run'}", "--export_dir="]
    arguments += ["--learn_by=exemplars", "--exemplars=8", "--batch_size=4", "--steps=1"]
    arguments += [
        "--steps_per_epoch=1",
        "--steps_per_execution=1",
        "--evaluation_images=4",
        "--learning_rate=1e-3",
    ]
    train(flags.from_text("\n".join(arguments)))
    directory = RunDirectory(tmp_path / "run")
    assert facts_of(directory)["unit"] == 64.0
    run = restore(tmp_path / "run")
    kernel = np.asarray(tf.convert_to_tensor(run.networks["network"].body[0].kernel))
    he = np.sqrt(2 / (11 * 11 * 3))
    assert kernel.std() == pytest.approx(he, rel=0.1)  # 1e-3 away at most, and not of 1.2e-3
    loss = float(directory.read_metrics()[-1]["train/loss"])
    assert loss < 2 * np.log(8)
    # Others see the features that were trained.
    comparator = comparator_from("caffenet:conv1", str(tmp_path / "run"), 96)
    images = tf.image.resize(IMAGES, (96, 96))
    seen = run.task._comparator(run.facts, network=run.networks["network"]).layers(
        images, ["conv1"]
    )
    np.testing.assert_allclose(comparator(images), seen["conv1"], rtol=1e-5, atol=1e-5)


def test_runs_of_earlier_versions_take_levels(tmp_path):
    directory = RunDirectory(tmp_path)
    (tmp_path / "classes.txt").write_text("a\nb\n")
    assert facts_of(directory) == {"classes": ["a", "b"], "unit": 1.0}
    directory.write_facts({"classes": ["c"]})
    assert facts_of(directory) == {"classes": ["c"], "unit": 1.0}


OWN = """
import numpy as np
import tensorflow as tf

def blocks(images):
    return tf.nn.avg_pool2d(images, 4, 4, "VALID")

def arrays(images):
    return np.asarray(images).mean(axis=(1, 2))

def levels(images):
    return tf.reduce_mean(tf.round(255.0 * images), axis=(1, 2))
"""


def test_only_what_has_a_gradient_compares(tmp_path):
    (tmp_path / "mine.py").write_text(OWN)
    for feature in (f"{tmp_path}/mine.py:blocks", "hog", "caffenet:conv1"):
        check_gradient(extractor_from(feature, "random", 64), feature, 64)
    for name, message in {
        f"{tmp_path}/mine.py:arrays": "is not computed by TensorFlow, and no gradient passes: give",
        f"{tmp_path}/mine.py:levels": "has no gradient by which to draw images: give a layer of",
        "sift": "is not computed by TensorFlow",
        "lbp": "has no gradient by which",
    }.items():
        with pytest.raises(InputError, match=message):
            check_gradient(extractor_from(name, "", 64), name, 64)
    with pytest.raises(InputError, match=r"feature=own:conv is not known: .*docs/inverting.md"):
        extractor_from("own:conv", "random", 64)
