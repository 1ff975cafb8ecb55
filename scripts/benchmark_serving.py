"""Measures the embedded server against calling the model directly, in one run.

    python scripts/benchmark_serving.py --model_base_path=saved_models/chairs
    python scripts/benchmark_serving.py --model_base_path=saved_models/chairs --mixed

Two servers, with and without batching, and the direct call take turns for a few rounds, so that
what else the machine does meets all of them. Client and servers share the machine's cores. Requests
are encoded once and answers are not decoded: what is measured is the server. With --mixed: one
client alone, and beside a request of --rows views; memory is the server's most.
"""

import csv
import os
from pathlib import Path

from absl import flags

from tfgen import command_line
from tfgen.benchmark.mixed_serving import measure_mixed
from tfgen.benchmark.serving import Load, measure_serving

flags.DEFINE_string("model_base_path", "", "Folder of a model's versions.")
flags.DEFINE_string("signature", "view", "Signature to ask: view or png.")
flags.DEFINE_integer("clients", 16, "Clients that ask at the same time.", 2)
flags.DEFINE_float("seconds", 3.0, "Length of one measurement.", 0.1)
flags.DEFINE_integer("rounds", 3, "Measurements of each kind.", 1)
flags.DEFINE_bool("mixed", False, "One client beside a large request.")
flags.DEFINE_integer("rows", 20_000, "Views in the large request.", 2)
flags.DEFINE_bool("tensor_content", False, "Answers as tensor_content instead of typed fields.")
flags.DEFINE_string("out", "", "CSV file to write too.")


def _print_table(rows):
    columns = list(rows[0])
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    for row in rows:
        cells = [f"{v:.1f}" if isinstance(v, float) else v for v in row.values()]
        print("| " + " | ".join(cells) + " |")


def main(argv):
    """Measures, and prints a table."""
    del argv
    values = flags.FLAGS
    load = Load(values.clients, values.seconds, values.rounds, values.tensor_content)
    serve = Path(__file__).with_name("serve.py")
    what = (values.model_base_path, values.signature, load, serve)
    rows = measure_mixed(*what, values.rows) if values.mixed else measure_serving(*what)
    print(f"{os.cpu_count()} cores, signature {values.signature}, one view a request:\n")
    _print_table(rows)
    if values.out:
        with Path(values.out).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    command_line.run(main)
