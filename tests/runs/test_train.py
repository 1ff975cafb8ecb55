"""The main job, small: what it leaves behind, that it resumes exactly, and what it refuses."""

import csv
import json
import re
import shutil
import signal
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.processes import ScriptProcess
from tests.stopped_runs import assert_same, wait_for, weights
from tests.tiny_runs import settings_in
from tfgen.conditions.description import Description
from tfgen.config import flags
from tfgen.config.run import ScheduleConfig
from tfgen.data.drawings import datasets
from tfgen.errors import InputError
from tfgen.loading import load_drawer
from tfgen.runs.export import export
from tfgen.runs.train import dry_run, train


@pytest.fixture(scope="module")
def finished(data_dir, tmp_path_factory):
    """(outcome, folder) of a run that ended."""
    folder = tmp_path_factory.mktemp("finished")
    return train(settings_in(folder, data_dir)), folder


def test_a_run_ends_at_its_step_with_scores_and_an_export(finished):
    outcome, folder = finished
    assert outcome.step == 12
    assert not outcome.interrupted
    assert outcome.export == folder / "models" / "run" / "1"
    for split in ("training", "held_out"):
        for score in ("mse", "object_mse", "psnr", "mask_iou"):
            assert np.isfinite(outcome.scores[f"{split}/{score}"])


def test_a_run_leaves_flags_facts_metrics_and_previews(finished):
    _, folder = finished
    run = folder / "run"
    assert flags.from_text((run / "flags.txt").read_text()).data.models == 3
    facts = json.loads((run / "facts.json").read_text())
    assert Description.from_dict(facts["description"]).style.names == tuple(
        f"chairs_{i:04d}" for i in range(3)
    )
    with (run / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == [6, 12]
    assert all(float(row["learning_rate"]) == 5e-4 for row in rows)
    for name in ("comparison", "turn", "morph", "transformations", "error_by_view", "curves"):
        picture = cv2.imread(str(run / "previews" / f"{name}.png"))
        assert picture.std() > 5, name


def test_tensorboard_has_scalars_images_histograms_hparams_and_the_projector(finished):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    _, folder = finished
    logs = folder / "run" / "logs"
    events = EventAccumulator(str(logs), size_guidance={"tensors": 0})
    events.Reload()
    tags = set(events.Tags()["tensors"])
    assert {
        *("train/loss", "train/gradient_norm", "learning_rate", "images_per_second"),
        *("training/psnr", "held_out/mse", "held_out/mask_iou"),
        *("comparison", "turn", "morph", "transformations", "error_by_view"),
        "_hparams_/session_start_info",
    } <= tags
    assert any(tag.startswith("weights/") for tag in tags)
    assert [event.step for event in events.Tensors("train/loss")] == [6, 12]
    assert len((logs / "styles.tsv").read_text().splitlines()) == 3
    hparams = events.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    told = HParamsPluginData.FromString(hparams).session_start_info.hparams
    given = settings_in(folder, None).schedule
    assert told["batch_size"].number_value == given.batch_size != ScheduleConfig().batch_size
    assert told["steps"].number_value == given.steps


def test_the_same_command_again_has_nothing_to_do_and_exports_no_second_version(finished):
    outcome, folder = finished
    again = train(flags.from_text((folder / "run" / "flags.txt").read_text()))
    assert again.step == 12
    assert again.export == outcome.export
    assert [p.name for p in (folder / "models" / "run").iterdir()] == ["1"]


def test_a_run_and_its_export_draw_the_same(finished):
    outcome, folder = finished
    values = {"style": np.arange(3), "azimuth": 30.0, "elevation": 20.0}
    from_run, _ = load_drawer(folder / "run")(values)
    from_export, _ = load_drawer(outcome.export)(values)
    assert np.abs(from_run.astype(int) - from_export).max() <= 1


def test_any_checkpoint_can_be_exported(finished, tmp_path):
    _, folder = finished
    checkpoint = folder / "run" / "checkpoints" / "ckpt-6"
    path = export(folder / "run", tmp_path, "early", checkpoint)
    assert path == tmp_path / "early" / "1"
    assert (path / "saved_model.pb").is_file()


def test_some_steps_are_profiled_on_demand(settings, tmp_path):
    train(settings("--profile=2", "--steps=6", "--export_dir="))
    assert list((tmp_path / "run" / "logs").rglob("plugins/profile/*/*.xplane.pb"))


def test_more_steps_go_on_where_the_run_ended_and_equal_one_long_run(finished, settings, tmp_path):
    train(settings("--steps=8", "--export_dir="))  # in the middle of the second epoch
    train(settings("--export_dir="))
    _, whole = finished
    assert_same(weights(tmp_path / "run", 12), weights(whole / "run", 12))
    with (tmp_path / "run" / "metrics.csv").open() as file:
        assert [int(row["step"]) for row in csv.DictReader(file)] == [6, 8, 12]


def start(settings, **kwargs):
    """`scripts/train.py` with these settings."""
    path = Path(settings.schedule.run_dir).parent / "run.flags"
    path.write_text(flags.to_text(settings))
    return ScriptProcess("train.py", f"--flagfile={path}", **kwargs)


def test_a_killed_run_resumes_and_ends_as_if_nothing_had_happened(settings, tmp_path):
    killed = settings("--steps=240", "--keep_checkpoints=50")
    child = start(killed)
    wait_for(tmp_path / "run" / "checkpoints" / "ckpt-6.index", child)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    left = sorted(
        int(re.search(r"ckpt-(\d+)\.index", path.name)[1])
        for path in (tmp_path / "run" / "checkpoints").glob("*.index")
    )
    assert left[-1] < 240
    step = left[-1] + 6
    outcome = train(settings(f"--steps={step}", "--export_dir="))
    assert outcome.step == step
    whole = tmp_path / "whole"
    train(settings(f"--steps={step}", f"--run_dir={whole}", "--export_dir="))
    assert_same(weights(tmp_path / "run", step), weights(whole, step))


def test_ctrl_c_saves_exits_and_resumes(settings, tmp_path):
    child = start(settings("--steps=6000", "--steps_per_epoch=3000"))
    wait_for(tmp_path / "run" / "facts.json", child)
    while "loss" not in child.stderr:  # until the bar moves: before, there is nothing to save
        assert child.poll() is None
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    assert child.wait(60) == 130
    step = int(re.search(r"Stopped at step (\d+)", child.stdout)[1])
    assert step % 2 == 0
    assert (tmp_path / "run" / "checkpoints" / f"ckpt-{step}.index").exists()
    assert not list((tmp_path / "models").iterdir())  # made to see that it can be, and empty


def test_a_run_that_diverges_stops_and_keeps_the_last_good_checkpoint(finished, settings, tmp_path):
    _, folder = finished
    shutil.copytree(folder / "run", tmp_path / "run")
    good = weights(tmp_path / "run", 12)
    assert all(np.isfinite(value).all() for value in good.values())
    told = r"became (nan|inf) at steps? 1\d.*lower learning_rate; .* of step 12, .* resume from 6"
    with pytest.raises(InputError, match=told):
        train(settings("--steps=120", "--learning_rate=1e30"))
    names = {p.name for p in (tmp_path / "run" / "checkpoints").glob("*.index")}
    assert names == {"ckpt-6.index", "ckpt-12.index"}
    assert_same(weights(tmp_path / "run", 12), good)


def test_a_folder_of_another_run_is_refused(finished, settings):
    _, folder = finished
    with pytest.raises(InputError, match=r"holds a run with architecture=1s-S, not 2s-E"):
        train(settings(f"--run_dir={folder / 'run'}", "--architecture=2s-E"))


@pytest.mark.parametrize("prepared", [True, False])
def test_a_dry_run_tells_what_there_is_and_leaves_nothing(settings, tmp_path, prepared):
    if prepared:
        datasets.prepare(settings().data)
        told = dry_run(settings())
    else:
        told = dry_run(settings(f"--data_dir={tmp_path / 'none'}"))
        assert not list((tmp_path / "none").rglob("*.tfrecord*"))
    assert "3 models x 6 views" in told
    assert "16.7% of the views held out, all of azimuths 180" in told
    assert "parameters" in told
    assert re.search(r"\d+ images/s", told)
    assert "forecast" in told
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
@pytest.mark.ci
def test_two_hosts_train_as_one_process_with_two_replicas(settings, tmp_path):
    import socket

    ports = []
    for _ in range(2):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            ports.append(s.getsockname()[1])
    hosts = [f"127.0.0.1:{port}" for port in ports]
    shared = settings("--export_dir=", f"--run_dir={tmp_path / 'hosts' / 'run'}")
    (tmp_path / "hosts").mkdir()
    children = []
    for index in range(2):
        cluster = {"cluster": {"worker": hosts}, "task": {"type": "worker", "index": index}}
        children.append(start(shared, environment={"TF_CONFIG": json.dumps(cluster)}))
    for child in children:
        child.ended()
    one = settings("--export_dir=", "--replicas=2", f"--run_dir={tmp_path / 'one' / 'run'}")
    (tmp_path / "one").mkdir()
    start(one).ended()
    a, b = weights(tmp_path / "hosts" / "run", 12), weights(tmp_path / "one" / "run", 12)
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_allclose(a[name], b[name], atol=1e-4, err_msg=name)
