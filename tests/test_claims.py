"""Trainings that check what the README claims. Slow: `pytest -m slow`."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chairs(tmp_path_factory):
    """(last row of metrics.csv, what a dry run said, folder) of the main job, run from nothing."""
    folder = tmp_path_factory.mktemp("chairs")
    results = [f"--{name}_dir={folder / name}" for name in ("data", "run", "export")]
    flags = [f"--flagfile={ROOT / 'chairs.flags'}", *results]
    dry = subprocess.run(
        [sys.executable, ROOT / "scripts" / "train.py", *flags, "--dry_run"],
        check=True,
        capture_output=True,
        text=True,
    )
    subprocess.run([sys.executable, ROOT / "scripts" / "train.py", *flags], check=True)
    with (folder / "run" / "metrics.csv").open() as file:
        return list(csv.DictReader(file))[-1], dry.stdout, folder


def test_held_out_azimuths_are_drawn_well(chairs):
    last, _, _ = chairs
    assert float(last["held_out/psnr"]) >= 24.5
    assert float(last["held_out/mask_iou"]) >= 0.91


def test_the_input_pipeline_outruns_the_network(chairs):
    _, dry_run, _ = chairs
    training = int(re.search(r"ms a step, (\d+) images/s", dry_run)[1])
    pipeline = int(re.search(r"input pipeline alone: (\d+) images/s", dry_run)[1])
    assert pipeline > 2 * training


def experiment(name, out, *arguments):
    """Runs an experiment as a user does; returns its rows, numbers as floats."""
    command = [sys.executable, ROOT / "scripts" / "experiment.py", name, f"--out={out}"]
    subprocess.run([*command, *arguments], check=True, cwd=ROOT)
    with (out / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_fitted_style_beats_the_nearest_known_object(chairs, tmp_path):
    rows = experiment("new_objects", tmp_path, f"--model={chairs[2] / 'run'}")
    for row in rows:
        assert float(row["fitted"]) < float(row["nearest known"])


def test_single_units_of_the_style_stream_draw_objects(chairs, tmp_path):
    rows = experiment("units", tmp_path, f"--model={chairs[2] / 'run'}")
    likeness = {row["layer"]: float(row["likeness"]) for row in rows}
    assert likeness["style_fc1"] > likeness["fc4"]


def test_other_objects_help_to_draw_unseen_views(tmp_path, monkeypatch):
    from tfgen.config import flags
    from tfgen.papers.chairs.experiments import view_transfer
    from tfgen.papers.chairs.experiments.options import Options

    monkeypatch.setattr(view_transfer, "VIEWS", (4,))
    monkeypatch.chdir(ROOT)
    recipe = ROOT / "scripts" / "recipes" / "chairs" / "view_transfer.flags"
    lines = [f"--flagfile={recipe}", f"--data_dir={tmp_path}", f"--run_dir={tmp_path / 'runs'}"]
    rows = view_transfer.run(flags.from_text("\n".join(lines)), Options(trainings=1)).rows
    error = {row["guess"]: row["error x 1000"] for row in rows}
    assert error["transfer"] < 0.8 * error["no transfer"]
    assert error["transfer"] < error["nearest, RGB"] < error["nearest, HOG"]
