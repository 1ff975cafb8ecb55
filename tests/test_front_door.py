"""`tfgen.load` and `tfgen.Client`: imported when they are used, and README's way to use them."""

import subprocess
import sys
import types

import numpy as np
import pytest
import tensorflow as tf

import tfgen
from tfgen.conditions.call import morph_inputs
from tfgen.errors import InputError
from tfgen.export.manifest import Manifest
from tfgen.export.servable import Input, Output, Signature
from tfgen.papers.chairs.signatures import generator_signatures


def test_importing_tfgen_is_quick_and_opens_no_door():
    code = "import sys, tfgen; assert 'tensorflow' not in sys.modules; tfgen.nothing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "AttributeError: module tfgen has no attribute nothing" in done.stderr


def test_an_export_is_loaded_and_draws(exported, labels):
    model = tfgen.load(exported.parent)
    assert model.kind == "generator"
    assert model.style_names == labels.style_names
    assert model.description == labels.description
    view = {"style": [3], "azimuth": [30.0], "elevation": [20.0]}
    drawn = model.predict(view, signature="view")
    images, masks = model([np.eye(5)[3]], azimuth=[30], elevation=[20])
    np.testing.assert_array_equal(drawn["image"], images)
    np.testing.assert_array_equal(drawn["mask"], masks)
    with pytest.raises(InputError, match="style does not exist: give 0 to 4"):
        model.predict({**view, "style": [5]}, "view")
    with pytest.raises(InputError, match="signature dream does not exist: there are"):
        model.predict(view, "dream")


@pytest.fixture
def restore(monkeypatch, tmp_path):
    """A function of a manifest and signatures to what `load` makes of such a run."""

    def load(manifest, signatures):
        run = types.SimpleNamespace(manifest=lambda: manifest, signatures=lambda: signatures)
        monkeypatch.setattr("tfgen.runs.restore.restore", lambda path: run)
        (tmp_path / "flags.txt").write_text("")
        return tfgen.load(tmp_path)

    return load


def test_a_run_answers_its_signatures(restore):
    double = Signature((Input("x", (2,)),), lambda x: {"y": 2.0 * x}, (Output("y", (2,)),))
    model = restore(Manifest("toy", details={"classes": ["a"]}), {"serving_default": double})
    assert model.kind == "toy"
    np.testing.assert_array_equal(model.predict({"x": [[1, 2]]})["y"], [[2, 4]])
    with pytest.raises(InputError, match="x has a number that is not finite"):
        model.predict({"x": [[1, np.nan]]})


def test_a_run_of_a_generator_draws_what_its_export_draws(restore, generator, labels, exported):
    manifest = Manifest("generator", 64, description=labels.description)
    drawer = restore(manifest, generator_signatures(generator, labels.description))
    views = (np.eye(5)[[1, 2]], [10.0, 50.0], [20.0, 20.0])
    images, _ = drawer(*views)
    assert abs(images.astype(int) - tfgen.load(exported)(*views)[0]).max() <= 1


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(InputError, match="is no folder"):
        tfgen.load(tmp_path / "none")
    with pytest.raises(InputError, match="holds neither a run"):
        tfgen.load(tmp_path)
    tf.saved_model.save(tf.Module(), str(tmp_path / "foreign"))
    with pytest.raises(InputError, match="is no model that tfgen exported"):
        tfgen.load(tmp_path / "foreign")


def test_conditions_are_told_in_order_or_by_name(labels):
    weights, theta = np.eye(5)[[0, 2]], np.full((2, 8), 0.1)
    expected = {
        "weights": weights,
        "azimuth": [1, 2],
        "elevation": [20, 20],
        "transform": np.zeros((2, 8)),
    }
    for values, named in (
        ((weights, [1, 2], 20), {}),
        ((weights,), {"azimuth": [1, 2], "elevation": 20.0}),
        (({"style": [0, 2], "azimuth": [1, 2], "elevation": [20, 20]},), {}),
    ):
        inputs = morph_inputs(labels.description, values, named)
        for name, array in expected.items():
            np.testing.assert_array_equal(inputs[name], np.float32(array))
    inputs = morph_inputs(labels.description, (weights, 1, 2, theta), {})
    np.testing.assert_array_equal(inputs["transform"], np.float32(theta))


@pytest.mark.parametrize(
    ("values", "named", "message"),
    [
        ((np.eye(5),), {"hue": 1}, "hue is no condition of this model: give style, azimuth"),
        ((np.eye(5), 0, 0), {"azimuth": 0}, "cannot be told to this model: give each of style"),
        ((np.eye(4), 0, 0), {}, r"style has the shape \[4, 4\]: give \[n, 5\]"),
        ((np.eye(5), [0, 0], 0), {}, "there are 5 of style, 2 of azimuth"),
        ((np.eye(5), 0, "high"), {}, "high"),
        (([5], 0, 0), {}, "style 5 does not exist: give 0 to 4"),
    ],
)
def test_conditions_that_cannot_be_told_are_refused(labels, values, named, message):
    with pytest.raises(InputError, match=message):
        morph_inputs(labels.description, values, named)
