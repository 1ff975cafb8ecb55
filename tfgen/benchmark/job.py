"""Time to quality: whole jobs from nothing, rendering included, to the export, by the minute."""

import subprocess
import sys
import time
from pathlib import Path

from tfgen.errors import InputError
from tfgen.pictures.curves import line_chart
from tfgen.training.run_directory import RunDirectory

SCORES = {
    "held-out PSNR dB": "held_out/psnr",
    "held-out IoU": "held_out/mask_iou",
    "outline error": "held_out/outline_mse",
}
_POLL_SECONDS = 0.5


def measure_job(flagfile, folder, script, tell):
    """Runs a job in a process of its own and notes when each score came.

    Args:
      flagfile: of scripts/train.py.
      folder: Path that data, run and export go to; there is nothing under it yet.
      script: Path of train.py.
      tell: function that is called with a line of text once there is news.

    Returns:
      list of dicts by column: job, what, minutes since the start, step, and `SCORES`; one as soon
      as the data is prepared, one a score, one as the export is done.

    Raises:
      InputError: the folder is not empty, the flagfile is missing, or the job failed.
    """
    flagfile, run = Path(flagfile), RunDirectory(folder / "run")
    if not flagfile.is_file():
        raise InputError(f"`job`={flagfile} is no file: give a flagfile of train.py.")
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty: remove it, as a job is timed from nothing.")
    folder.mkdir(parents=True, exist_ok=True)
    where = (f"--run_dir={run.path}", f"--data_dir={folder / 'data'}")
    command = [sys.executable, script, f"--flagfile={flagfile}", *where]
    command.append(f"--export_dir={folder / 'models'}")
    rows, start = [], time.perf_counter()

    def note(what, scored=None):
        row = {"job": flagfile.stem, "what": what, "minutes": (time.perf_counter() - start) / 60}
        row["step"] = int(scored["step"]) if scored else 0
        row |= {name: float(scored[of]) if scored else 0.0 for name, of in SCORES.items()}
        rows.append(row)
        tell(", ".join(f"{k} {v:.4g}" if isinstance(v, float) else str(v) for k, v in row.items()))

    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            while process.poll() is None:
                time.sleep(_POLL_SECONDS)
                _news(run, rows, note)
        finally:
            process.kill()
    if process.returncode:
        last = (folder / "log.txt").read_text(encoding="utf-8", errors="replace").splitlines()
        raise InputError(f"`job`={flagfile} failed: {last[-1] if last else process.returncode}")
    _news(run, rows, note)
    note("exported", run.read_metrics()[-1])
    return rows


def _news(run, rows, note):
    """Notes what has come since the last look."""
    if not rows and run.facts.exists():
        note("data prepared")
    known = sum(row["what"] == "scored" for row in rows)
    for scored in run.read_metrics()[known:]:
        note("scored", scored)


def quality_chart(rows, score="held-out PSNR dB"):
    """[h, w, 3] uint8: a score over the minutes of each job."""
    series = {}
    for row in rows:
        if row["what"] == "scored":
            x, y = series.setdefault(row["job"], ([], []))
            x.append(row["minutes"])
            y.append(row[score])
    return line_chart(series, score, "minutes")
