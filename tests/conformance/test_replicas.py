"""Two replicas are one: every network's gradients and statistics, every trainer's steps."""

import json

import pytest

from tests import processes
from tests.conformance.registry import NETWORKS, ROOT, TRAINERS, selected

# The longest of the suites: `pytest -m ci tests/conformance -k NAME` runs it for an entry of yours.
pytestmark = [pytest.mark.slow, pytest.mark.ci]


@pytest.fixture(scope="module")
def differences(request):
    """Of each entry that is asked for, from one process: it has two logical devices."""
    names = [entry.name for entry in selected(request, [*NETWORKS, *TRAINERS])]
    done = processes.run(ROOT / "tests" / "conformance" / "replicas.py", *names)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("entry", NETWORKS, ids=lambda entry: entry.name)
def test_two_replicas_have_the_gradients_and_statistics_of_one(entry, differences):
    if differences[f"network {entry.name}"]:
        pytest.fail(differences[f"network {entry.name}"])  # whole, where an assertion cuts it short


@pytest.mark.parametrize("entry", TRAINERS, ids=lambda entry: entry.name)
def test_two_replicas_train_as_one_does(entry, differences):
    if differences[f"trainer {entry.name}"]:
        pytest.fail(differences[f"trainer {entry.name}"])  # whole, where an assertion cuts it short
