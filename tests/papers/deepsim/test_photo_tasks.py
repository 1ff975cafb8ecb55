"""Runs on photographs, tiny: comparators, autoencoders, inverters; exact resuming, exports."""

import csv
import functools
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import processes
from tests.stopped_runs import assert_same, weights
from tfgen.config import flags
from tfgen.errors import InputError
from tfgen.papers.inverting.invert import invert as invert_features
from tfgen.papers.inverting.task import InversionTask
from tfgen.runs.export import export
from tfgen.runs.restore import restore
from tfgen.runs.train import dry_run, train
from tfgen.serving.servable import Servable

FLAGS = """
--image_size=32
--batch_size=4
--steps=4
--steps_per_epoch=2
--steps_per_execution=1
--evaluation_images=8
--precision=float32
"""
COMPARATOR = ("--task=comparator", "--architecture=exemplar_cnn", "--width=0.1")
AUTOENCODER = ("--task=autoencoder", "--architecture=table2", "--width=0.25")
ADVERSARIAL = ("--lambda_adv=100", "--lambda_feat=0.01", "--image_size=64")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Two folders of three frames of something that moves."""
    root, rng = tmp_path_factory.mktemp("photos"), np.random.default_rng(0)
    for name in ("a", "b"):
        (root / name).mkdir()
        scene = rng.integers(0, 256, (80, 100, 3)).astype(np.uint8)
        scene = cv2.GaussianBlur(scene, (0, 0), 3)
        for i in range(3):
            cv2.imwrite(str(root / name / f"{i}.png"), scene[:, 8 * i : 80 + 8 * i])
    return root


@pytest.fixture
def settings(photos, tmp_path):
    """A function of further flags to settings whose results go to tmp_path."""

    def make(*extra):
        lines = [
            *FLAGS.split(),
            f"--photos={photos}",
            f"--run_dir={tmp_path / 'run'}",
            f"--export_dir={tmp_path / 'models'}",
            *extra,
        ]
        return flags.from_text("\n".join(lines))

    return make


@pytest.fixture(scope="module")
def exemplar_run(photos, tmp_path_factory):
    """Folder of a comparator's run, and the path of its export."""
    folder = tmp_path_factory.mktemp("comparator")
    lines = [*FLAGS.split(), *COMPARATOR, f"--photos={photos}", "--exemplars=5"]
    lines += [f"--run_dir={folder / 'run'}", f"--export_dir={folder / 'models'}"]
    return folder / "run", train(flags.from_text("\n".join(lines))).export


def last_row(run_dir):
    with (Path(run_dir) / "metrics.csv").open(newline="") as file:
        return list(csv.DictReader(file))[-1]


def test_a_comparator_learns_exports_and_is_loaded(exemplar_run):
    run, exported = exemplar_run
    row = last_row(run)
    assert "held_out/accuracy" not in row  # patches of other photographs are no classes
    for score in ("training/accuracy", "training/retrieval", "held_out/retrieval"):
        assert 0 <= float(row[score]) <= 1
    assert float(row["held_out/retrieval_by_pixels"]) >= 0
    assert cv2.imread(str(run / "previews" / "filters.png")).std() > 1
    servable = Servable(exported)
    served = servable.signature("serving_default")({"image": np.zeros((2, 32, 32, 3), np.uint8)})
    servable.close()
    assert served["conv3"].shape[1:3] == (8, 8)
    assert served["softmax"].shape == (2, 5)
    np.testing.assert_allclose(served["softmax"].sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("learn_by", ["classes", "videos"])
def test_comparators_learn_by_other_tasks_too(settings, photos, learn_by):
    chosen = settings(
        *COMPARATOR, f"--learn_by={learn_by}", f"--photos_test={photos}", "--export_dir="
    )
    outcome = train(chosen)
    assert 0 <= outcome.scores["training/accuracy"] <= 1
    assert np.isfinite(outcome.scores["held_out/loss"])


def test_held_out_photographs_are_scored_by_the_classes_of_the_training(settings, tmp_path):
    """A test folder of the second class alone, and one of a class that was never learned."""
    for folder, name, level in (
        *(("learned", "dark", 0), ("learned", "light", 255), ("tested", "light", 255)),
        ("strange", "gray", 128),
    ):
        (tmp_path / folder / name).mkdir(parents=True)
        for i in range(4):
            image = np.full((40, 40, 3), level, np.uint8)
            cv2.imwrite(str(tmp_path / folder / name / f"{i}.png"), image)
    chosen = ("--learn_by=classes", f"--photos={tmp_path / 'learned'}", "--export_dir=")
    chosen = (*COMPARATOR, *chosen, "--steps=30", "--steps_per_epoch=30")
    outcome = train(settings(*chosen, f"--photos_test={tmp_path / 'tested'}"))
    assert outcome.scores["training/accuracy"] == outcome.scores["held_out/accuracy"] == 1
    with pytest.raises(InputError, match="photos_test has a class gray, which is none of dark, l"):
        train(settings(*chosen, f"--photos_test={tmp_path / 'strange'}", "--run_dir=none"))


def test_networks_of_a_users_own_are_inverted_and_compare(settings, tmp_path):
    """A Keras file is the comparator, a network of TensorFlow Lite what is inverted."""
    seen = keras.Input((None, None, 3))
    maps = keras.layers.Conv2D(4, 3, strides=2, activation="elu", name="maps")(seen)
    keras.Model(seen, maps).save(tmp_path / "net.keras")
    spec = tf.TensorSpec((None, 32, 32, 3), tf.float32)
    blocks = tf.function(lambda x: tf.nn.avg_pool2d(x, 8, 8, "VALID")).get_concrete_function(spec)
    lite = tf.lite.TFLiteConverter.from_concrete_functions([blocks]).convert()
    (tmp_path / "net.tflite").write_bytes(lite)
    own = ("--task=inversion", "--width=0.05", f"--feature={tmp_path / 'net.tflite'}")
    compared = (f"--comparator={tmp_path / 'net.keras'}:maps", "--lambda_feat=1")
    outcome = train(settings(*own, *compared, "--relative_features"))
    assert outcome.scores["held_out/feature_error"] > 0
    with pytest.raises(InputError, match=r"comparator=.*net.tflite is not computed by TensorFlow"):
        train(settings(*own, *compared, f"--comparator={tmp_path / 'net.tflite'}", "--run_dir=no"))
    with pytest.raises(InputError, match=r"finetune does not suit feature=.*, which is no NAME:LA"):
        train(settings(*own, "--finetune", "--run_dir=no"))


@pytest.fixture(scope="module")
def autoencoders(photos, exemplar_run, tmp_path_factory):
    """A function of an architecture to the folder of its run and the path of its export."""

    @functools.cache
    def trained(architecture):
        folder = tmp_path_factory.mktemp(architecture)
        lines = [*FLAGS.split(), *autoencoder_flags(exemplar_run, architecture)]
        lines += [f"--photos={photos}", f"--run_dir={folder / 'run'}"]
        outcome = train(flags.from_text("\n".join([*lines, f"--export_dir={folder / 'models'}"])))
        return folder / "run", outcome.export

    return trained


def autoencoder_flags(exemplar_run, architecture):
    """Of one with all losses; the gate may close."""
    comparator = ("--comparator=exemplar_cnn:conv3", f"--comparator_weights={exemplar_run[0]}")
    chosen = (*AUTOENCODER, *ADVERSARIAL, *comparator, f"--architecture={architecture}")
    return (*chosen, "--gate=0.6") if architecture == "table2-vae" else chosen


@pytest.mark.parametrize("architecture", ["table2", "table2-vae"])
def test_autoencoders_train_and_are_exported(autoencoders, architecture):
    run, exported = autoencoders(architecture)
    row = last_row(run)
    wanted = {"train/loss_feature", "train/discriminator_ratio", "train/paused", "held_out/ssim"}
    assert wanted <= row.keys()
    assert ("train/loss_kl" in row) == (architecture == "table2-vae")
    previews = run / "previews"
    assert cv2.imread(str(previews / "reconstructions.png")).std() > 1
    image = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.uint8)
    servable = Servable(exported)
    drawn = servable.signature("serving_default")({"image": image})["image"]
    encoded = servable.signature("encode")({"image": image})
    code = encoded["code" if architecture == "table2" else "mean"]
    decoded = servable.signature("decode")({"code": code})["image"]
    assert drawn.shape == (2, 64, 64, 3)
    assert abs(drawn.astype(int) - decoded).max() <= 1
    assert ("sample" in servable.signatures) == (architecture == "table2-vae")
    servable.close()


def test_inverters_train_and_are_exported_with_what_they_invert(settings):
    chosen = settings(
        *("--task=inversion", "--architecture=deepsim", "--width=0.05", "--lambda_adv=1"),
        *("--image_size=72", "--feature=caffenet:conv2", "--feature_weights=random"),
    )
    with pytest.raises(InputError, match="conv2 has no generator: choose among conv5"):
        train(chosen)
    chosen = flags.from_text(
        flags.to_text(chosen).replace("caffenet:conv2", "exemplar_cnn:fc4").replace("=72", "=64")
    )
    with pytest.raises(InputError, match="fc4 has no generator"):
        train(chosen)
    chosen = flags.from_text(flags.to_text(chosen).replace("exemplar_cnn:fc4", "alexnet_owt:conv5"))
    outcome = train(chosen)
    image = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.uint8)
    servable = Servable(outcome.export)
    drawn = servable.signature("serving_default")({"image": image})["image"]
    features = servable.signature("features")({"image": image})["features"]
    inverted = servable.signature("invert")({"features": features})["image"]
    servable.close()
    assert abs(drawn.astype(int) - inverted).max() <= 1


def test_a_resumed_run_is_the_run_that_was_not_interrupted(
    settings, autoencoders, exemplar_run, tmp_path
):
    common = (*autoencoder_flags(exemplar_run, "table2-vae"), "--export_dir=")
    train(settings(*common, f"--run_dir={tmp_path / 'parts'}", "--steps=2"))
    train(settings(*common, f"--run_dir={tmp_path / 'parts'}"))
    whole = weights(autoencoders("table2-vae")[0], 4)
    assert any(name.startswith("discriminator_optimizer") for name in whole)
    assert_same(whole, weights(tmp_path / "parts", 4))


def test_replicas_train_in_bfloat16(settings, exemplar_run):
    run, _ = exemplar_run
    chosen = settings(*AUTOENCODER, *ADVERSARIAL, "--replicas=2", "--precision=mixed_bfloat16")
    text = flags.to_text(chosen)
    text += f"--comparator=exemplar_cnn:conv3\n--comparator_weights={run}\n"
    file = Path(chosen.schedule.run_dir).parent / "two.flags"
    file.write_text(text)
    done = processes.run("train.py", f"--flagfile={file}")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "2 replicas" in done.stdout
    assert float(last_row(chosen.schedule.run_dir)["train/loss"]) > 0


def test_a_dry_run_tells_what_a_run_would_be(settings):
    text = dry_run(settings(*AUTOENCODER))
    assert "5 photographs to train on, 1 held out" in text
    assert "images/s" in text
    assert not Path(settings().schedule.run_dir).exists()


def test_export_again(exemplar_run, tmp_path):
    run, _ = exemplar_run
    assert export(run, tmp_path, "again") == tmp_path / "again" / "1"
    assert tf.saved_model.load(str(tmp_path / "again" / "1")).signatures


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (
            (*AUTOENCODER, "--architecture=1s-S-deep"),
            "--architecture=1s-S-deep is no autoencoder: choose one of table2",
        ),
        (
            (*COMPARATOR, "--architecture=1s-S-deep"),
            "--architecture=1s-S-deep is no comparator: choose one of alexnet",
        ),
        (
            ("--task=inversion", "--architecture=1s-S-deep"),
            "--architecture=1s-S-deep is no generator from features",
        ),
        (("--task=inversion", "--architecture=deepsim"), "--feature is missing"),
        (
            ("--task=inversion", "--architecture=deepsim", "--feature=caffenet:fc6"),
            "--feature_weights is missing",
        ),
        ((*AUTOENCODER, "--lambda_feat=1"), "--lambda_feat needs --comparator"),
        ((*AUTOENCODER, "--lambda_img=0"), "--lambda_img and --lambda_feat are both 0"),
        (
            (*AUTOENCODER, "--architecture=alexnet-vae"),
            "--image_size=32 does not fit --architecture=alexnet-vae",
        ),
        (
            (*AUTOENCODER, "--lambda_feat=1", "--comparator=vgg:conv1"),
            "--comparator=vgg:conv1 is not known: give NAME:LAYER",
        ),
        (
            (*AUTOENCODER, "--lambda_feat=1", "--comparator=caffenet:conv1"),
            "--comparator_weights is missing",
        ),
        (
            (
                *(*AUTOENCODER, "--lambda_feat=1", "--comparator=caffenet:conv9"),
                "--comparator_weights=random",
            ),
            "--comparator=caffenet:conv9: layer conv9 does not exist",
        ),
        (
            (
                *(*AUTOENCODER, "--lambda_feat=1", "--comparator=caffenet:conv5"),
                "--comparator_weights=random",
            ),
            "layer conv5 needs larger images than --image_size=32",
        ),
        ((*COMPARATOR, "--learn_by=classes", "--photos={photos}/a"), "has one class"),
    ],
)
def test_mistakes_are_one_sentence(settings, photos, extra, message):
    with pytest.raises(InputError) as caught:
        train(settings(*(text.format(photos=photos) for text in extra)))
    assert message in caught.value.for_command_line()
    assert "\n" not in caught.value.for_command_line()


def test_a_comparators_run_must_be_of_the_network_that_is_asked_for(settings, exemplar_run):
    run, _ = exemplar_run
    wrong = ("--lambda_feat=1", "--comparator=caffenet:conv1", f"--comparator_weights={run}")
    with pytest.raises(InputError, match="is a run of exemplar_cnn, and comparator=caffenet"):
        train(settings(*AUTOENCODER, *wrong))


def test_networks_of_keras_compare_too(settings, tmp_path):
    import keras

    weights = tmp_path / "mobile.weights.h5"
    network = keras.applications.MobileNet(weights=None, include_top=False, input_shape=(32, 32, 3))
    network.save_weights(weights)
    comparator = ("--lambda_feat=1", "--comparator=keras.MobileNet:conv_pw_1_relu")
    comparator += (f"--comparator_weights={weights}", "--export_dir=")
    train(settings(*AUTOENCODER, *comparator))
    with pytest.raises(InputError, match=r"applications has no network NoNet"):
        train(
            settings(
                *(*AUTOENCODER, "--lambda_feat=1", "--comparator=keras.NoNet:x"),
                *("--comparator_weights=random", f"--run_dir={tmp_path / 'other'}"),
            )
        )


INVERSION = ("--task=inversion", "--architecture=inversion", "--width=0.03", "--image_size=64")


@pytest.fixture(scope="module")
def hog_run(photos, tmp_path_factory):
    """Folder of an inverter's run, and the path of its export."""
    folder = tmp_path_factory.mktemp("hog")
    lines = [*FLAGS.split(), *INVERSION, "--feature=hog", f"--photos={photos}"]
    lines += [f"--photos_test={photos}", "--photo_size=64"]
    lines += [f"--run_dir={folder / 'run'}", f"--export_dir={folder / 'models'}"]
    return folder / "run", train(flags.from_text("\n".join(lines))).export


def test_hog_is_inverted_and_exported_with_its_features(hog_run):
    image = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.uint8)
    servable = Servable(hog_run[1])
    features = servable.signature("features")({"image": image})["features"]
    inverted = servable.signature("invert")({"features": features})["image"]
    drawn = servable.signature("serving_default")({"image": image})["image"]
    servable.close()
    assert features.shape == (2, 8, 8, 31)
    assert abs(drawn.astype(int) - inverted).max() <= 1


@pytest.mark.parametrize("kind", ["sift", "function", "rows"])
def test_features_that_are_not_tensorflows_are_inverted_too(settings, tmp_path, kind):
    features = {"sift": "sift", "function": f"{tmp_path}/mine.py:means"}
    (tmp_path / "mine.py").write_text(
        "def means(images):\n    return images.reshape(-1, 8, 8, 8, 8, 3).mean(axis=(2, 4))\n"
    )
    features["rows"] = str(tmp_path / "rows.npy")
    np.save(features["rows"], np.random.default_rng(0).normal(size=(6, 10)))
    chosen = settings(*INVERSION, f"--feature={features[kind]}")
    outcome = train(chosen)
    assert np.isfinite(outcome.scores["held_out/mse"])
    servable = Servable(outcome.export)
    shape = {"sift": (16, 16, 133), "function": (8, 8, 3), "rows": (10,)}[kind]
    drawn = servable.signature("invert")({"features": np.zeros((2, *shape), np.float32)})["image"]
    assert drawn.shape == (2, 64, 64, 3)
    assert "features" not in servable.signatures
    servable.close()


def test_an_encoder_is_trained_along_only_when_it_is_to_be(settings, exemplar_run):
    run, _ = exemplar_run
    feature = ("--feature=exemplar_cnn:conv3", f"--feature_weights={run}")
    moved = {}
    for name, flag in {"fixed": "--nofinetune", "finetuned": "--finetune"}.items():
        chosen = settings(
            *(*INVERSION, *feature, flag, "--steps=2", "--export_dir="),
            f"--run_dir={settings().schedule.run_dir}_{name}",
        )
        train(chosen)
        first = InversionTask(chosen).networks({})["model"]
        last = restore(chosen.schedule.run_dir).networks["model"]
        image = tf.random.stateless_uniform((1, 64, 64, 3), (0, 0))
        moved[name] = float(tf.reduce_max(tf.abs(first.extract(image) - last.extract(image))))
    assert moved["fixed"] == 0
    assert moved["finetuned"] > 0


def test_what_cannot_be_inverted_is_told(settings, tmp_path):
    np.save(tmp_path / "rows.npy", np.zeros((6, 10)))
    for flag, message in {
        "--feature=": "--feature is missing: give one of hog",
        "--feature=hogg": "--feature=hogg is not known",
        "--feature=caffenet:conv1": "--feature_weights is missing",
        f"--feature={tmp_path}/rows.npy --photos_test={tmp_path}": "--photos_test does not suit",
        "--feature=hog --finetune": "--finetune does not suit --feature=hog",
        "--feature=hog --image_size=40": "give a multiple of 64",
        "--feature=hog --architecture=table2": "is no generator from features",
    }.items():
        with pytest.raises(InputError) as caught:
            train(settings(*INVERSION, *flag.split()))
        assert message in caught.value.for_command_line()


def test_photographs_are_inverted_from_the_command_line(hog_run, photos, tmp_path):
    np.save(tmp_path / "features.npy", np.zeros((3, 8, 8, 31), np.float32))
    np.save(tmp_path / "wrong.npy", np.zeros((3, 8, 8, 30), np.float32))
    photo, run = str(photos / "a" / "0.png"), hog_run[0]

    def invert(*arguments):
        return processes.run("invert.py", *arguments, cwd=tmp_path)

    done = invert(photo, str(photos / "b" / "1.png"), "--feature=hog", f"--model={run}")
    assert done.returncode == 0, done.stderr
    assert cv2.imread(str(tmp_path / "inverted.png")).shape[0] > 2 * 64
    for arguments, message in {
        (f"{tmp_path}/wrong.npy", f"--model={run}"): "this model inverts rows of (8, 8, 31)",
        (photo, "--feature=lbp", f"--model={run}"): "inverts hog, not --feature=lbp",
        (f"{tmp_path}/none.png", f"--model={run}"): "none.png cannot be used (No such file",
    }.items():
        done = invert(*arguments)
        assert done.returncode == 2
        assert message in done.stderr
        assert "Traceback" not in done.stderr
    assert len(invert_features(run, [tmp_path / "features.npy"])[0][1]) == 3
