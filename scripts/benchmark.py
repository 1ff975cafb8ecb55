r"""Measures how fast tfgen trains and draws, beside PyTorch and beside plain Keras.

    python scripts/benchmark.py
    python scripts/benchmark.py --cases=generator-64,vae-64 --rounds=5 --out=benchmark
    python scripts/benchmark.py --scaling
    python scripts/benchmark.py --features
    python scripts/benchmark.py --job=chairs.flags

Each peer runs in a process of its own; they take turns for a few rounds, so that what else the
machine does meets all of them, and what counts is the median of the rounds' ratios. PyTorch takes
part where it is installed (pip install -e '.[benchmark]'). Writes CSV, Markdown and a chart.
"""

from pathlib import Path

from absl import flags

from tfgen import command_line
from tfgen.benchmark.cases import CASES, SCALING, find_cases
from tfgen.benchmark.run import (
    compare_features,
    compare_peers,
    measure_scaling,
    open_folder,
    time_jobs,
)

flags.DEFINE_list("cases", [], f"Of {', '.join(CASES)}; empty: all.")
flags.DEFINE_bool("scaling", False, f"Measure what grows with {', '.join(SCALING)} instead.")
flags.DEFINE_bool("features", False, "Measure how fast HOG, LBP and SIFT are described instead.")
flags.DEFINE_list("job", [], "Flagfiles of train.py: time whole jobs, from nothing, instead.")
flags.DEFINE_integer("rounds", 3, "Turns of each peer.", 1)
flags.DEFINE_float("seconds", 4.0, "Length of one measurement.", 0.1)
flags.DEFINE_string("out", "benchmark", "Folder to write to.")


def main(argv):
    """Measures, writes and prints."""
    del argv
    values = flags.FLAGS
    cases = find_cases(values.cases)
    out = open_folder(values.out)
    if values.job:
        print(time_jobs(out, values.job, Path(__file__).with_name("train.py")))
    elif values.features:
        print(compare_features(out, values.rounds, values.seconds))
    elif values.scaling:
        print(measure_scaling(out, values.rounds, values.seconds))
    else:
        print(compare_peers(out, cases, values.rounds, values.seconds))


if __name__ == "__main__":
    command_line.run(main)
