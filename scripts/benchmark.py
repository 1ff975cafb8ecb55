r"""Measures how fast tfgen trains and draws, beside PyTorch and beside plain Keras.

    python scripts/benchmark.py
    python scripts/benchmark.py --cases=generator-64,vae-64 --rounds=5 --out=benchmark
    python scripts/benchmark.py --scaling

Each peer runs in a process of its own; they take turns for a few rounds, so that what else the
machine does meets all of them, and what counts is the median of the rounds' ratios. PyTorch takes
part where it is installed (pip install -e '.[benchmark]'). Writes CSV, Markdown and a chart.
"""

from pathlib import Path

from absl import flags

from tfgen import command_line
from tfgen.benchmark.cases import CASES, SCALING, find_cases
from tfgen.errors import InputError
from tfgen.papers.chairs.tables import IMAGE_SIZES

flags.DEFINE_list("cases", [], f"Of {', '.join(CASES)}; empty: all.")
flags.DEFINE_bool("scaling", False, f"Measure what grows with {', '.join(SCALING)} instead.")
flags.DEFINE_integer("rounds", 3, "Turns of each peer.", 1)
flags.DEFINE_float("seconds", 4.0, "Length of one measurement.", 0.1)
flags.DEFINE_string("out", "benchmark", "Folder to write to.")


def main(argv):
    """Measures, writes and prints."""
    del argv
    values = flags.FLAGS
    cases = find_cases(values.cases)
    out = Path(values.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out={out} cannot be written ({error.strerror}).") from None
    write = _write_scaling if values.scaling else _write_peers
    print(write(out, cases, values.rounds, values.seconds))


def _write_peers(out, cases, rounds, seconds):
    from tqdm import tqdm

    from tfgen.benchmark import report
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
        "ratios": report.ratios(measured),
        "speeds": report.speeds(measured),
        "inside": report.inside(measured),
    }
    if tables["ratios"]:
        write_png(out / "ratios.png", report.ratio_chart(tables["ratios"]))
    return _write_tables(out, "benchmark", describe_machine(precision, peers), tables)


def _write_scaling(out, cases, rounds, seconds):
    del cases
    from tqdm import tqdm

    from tfgen.benchmark import report
    from tfgen.benchmark.machine import describe_machine
    from tfgen.benchmark.scaling import measure_rendering, measure_training
    from tfgen.pictures.image_grid import write_png
    from tfgen.training.distribution import choose_precision

    precision, tables = choose_precision("auto"), {}
    with tqdm(total=1 + sum(map(len, SCALING.values())), unit="measurement") as bar:
        for axis, along in SCALING.items():
            tables[axis] = measure_training(axis, along, precision, rounds, seconds, bar.update)
        tables["rendering"] = measure_rendering(IMAGE_SIZES, seconds)
        bar.update()
    for title, rows in tables.items():
        write_png(out / f"{title.replace(' ', '_')}.png", report.scaling_chart(title, rows))
    return _write_tables(out, "scaling", describe_machine(precision, ("tfgen",)), tables)


def _write_tables(out, name, about, tables):
    """Writes NAME.md and a CSV a table; returns the text of the first."""
    from tfgen.runs.experiments import result
    from tfgen.training.run_directory import write_text

    parts = [about]
    for title, rows in tables.items():
        if rows:
            write_text(out / f"{title.replace(' ', '_')}.csv", result.csv_text(rows))
            parts.append(f"{title}\n\n{result.table(rows)}")
    text = "\n\n".join(parts)
    write_text(out / f"{name}.md", text)
    return text


if __name__ == "__main__":
    command_line.run(main)
