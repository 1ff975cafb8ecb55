"""The benchmark, in short."""

import csv

import pytest

from tests.processes import run


@pytest.mark.slow
@pytest.mark.ci
def test_it_measures_what_it_says(models, tmp_path):
    out = tmp_path / "out.csv"
    base = f"--model_base_path={models / 'tiny'}"
    done = run(
        "benchmark_serving.py", base, "--seconds=0.3", "--rounds=1", "--clients=4", f"--out={out}"
    )
    assert done.returncode == 0, done.stderr
    with out.open() as file:
        rows = {row["kind"]: row for row in csv.DictReader(file)}
    assert list(rows) == [
        "direct call of the model",
        "server, one client",
        "server, one client, batching",
        "server, 4 clients",
        "server, 4 clients, batching",
    ]
    for row in rows.values():
        assert 0 < float(row["p50 ms"]) <= float(row["p99 ms"])
    direct, one = rows["direct call of the model"], rows["server, one client"]
    assert float(one["p50 ms"]) > float(direct["p50 ms"])


def test_mistakes(tmp_path):
    done = run("benchmark_serving.py", f"--model_base_path={tmp_path}")
    assert done.returncode == 2
    assert "has no version of a model" in done.stderr
