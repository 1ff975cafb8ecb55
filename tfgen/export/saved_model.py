"""Writes SavedModels in TensorFlow Serving's layout: <base>/<name>/<version>/."""

import itertools
import shutil
import tempfile
from pathlib import Path

import tensorflow as tf

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
    texts = {"labels.json": labels.to_json(), "styles.txt": "\n".join(labels.style_names) + "\n"}
    return publish(lambda assets: Servable(generator, assets), texts, base, name)


def publish(make_servable, texts, base, name):
    """Writes a servable as the next version of a model.

    Args:
      make_servable: function of the paths of assets to a tf.Module with `signatures()`, and
        `warm_up_inputs()`: signature name -> input name -> function of a batch size.
      texts: file name -> text, the assets.
      base: folder of models.
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
        for file, text in texts.items():
            (temporary / file).write_text(text, encoding="utf-8")
        servable = make_servable([temporary / file for file in texts])
        tf.saved_model.save(servable, str(version), signatures=servable.signatures())
        _write_warm_up(version / "assets.extra", name, servable.warm_up_inputs())
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


def _write_warm_up(directory, name, inputs_of):
    from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

    directory.mkdir()
    with tf.io.TFRecordWriter(str(directory / WARM_UP_FILE)) as writer:
        for signature, batch in itertools.product(inputs_of, WARM_UP_BATCHES):
            request = predict_pb2.PredictRequest()
            request.model_spec.name = name
            request.model_spec.signature_name = signature
            for key, value in inputs_of[signature].items():
                request.inputs[key].CopyFrom(tf.make_tensor_proto(value(batch)))
            log = prediction_log_pb2.PredictionLog(
                predict_log=prediction_log_pb2.PredictLog(request=request)
            )
            writer.write(log.SerializeToString())
