"""Writes SavedModels in TensorFlow Serving's layout: <base>/<name>/<version>/."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgen.data.transforms import TRANSFORM_SIZE
from tfgen.errors import InputError
from tfgen.export.signatures import Servable

# TensorFlow Serving replays these at loading, so that no client waits for the first trace.
WARM_UP_FILE = "tf_serving_warmup_requests"
WARM_UP_BATCHES = (1, 4, 16)


def next_version(model_dir):
    """One more than the highest version directory, 1 if there is none."""
    versions = [int(path.name) for path in Path(model_dir).glob("*") if path.name.isdigit()]
    return max(versions, default=0) + 1


def export_generator(generator, labels, base, name):
    """Exports a generator as the next version of a model.

    Args:
      generator: `models.generator.UpConvGenerator`; in float32 it runs fast anywhere.
      labels: `export.labels.Labels`.
      base: folder of models, "saved_models".
      name: of the model.

    Returns:
      Path of the version directory. It appears under its name only when it is complete.

    Raises:
      InputError: `base` cannot be written.
    """
    model_dir = Path(base) / name
    temporary = None
    try:
        model_dir.mkdir(parents=True, exist_ok=True)
        # A name that is no number: TensorFlow Serving does not look at it.
        temporary = Path(tempfile.mkdtemp(prefix=".exporting-", dir=model_dir))
        version = temporary / "version"
        facts = temporary / "labels.json"
        facts.write_text(labels.to_json(), encoding="utf-8")
        names = temporary / "styles.txt"
        names.write_text("\n".join(labels.style_names) + "\n", encoding="utf-8")
        servable = Servable(generator, assets=(facts, names))
        tf.saved_model.save(servable, str(version), signatures=servable.signatures())
        _write_warm_up(version / "assets.extra", name, servable)
        version.chmod(0o755)
        target = model_dir / str(next_version(model_dir))
        version.rename(target)
    except (OSError, tf.errors.OpError) as error:
        raise InputError(
            f"--export_dir={base} cannot be written ({str(error).splitlines()[0]}): free some "
            "space or choose another."
        ) from None
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
    return target


def _write_warm_up(directory, name, servable):
    from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

    directory.mkdir()
    with tf.io.TFRecordWriter(str(directory / WARM_UP_FILE)) as writer:
        for signature, batch, inputs in _warm_up_requests(servable):
            request = predict_pb2.PredictRequest()
            request.model_spec.name = name
            request.model_spec.signature_name = signature
            for key, value in inputs.items():
                request.inputs[key].CopyFrom(tf.make_tensor_proto(value(batch)))
            log = prediction_log_pb2.PredictionLog(
                predict_log=prediction_log_pb2.PredictLog(request=request)
            )
            writer.write(log.SerializeToString())


def _warm_up_requests(servable):
    """(signature name, batch size, input name -> function of the batch size)."""
    view = {key: lambda b: np.zeros(b, np.float32) for key in ("azimuth", "elevation")}
    style = {"style": lambda b: np.zeros(b, np.int64)}
    styles = servable.num_styles
    weights = {"weights": lambda b: np.full((b, styles), 1 / styles, np.float32)}
    theta = {"transform": lambda b: np.zeros((b, TRANSFORM_SIZE), np.float32)}
    signatures = {
        "serving_default": style | view | theta,
        "view": style | view,
        "morph": weights | view | theta,
        "png": style | view | theta,
        "morph_png": weights | view | theta,
    }
    if servable.latent_size:
        latent = {"latent": lambda b: np.zeros((b, servable.latent_size), np.float32)}
        signatures["sample"] = signatures["sample_png"] = latent | view | theta
    for signature, inputs in signatures.items():
        for batch in WARM_UP_BATCHES:
            yield signature, batch, inputs
