"""Whole jobs are timed, from nothing to the export."""

import pytest

from tests.processes import run
from tests.tiny_runs import FLAGS


@pytest.fixture
def flagfile(tmp_path):
    path = tmp_path / "tiny.flags"
    path.write_text(FLAGS)
    return path


def test_a_job_is_scored_by_the_minute(flagfile, tmp_path):
    out = tmp_path / "out"
    done = run("benchmark.py", f"--job={flagfile}", f"--out={out}")
    assert done.returncode == 0, done.stderr
    header, *rows = (out / "quality_over_minutes.csv").read_text().splitlines()
    assert header == "job,what,minutes,step,held-out PSNR dB,held-out IoU,outline error"
    rows = [row.split(",") for row in rows]
    assert [(row[1], row[3]) for row in rows] == [
        ("data prepared", "0"), ("scored", "6"), ("scored", "12"), ("exported", "12"),
    ]  # fmt: skip
    minutes = [float(row[2]) for row in rows]
    assert 0 < minutes[0] <= minutes[1] <= minutes[2] < minutes[3]
    assert rows[2][4:] == rows[3][4:]
    assert (out / "quality_over_minutes.png").exists()
    assert list((out / "tiny" / "models").rglob("saved_model.pb"))
    again = run("benchmark.py", f"--job={flagfile}", f"--out={out}")
    assert again.returncode == 2
    assert "is not empty: remove it" in again.stderr


def test_a_job_that_fails_says_why(flagfile, tmp_path):
    with flagfile.open("a") as file:
        file.write("--width=-1\n")
    done = run("benchmark.py", f"--job={flagfile}", f"--out={tmp_path}")
    assert done.returncode == 2
    assert "tiny.flags failed: " in done.stderr
    assert "width" in done.stderr
    missing = run("benchmark.py", "--job=no.flags", f"--out={tmp_path}")
    assert missing.returncode == 2
    assert "no.flags is no file" in missing.stderr
