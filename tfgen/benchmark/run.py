"""A whole benchmark: measured, and written as CSV, Markdown and charts."""

from pathlib import Path

from tqdm import tqdm

from tfgen.benchmark.cases import SCALING
from tfgen.folders import make


def open_folder(path):
    """The folder to write to, made if it is missing; InputError if it cannot be."""
    return make(path, "out")


def compare_peers(out, cases, rounds, seconds):
    """Measures tfgen beside the peers that are installed.

    Args:
      out: Path of a folder; benchmark.md, a CSV a table and ratios.png are written there.
      cases: list of `cases.Case`.
      rounds: turns of each peer.
      seconds: length of one measurement.

    Returns:
      The text of benchmark.md.
    """
    from tfgen.benchmark import speed_report
    from tfgen.benchmark.machine import describe_machine
    from tfgen.benchmark.rounds import available_peers, measure, measurements
    from tfgen.pictures.image_grid import write_png
    from tfgen.training.distribution import choose_precision

    peers, precision = available_peers(), choose_precision("auto")
    measured = []
    with tqdm(total=len(cases) * measurements(peers, rounds), unit="measurement") as bar:
        for case in cases:
            bar.set_postfix_str(case.name)
            measured += measure(case, peers, precision, rounds, seconds, bar.update)
    tables = {
        "ratios": speed_report.ratios(measured),
        "speeds": speed_report.speeds(measured),
        "inside": speed_report.inside(measured),
    }
    if tables["ratios"]:
        write_png(out / "ratios.png", speed_report.ratio_chart(tables["ratios"]))
    return _write_tables(out, "benchmark", describe_machine(precision, peers), tables)


def measure_scaling(out, rounds, seconds):
    """Measures how tfgen's time and memory grow.

    Args:
      out, rounds, seconds: as of `compare_peers`; scaling.md, a CSV and a chart a table are
        written.

    Returns:
      The text of scaling.md.
    """
    from tfgen.benchmark import speed_report
    from tfgen.benchmark.machine import describe_machine
    from tfgen.benchmark.scaling import measure_rendering, measure_training
    from tfgen.pictures.image_grid import write_png
    from tfgen.training.distribution import choose_precision

    precision, tables = choose_precision("auto"), {}
    with tqdm(total=1 + sum(map(len, SCALING.values())), unit="measurement") as bar:
        for axis, along in SCALING.items():
            tables[axis] = measure_training(axis, along, precision, rounds, seconds, bar.update)
        tables["rendering"] = measure_rendering((64, 128, 256), seconds)
        bar.update()
    for title, rows in tables.items():
        write_png(out / f"{title.replace(' ', '_')}.png", speed_report.scaling_chart(title, rows))
    return _write_tables(out, "scaling", describe_machine(precision, ("tfgen",)), tables)


def compare_features(out, rounds, seconds):
    """Measures how fast features are described, beside the libraries that are installed.

    Args:
      out, rounds, seconds: as of `compare_peers`; features.md and a CSV are written.

    Returns:
      The text of features.md.
    """
    from tfgen.benchmark.features import measure_features, measurements
    from tfgen.benchmark.machine import describe_machine

    with tqdm(total=measurements(rounds), unit="measurement") as bar:
        rows = measure_features(rounds, seconds, bar.update)
    about = describe_machine("float32", ("tfgen",))
    return _write_tables(out, "features", about, {"features by library": rows})


def time_jobs(out, flagfiles, script):
    """Runs whole jobs, one after another, and writes how good each was after how many minutes.

    Args:
      out: Path of a folder; job.md, a CSV and a chart are written, and each job's data, run and
        export in a folder of its flagfile's name.
      flagfiles: of scripts/train.py.
      script: Path of train.py.

    Returns:
      The text of job.md.
    """
    from tfgen.benchmark.job import measure_job, quality_chart
    from tfgen.benchmark.machine import describe_machine
    from tfgen.pictures.image_grid import write_png
    from tfgen.training.distribution import choose_precision

    rows = []
    for flagfile in flagfiles:
        rows += measure_job(flagfile, out / Path(flagfile).stem, script, print)
    write_png(out / "quality_over_minutes.png", quality_chart(rows))
    about = describe_machine(choose_precision("auto"), ("tfgen",))
    return _write_tables(out, "job", about, {"quality over minutes": rows})


def _write_tables(out, name, about, tables):
    """Writes NAME.md and a CSV a table; returns the text of the first."""
    from tfgen.files import write_text
    from tfgen.runs.experiments import result

    parts = [about]
    for title, rows in tables.items():
        if rows:
            write_text(out / f"{title.replace(' ', '_')}.csv", result.csv_text(rows))
            parts.append(f"{title}\n\n{result.table(rows)}")
    text = "\n\n".join(parts)
    write_text(out / f"{name}.md", text)
    return text
