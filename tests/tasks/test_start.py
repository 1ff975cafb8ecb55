"""A run starts from the weights of another, and runs of earlier code go on."""

import numpy as np
import pytest

from tests.tasks.test_train import weights
from tfgen.errors import InputError
from tfgen.runs.train import train

STYLE_KERNEL = "generator/fc12/0/0/kernel"


def style_kernel(run_dir, step):
    values = weights(run_dir, step)
    (name,) = [key for key in values if key.startswith(STYLE_KERNEL)]
    return values[name]


def test_new_styles_come_into_a_trained_generator(settings, tmp_path, capfd):
    train(settings("--steps=6", "--export_dir=", f"--run_dir={tmp_path}/three"))
    capfd.readouterr()
    more = ("--models=4", f"--init_from={tmp_path}/three", f"--run_dir={tmp_path}/four")
    train(settings("--steps=6", "--export_dir=", "--learning_rate=1e-12", *more))
    said = capfd.readouterr().out
    assert "weights taken, in part generator/fc12/0/0/kernel" in said
    before, now = (
        style_kernel(tmp_path / "three", 6),
        style_kernel(tmp_path / "four", 6),
    )
    assert (before.shape[-1], now.shape[-1]) == (3, 4)
    np.testing.assert_allclose(now[..., :3], before, atol=1e-6)
    a, b = (weights(tmp_path / name, 6) for name in ("three", "four"))
    same = [key for key in a if key.startswith("generator/") and not key.startswith(STYLE_KERNEL)]
    for key in same:
        np.testing.assert_allclose(a[key], b[key], atol=1e-6, err_msg=key)


def test_a_run_that_cannot_be_started_from_is_refused(settings, tmp_path):
    with pytest.raises(InputError, match="holds no run"):
        train(settings(f"--init_from={tmp_path}/none", "--export_dir="))
