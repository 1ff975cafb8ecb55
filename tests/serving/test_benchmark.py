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


@pytest.mark.slow
@pytest.mark.ci
def test_small_requests_beside_a_large_one(models, tmp_path):
    out = tmp_path / "out.csv"
    base = f"--model_base_path={models / 'tiny'}"
    flags = ("--mixed", "--rows=300", "--seconds=0.3", "--rounds=1", f"--out={out}")
    done = run("benchmark_serving.py", base, *flags)
    assert done.returncode == 0, done.stderr
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["kind"] for row in rows] == [
        "one client",
        "one client, beside 300 rows",
        "one client, batching",
        "one client, batching, beside 300 rows",
    ]
    assert [bool(row["large s"]) for row in rows] == [False, True] * 2
    for row in rows:
        assert 0 < float(row["p50 ms"]) <= float(row["p99 ms"])
        assert float(row["memory MiB"]) > 100
    refused = run("benchmark_serving.py", base, "--mixed", "--rows=30000")
    assert refused.returncode == 2
    assert "the request has 30000 rows: the server takes at most 20000" in refused.stderr


def test_mistakes(tmp_path):
    done = run("benchmark_serving.py", f"--model_base_path={tmp_path}")
    assert done.returncode == 2
    assert "has no version of a model" in done.stderr
