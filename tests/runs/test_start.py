"""A run starts from the weights of another."""

import numpy as np
import pytest

from tfgen import stack
from tfgen.errors import InputError
from tfgen.runs.restore import restore
from tfgen.runs.train import train


def test_new_styles_come_into_a_trained_generator(settings, tmp_path, capfd):
    train(settings("--steps=6", "--export_dir=", f"--run_dir={tmp_path}/three"))
    capfd.readouterr()
    more = ("--models=4", f"--init_from={tmp_path}/three", f"--run_dir={tmp_path}/four")
    train(settings("--steps=6", "--export_dir=", "--learning_rate=1e-12", *more))
    assert "weights taken, in part generator/fc12/0/0/kernel" in capfd.readouterr().out
    before, now = (
        restore(tmp_path / name).networks["generator"].variables for name in ("three", "four")
    )
    wider = 0
    for a, b in zip(before, now, strict=True):
        a, b = (np.array(stack.raw_variable(v)) for v in (a, b))
        wider += a.shape != b.shape
        np.testing.assert_allclose(a, b[..., : a.shape[-1]] if a.ndim else b, atol=1e-6)
    assert wider == 1  # FC-1 of the style


def test_a_run_that_cannot_be_started_from_is_refused(settings, tmp_path):
    with pytest.raises(InputError, match="holds no run"):
        train(settings(f"--init_from={tmp_path}/none", "--export_dir="))
    outcome = train(settings("--steps=6", "--export_dir="))  # the mistake can be mended in place
    assert outcome.step == 6
