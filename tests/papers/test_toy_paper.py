"""A paper in a file of its own: trained, stopped, exported, served and asked as users do it."""

import csv
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
import tensorflow as tf
from absl import flags as absl_flags

import tfgen
from tests.papers.toy_paper import Outlines
from tests.processes import ScriptProcess, run
from tests.serving.conftest import ServerProcess
from tests.stopped_runs import assert_same, wait_for, weights
from tfgen.config import flags
from tfgen.errors import InputError
from tfgen.papers.catalog import TASKS
from tfgen.runs.start import SavedWeights
from tfgen.runs.train import train
from tfgen.serving.status import RequestError

PAPER = Path(__file__).with_name("toy_paper.py")
LAST = 10
SCORES = ("l1", "psnr", "colour_distance")
SMALL = (
    *(f"--task={PAPER}", "--pictures=32", "--batch_size=8", "--evaluation_images=8"),
    *(f"--steps={LAST}", "--steps_per_epoch=5", "--steps_per_execution=1"),
    *("--average=0.9", "--precision=float32"),
)


def settings(*arguments):
    """The settings that flags of the paper describe."""
    values, argv = absl_flags.FlagValues(), ["train.py", f"--task={PAPER}", *arguments]
    flags.define(argv, values)
    values(argv)
    return flags.from_flags(values)


def start(folder, *extra):
    """`scripts/train.py` as a process, with all its results in a folder."""
    folder.mkdir(exist_ok=True)
    where = (f"--run_dir={folder / 'run'}", f"--export_dir={folder / 'models'}")
    return ScriptProcess("train.py", *SMALL, *where, *extra)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Folder of a run that was never interrupted, its export beside it."""
    folder = tmp_path_factory.mktemp("finished")
    start(folder).ended()
    return folder


@pytest.fixture(scope="module")
def model(finished):
    """The export, loaded."""
    return tfgen.load(finished / "models" / "run")


@pytest.fixture(scope="module")
def outlines():
    """Three pictures [3, 32, 32, 3] uint8."""
    return Outlines(3, 32, ["red"]).spread(3).columns["image"]


def test_it_is_registered_by_its_path_alone():
    described = settings("--words=blue,gray")
    assert described.colouring.words == "blue,gray"
    assert (described.optimizer.beta_1, described.schedule.batch_size) == (0.5, 16)
    assert str(PAPER) not in TASKS


def test_help_of_the_task_shows_its_settings_and_their_defaults():
    values, argv = absl_flags.FlagValues(), ["train.py", f"--task={PAPER}"]
    flags.define(argv, values)
    text = " ".join(flags.help_text(argv, values).split())
    assert f"settings of --task={PAPER}" in text
    assert "--words: Colours, joined by commas: of red, green, blue, gray. (default: red" in text
    assert "--beta_1: Adam's decay of the first moment. (default: 0.5)" in text
    assert "--elevations" not in text


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--transform_strength=2", "--transform_strength=2 is of no use to --task=.*toy_paper.py"),
        ("--words=red,pink", "--words=red,pink: pink is none of red, green, blue, gray"),
        ("--dropout=1", "--dropout=1.0 is too large: give at most 0.9"),
        ("--image_size=33", "--image_size=33: give a multiple of 8"),
    ],
)
def test_what_it_cannot_use_is_refused_by_name(flag, message):
    with pytest.raises(InputError) as caught:
        settings(flag)
    assert re.match(message, caught.value.for_command_line())


def test_scores_of_images_and_of_sets_are_kept_and_shown(finished):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = finished / "run"
    with (run / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == [5, 10]
    names = {f"{split}/{name}" for split in ("training", "held_out") for name in SCORES}
    assert all(float(row[name]) > 0 for row in rows for name in names)
    events = EventAccumulator(str(run / "logs"), size_guidance={"tensors": 0})
    events.Reload()
    assert names | {"train/loss_discriminator", "colourings"} <= set(events.Tags()["tensors"])
    for name in ("curves", "colourings"):
        assert cv2.imread(str(run / "previews" / f"{name}.png")).std() > 5


def test_a_killed_run_ends_where_an_uninterrupted_one_does(finished, tmp_path):
    child = start(tmp_path, "--steps=1000")
    wait_for(tmp_path / "run" / "checkpoints" / "ckpt-5.index", child)
    child.kill()
    child.wait()
    left = (tmp_path / "run" / "checkpoints").glob("*.index")
    assert max(int(re.search(r"-(\d+)", path.name)[1]) for path in left) < LAST
    train(settings(*SMALL, f"--run_dir={tmp_path / 'run'}", "--export_dir="))
    values = weights(finished / "run", LAST)
    assert any(name.startswith("average_generator/values/") for name in values)
    assert any(re.match("discriminator/.*/mean/", name) for name in values)
    assert_same(weights(tmp_path / "run", LAST), values)


def test_two_replicas_start_from_a_run_that_knew_fewer_words(finished, tmp_path):
    earlier = f"--init_from={finished / 'run'}"
    words = "--words=gray,blue,green,red"
    extra = ("--replicas=2", earlier, words, "--steps=1", "--export_dir=")
    out = start(tmp_path, *extra).ended()
    assert "on each of 2 replicas" in out
    (line,) = (line for line in out.splitlines() if line.startswith("started from"))
    assert re.search(
        r"\d+ weights taken, in part discriminator/\S+kernel, generator/\S+kernel$", line
    )
    assert "not there" not in line
    before = SavedWeights(finished / "run" / "checkpoints" / f"ckpt-{LAST}")
    after = SavedWeights(tmp_path / "run" / "checkpoints" / "ckpt-1")
    step = 2e-3  # twice the learning rate
    for name in (*re.findall(r"\S+/kernel", line), "generator/body/1/kernel"):
        was, now = before.get(name), after.get(name)
        if was.shape != now.shape:
            assert (was.shape[1], now.shape[1]) == (3, 4)
            now = now[:, [3, 2, 1]]
        np.testing.assert_allclose(now, was, atol=step, err_msg=name)
        assert np.abs(now).max() > 3 * step  # else that would say little


def test_the_run_and_its_export_draw_the_same_and_the_word_counts(finished, model, outlines):
    asked = {"word": ["red", "green", "blue"], "image": outlines}
    drawn = model.predict(asked)["image"].astype(int)
    from_run = tfgen.load(finished / "run").predict(asked)["image"]
    assert np.abs(drawn - from_run).max() <= 1
    asked["image"] = outlines / 255
    exactly = model.predict(asked, "linear")["image"]
    changed = exactly - model.predict({**asked, "word": ["blue"] * 3}, "linear")["image"]
    assert np.abs(changed[:2]).max() > 1e-4
    assert not changed[2].any()


def test_files_and_floats_draw_as_pixels_do(model, outlines):
    asked = {"word": ["red", "green", "blue"], "image": outlines}
    drawn = model.predict(asked)["image"].astype(int)
    for suffix, most in ((".png", 0), (".jpg", 40)):
        files = [cv2.imencode(suffix, each)[1].tobytes() for each in outlines]
        of_files = model.predict({"word": asked["word"], "image_bytes": files}, "file")["image"]
        assert np.abs(of_files - drawn).max() <= most
    image = tf.constant(outlines / np.float32(255))
    with tf.GradientTape() as tape:
        tape.watch(image)
        linear = model.signatures["linear"].concrete(word=tf.constant(asked["word"]), image=image)
    np.testing.assert_allclose(255 * np.clip(linear["image"], 0, 1), drawn, atol=0.51)
    assert np.abs(tape.gradient(linear["image"], image)).max() > 0


def test_the_manifest_tells_words_licence_and_scores(finished, model):
    version = finished / "models" / "run" / "1"
    facts = json.loads((version / "assets" / "model.json").read_text())
    assert (facts["kind"], facts["image_size"], facts["data_licence"]) == (
        *("colouring", 32),
        "CC0 1.0",
    )
    assert facts["words"] == ["red", "green", "blue"]
    assert {f"held_out/{name}" for name in SCORES} <= facts["scores"].keys()
    assert model.signatures["file"].inputs[0].choices == ("red", "green", "blue")
    assert model.signatures["linear"].outputs[0].range == (0, 1)


def test_it_is_served_and_asked_for_a_picture_by_a_word(finished, model, outlines, tmp_path):
    picture, out = tmp_path / "outline.png", tmp_path / "coloured.png"
    cv2.imwrite(str(picture), outlines[0])
    server = ServerProcess(
        f"--model_base_path={finished / 'models' / 'run'}",
        "--model_name=colouring",
        log=tmp_path / "server.log",
    )
    try:
        server.wait_for("gRPC")
        where = (f"--server={server.address}", "--model_name=colouring", "--signature=file")
        what = ("--input=word=green", f"--input=image_bytes=@{picture}", f"--out={out}")
        run("request.py", *where, *what).check_returncode()
        asked = {"word": ["green"], "image": outlines[:1]}
        drawn = model.predict(asked)["image"][0].astype(int)
        assert np.abs(cv2.imread(str(out))[..., ::-1] - drawn).max() <= 1
        with tfgen.Client(server.address, "colouring") as client:
            refusal = "word pink does not exist: give red, green, blue."
            with pytest.raises(RequestError, match=refusal):
                client.predict({**asked, "word": ["pink"]})
            with pytest.raises(InputError, match=refusal):
                model.predict({**asked, "word": ["pink"]})
    finally:
        assert server.stop() == 0
    assert "Traceback" not in server.log
