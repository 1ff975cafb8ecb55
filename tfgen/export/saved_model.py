"""Writes SavedModels in TensorFlow Serving's layout: <base>/<name>/<version>/."""

import dataclasses
import itertools
from pathlib import Path

import tensorflow as tf

from tfgen import checksums
from tfgen.export.labels import Labels
from tfgen.export.manifest import LABELS_FILE, MODEL_FILE
from tfgen.export.servable import Servable
from tfgen.files import unwritable
from tfgen.folders import unfinished

# TensorFlow Serving replays these at loading, so that no client waits for the first trace.
WARM_UP_FILE = "tf_serving_warmup_requests"
WARM_UP_BATCHES = (1, 4, 16)


def next_version(model_dir):
    """One more than the highest version directory, 1 if there is none."""
    names = [path.name for path in Path(model_dir).glob("*")]
    return max((int(name) for name in names if name.isascii() and name.isdigit()), default=0) + 1


def publish(variables, signatures, manifest, export_dir, name):
    """Writes a model as the next version.

    Args:
      variables: all that the signatures read; Keras' or TensorFlow's.
      signatures: name -> `servable.Signature`.
      manifest: `manifest.Manifest`, but for its signatures. With a description, the names of
        styles lie beside it too, in `labels.json` and `styles.txt`.
      export_dir: folder of models, "saved_models".
      name: of the model.

    Returns:
      Path of the version directory. It appears under its name only when it is complete.

    Raises:
      InputError: `export_dir` cannot be written.
    """
    told = {key: signature.to_dict() for key, signature in signatures.items()}
    texts = {MODEL_FILE: dataclasses.replace(manifest, signatures=told).to_json()}
    if manifest.description is not None:
        labels = Labels.of_description(manifest.description, manifest.image_size)
        texts[LABELS_FILE] = labels.to_json()
        texts["styles.txt"] = "\n".join(labels.style_names) + "\n"
    model_dir = Path(export_dir) / name
    try:
        # A name that is no number: TensorFlow Serving does not look at it.
        with unfinished(model_dir, ".exporting-") as temporary:
            version = temporary / "version"
            for file, text in texts.items():
                (temporary / file).write_text(text, encoding="utf-8")
            servable = Servable(variables, signatures, [temporary / file for file in texts])
            functions = servable.concrete_functions()
            tf.saved_model.save(servable, str(version), signatures=functions)
            _write_warm_up(version / "assets.extra", name, signatures)
            checksums.write(version)
            version.chmod(0o755)
            target = model_dir / str(next_version(model_dir))
            version.rename(target)
    except (OSError, tf.errors.OpError) as error:
        raise unwritable(f"`export_dir`={export_dir}", error) from None
    return target


def _write_warm_up(directory, name, signatures):
    from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

    directory.mkdir()
    with tf.io.TFRecordWriter(str(directory / WARM_UP_FILE)) as writer:
        for key, batch in itertools.product(signatures, WARM_UP_BATCHES):
            request = predict_pb2.PredictRequest()
            request.model_spec.name = name
            request.model_spec.signature_name = key
            for each, value in signatures[key].examples(batch).items():
                request.inputs[each].CopyFrom(tf.make_tensor_proto(value))
            log = prediction_log_pb2.PredictionLog(
                predict_log=prediction_log_pb2.PredictLog(request=request)
            )
            writer.write(log.SerializeToString())
