"""The main job with a Gaussian style code: trained, gone on with, exported."""

import csv

import numpy as np
import pytest
import tensorflow as tf

from tests.stopped_runs import assert_same, weights
from tests.tiny_runs import settings_in
from tfgen.runs.train import train

VARIATIONAL = ("--style_stream=variational", "--lambda_kl=0.5", "--pixel_sigma=0.2")


@pytest.fixture(scope="module")
def finished(data_dir, tmp_path_factory):
    """(outcome, folder) of a run that ended."""
    folder = tmp_path_factory.mktemp("finished")
    return train(settings_in(folder, data_dir, *VARIATIONAL)), folder / "run"


def test_a_run_reports_its_divergence_and_exports_its_code(finished):
    outcome, run = finished
    assert outcome.step == 12
    with (run / "metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    last = {name: float(value) for name, value in rows[-1].items()}
    parts = last["train/loss_image"] + last["train/loss_mask"] + 0.5 * last["train/loss_kl"]
    np.testing.assert_allclose(last["train/loss"], parts, rtol=1e-4)
    model = tf.saved_model.load(str(outcome.export))
    assert {"sample", "sample_png", "posterior"} <= set(model.signatures)


def test_a_resumed_run_draws_the_samples_it_would_have_drawn(finished, settings, tmp_path):
    _, whole = finished
    parts = (*VARIATIONAL, "--export_dir=")
    train(settings(*parts, "--steps=6"))
    train(settings(*parts))
    assert_same(weights(whole, 12), weights(tmp_path / "run", 12))
