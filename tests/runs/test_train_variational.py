"""The main job with a Gaussian style code: trained, gone on with, exported."""

import csv

import numpy as np
import pytest
import tensorflow as tf

from tests.stopped_runs import assert_same, weights
from tests.tiny_runs import settings_in
from tfgen.runs.train import train

VARIATIONAL = (
    *("--style_stream=variational", "--latent_size=3"),
    *("--lambda_kl=0.5", "--free_nats=0.01", "--pixel_sigma=0.2"),
)


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
    assert model.signatures["sample"].structured_input_signature[1]["latent"].shape == (None, 3)
    assert last["train/loss_kl"] >= 3 * 0.01  # what is free is counted as much
    view = {"azimuth": [30.0] * 3, "elevation": [20.0] * 3, "transform": [[0.0] * 8] * 3}
    told = {name: tf.constant(value) for name, value in view.items()}
    drawn = model.signatures["sample"](latent=tf.eye(3), **told)["image"]
    assert drawn.shape == (3, 64, 64, 3)


def test_a_resumed_run_draws_the_samples_it_would_have_drawn(finished, settings, tmp_path):
    _, whole = finished
    parts = (*VARIATIONAL, "--export_dir=")
    train(settings(*parts, "--steps=6"))
    train(settings(*parts))
    assert_same(weights(whole, 12), weights(tmp_path / "run", 12))
