"""The script that asks a server, against the one that draws by itself."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from tests.serving.conftest import SCRIPTS


def run(script, *arguments):
    command = [sys.executable, str(SCRIPTS / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def request_(server):
    return lambda *flags: run(
        "request.py", f"--server={server.address}", "--model_name=tiny", *flags
    )


def test_one_image_as_in_the_readme(request_, tmp_path):
    out = tmp_path / "chair.png"
    view = ("--style", "3", "--azimuth", "30", "--elevation", "20")
    done = request_(*view, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Wrote {out}\n"
    assert cv2.imread(str(out)).shape == (64, 64, 3)


def test_served_random_objects_are_those_drawn_here(request_, exported, tmp_path):
    served, drawn = tmp_path / "served.png", tmp_path / "drawn.png"
    what = ("--draw=random", "--seed=7", "--steps=7", "--transform=hue=1")
    assert request_(*what, f"--out={served}").returncode == 0
    assert run("generate.py", f"--model={exported}", *what, f"--out={drawn}").returncode == 0
    served, drawn = (cv2.imread(str(path)).astype(int) for path in (served, drawn))
    assert abs(served - drawn).max() <= 1
    assert np.std(drawn) > 5


def test_status(request_):
    assert request_("--status").stdout == "tiny 1 AVAILABLE\n"


def test_refusals_name_the_server_and_end_with_2(request_):
    done = request_("--model_version=9")
    assert done.returncode == 2
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("error:"))
    assert "Servable not found for request: Specific(tiny, 9): served are 1" in line
