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
    """Last row of metrics.csv of the main job, run from nothing."""
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
        return list(csv.DictReader(file))[-1], dry.stdout


def test_held_out_azimuths_are_drawn_well(chairs):
    last, _ = chairs
    assert float(last["held_out/psnr"]) >= 22
    assert float(last["held_out/mask_iou"]) >= 0.88


def test_the_input_pipeline_outruns_the_network(chairs):
    _, dry_run = chairs
    training = int(re.search(r"ms a step, (\d+) images/s", dry_run)[1])
    pipeline = int(re.search(r"input pipeline alone: (\d+) images/s", dry_run)[1])
    assert pipeline > 2 * training
