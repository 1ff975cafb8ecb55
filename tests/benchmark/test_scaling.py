"""What grows is measured."""

import pytest

from tfgen.benchmark import speed_report
from tfgen.benchmark.cases import Case
from tfgen.benchmark.scaling import measure_rendering, measure_training


def test_rendering_takes_longer_for_larger_images():
    rows = measure_rendering((16, 64), seconds=0.1)
    assert rows[1]["ms an image"] > rows[0]["ms an image"]
    assert all(row["times ray casting"] > 1 for row in rows)
    assert speed_report.scaling_chart("rendering", rows).shape[2] == 3


@pytest.mark.slow
def test_training_is_measured_with_and_without_replicas():
    cases = [Case(str(count), "autoencoder", "table2", 16, 2, replicas=count) for count in (1, 2)]
    ticks = []
    rows = measure_training("replicas", cases, "float32", 1, 0.05, lambda: ticks.append(1))
    assert [row["replicas"] for row in rows] == ["1", "2"]
    assert len(ticks) == 2
    assert all(row["step ms"] > 0 and row["peak memory GiB"] > 0 for row in rows)
