"""Exports three tiny models with tfgen as it was before exports had a format, and what they answer.

Run as a script it must find that tfgen; `make` sees to it.
"""

# ruff: noqa: I001 - it sorts by what there is now

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np

# Its exports have labels.json alone, or a small model.json.
COMMIT = "7cae8e9fbb998aeb755336477e0165c7f11942f3"
ROOT = Path(__file__).parents[2]
ANSWERS = "answers.npz"


def make(folder):
    """Writes <folder>/models/<name>/1 and the answers, by the code of COMMIT.

    Returns:
      Why it cannot be done, or "".
    """
    archive = folder / "code.zip"
    command = ["git", "-C", ROOT, "archive", "--output", archive, COMMIT, "tfgen"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"git cannot be run: {error}"
    if done.returncode:
        return f"no history of git up to {COMMIT}: {done.stderr.strip()}"
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder / "code")
    environment = os.environ | {"PYTHONPATH": str(folder / "code")}
    subprocess.run([sys.executable, __file__, folder], check=True, env=environment, cwd=folder)
    return ""


def read(folder):
    """Model -> signature -> (inputs, answer of a session, answer of a function), all by name."""
    told = {}
    with np.load(folder / ANSWERS) as arrays:
        for key in arrays:
            model, signature, part, name = key.split("/")
            parts = told.setdefault(model, {}).setdefault(signature, ({}, {}, {}))
            parts[("inputs", "session", "function").index(part)][name] = arrays[key]
    return told


def _generator(base):
    from tfgen.architectures.chairs import generator_spec
    from tfgen.data.transforms import TransformRanges
    from tfgen.export.labels import Labels
    from tfgen.export.saved_model import export_generator
    from tfgen.models.generator import UpConvGenerator

    ranges = TransformRanges.of_strength(1).of_theta()
    labels = Labels(
        style_names=[f"chairs_{i:04d}" for i in range(5)],
        categories=["chairs"] * 5,
        image_size=64,
        azimuths=[0.0, 120.0, 240.0],
        elevations=[20.0],
        transform_ranges={name: list(pair) for name, pair in ranges.items()},
    )
    spec = generator_spec("1s-S", 64, width=0.05, fc_width=0.05)
    return export_generator(UpConvGenerator(spec, 5), labels, base, "generator")


def _autoencoder(base):
    from tfgen.export.image_model import export_image_model

    from tfgen.architectures.deepsim import autoencoder_spec
    from tfgen.models.autoencoder import Autoencoder

    spec = autoencoder_spec("table2-vae").narrowed(0.1)
    model = Autoencoder(spec.encoder, spec.decoder, 32, spec.variational)
    return export_image_model(model, base, "autoencoder")


def _comparator(base):
    from tfgen.export.image_model import export_features

    from tfgen.architectures.comparators import COMPARATORS
    from tfgen.models.comparator import Comparator

    spec = COMPARATORS["exemplar_cnn"].narrowed(0.1, 5)
    return export_features(Comparator(spec, "softmax", 32), base, "comparator")


def _inputs(specs, rng):
    """Three examples for each input."""
    special = {
        "style": np.array([0, 4, 2]),
        "azimuth": np.array([0, 40, 300], np.float32),
        "elevation": np.array([20, 10, 30], np.float32),
        "weights": rng.dirichlet(np.ones(5), 3).astype(np.float32),
        "transform": rng.uniform(-0.2, 0.2, (3, 8)).astype(np.float32),
    }
    return {
        name: special[name]
        if name in special
        else rng.integers(0, 256, (3, *spec.shape[1:])).astype(np.uint8)
        if spec.dtype.is_integer
        else rng.normal(size=(3, *spec.shape[1:])).astype(np.float32)
        for name, spec in specs.items()
    }


def _plain(array):
    """Strings as NumPy keeps them without pickling; no PNG ends with a zero, which it would cut."""
    return np.array(array.tolist()) if array.dtype == object else array


def main(folder):
    """Exports, asks, writes."""
    import keras
    import tensorflow as tf

    import tfgen
    from tfgen.serving.servable import Servable

    assert Path(tfgen.__file__).is_relative_to(folder), tfgen.__file__
    arrays, rng = {}, np.random.default_rng(0)
    for export in (_generator, _autoencoder, _comparator):
        keras.utils.set_random_seed(0)
        path = export(folder / "models")
        servable, loaded = Servable(path), tf.saved_model.load(str(path))
        for name, signature in servable.signatures.items():
            inputs = _inputs(signature.inputs, rng)
            function = loaded.signatures[name](**{k: tf.constant(v) for k, v in inputs.items()})
            answers = {
                "inputs": inputs,
                "session": signature(inputs),
                "function": {key: value.numpy() for key, value in function.items()},
            }
            for part, values in answers.items():
                for key, value in values.items():
                    arrays[f"{path.parent.name}/{name}/{part}/{key}"] = _plain(value)
    np.savez(folder / ANSWERS, **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
