"""The main job with a Gaussian style code: trained, gone on with, exported."""

import csv
from pathlib import Path

import numpy as np
import tensorflow as tf

from tests.stopped_runs import assert_same, weights
from tfgen.runs.train import train

VARIATIONAL = "--style_stream=variational"


def test_a_run_reports_its_divergence_and_exports_its_code(settings):
    chosen = settings(VARIATIONAL, "--lambda_kl=0.5", "--pixel_sigma=0.2")
    outcome = train(chosen)
    assert outcome.step == 12
    with (Path(chosen.schedule.run_dir) / "metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    last = {name: float(value) for name, value in rows[-1].items()}
    parts = last["train/loss_image"] + last["train/loss_mask"] + 0.5 * last["train/loss_kl"]
    np.testing.assert_allclose(last["train/loss"], parts, rtol=1e-4)
    model = tf.saved_model.load(str(outcome.export))
    assert {"sample", "sample_png", "posterior"} <= set(model.signatures)


def test_a_resumed_run_draws_the_samples_it_would_have_drawn(settings, tmp_path):
    whole = settings(VARIATIONAL, f"--run_dir={tmp_path / 'whole'}", "--export_dir=")
    train(whole)
    parts = (VARIATIONAL, f"--run_dir={tmp_path / 'parts'}", "--export_dir=")
    train(settings(*parts, "--steps=6"))
    train(settings(*parts))
    assert_same(weights(tmp_path / "whole", 12), weights(tmp_path / "parts", 12))
