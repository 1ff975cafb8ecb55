"""Exports of models that take photographs: autoencoders, inverters, comparators.

| model       | signature       | inputs   | outputs                                   |
|-------------|-----------------|----------|-------------------------------------------|
| all three   | serving_default | image    | image; of comparators a feature a layer   |
| autoencoder | encode          | image    | code; of variational ones mean and        |
|             |                 |          | log_variance                              |
|             | decode, sample  | code     | image; `sample` is variational, its code  |
|             |                 |          | drawn from a standard normal distribution |
| inverter    | features        | image    | features                                  |
|             | invert          | features | image                                     |

Of an inverter whose features are not TensorFlow's doing there is `invert` alone, which is its
serving_default too.

image: [b, s, s, 3] uint8 RGB; everything else float32.
"""

import json

import numpy as np
import tensorflow as tf

from tfgen import stack
from tfgen.export.saved_model import publish


class ImageServable(tf.Module):
    """Signatures of functions of tensors; the variables behind them are what is saved.

    Args:
      variables: that the functions read.
      functions: signature name -> (input name, shape of one input, dtype, function to a dict).
      assets: paths of files to save along.
    """

    def __init__(self, variables, functions, assets=()):
        super().__init__()
        # Tracked here, not within a Keras model: see `export.signatures.Servable`.
        self.model_variables = [stack.raw_variable(v) for v in variables]
        self.assets = [tf.saved_model.Asset(str(path)) for path in assets]
        self._functions = lambda: functions

    def signatures(self):
        """Signature name -> concrete function."""
        found = {}
        for name, (key, shape, dtype, function) in self._functions().items():
            spec = [tf.TensorSpec([None, *shape], dtype, key)]
            traced = tf.function(function, input_signature=spec, autograph=False)
            found[name] = traced.get_concrete_function()
        return found

    def warm_up_inputs(self):
        """Signature name -> input name -> function of a batch size to an array."""
        return {
            name: {key: lambda b, s=shape, d=dtype: np.zeros((b, *s), d.as_numpy_dtype)}
            for name, (key, shape, dtype, _) in self._functions().items()
        }


def export_image_model(model, base, name):
    """Exports an autoencoder or an inverter as the next version of a model.

    Args:
      model: `models.autoencoder.Autoencoder` or `Inverter`, in float32.
      base: folder of models.
      name: of the model.

    Returns:
      Path of the version directory.

    Raises:
      InputError: `base` cannot be written.
    """
    size = model.image_size
    image = "image", (size, size, 3), tf.uint8

    def reconstruct(image):
        return {"image": _drawn(model(_read(image))["image"], size)}

    if hasattr(model, "encode"):
        functions = {"serving_default": (*image, reconstruct), **_autoencoder(model, image)}
    elif model.extracts_in_graph:
        functions = {"serving_default": (*image, reconstruct), **_inverter(model, image)}
    else:
        functions = {"serving_default": _inverter(model, image)["invert"]}
        functions["invert"] = functions["serving_default"]
    facts = {
        "kind": "autoencoder" if hasattr(model, "encode") else "inverter",
        "image_size": size,
        "variational": model.variational,
    }
    return _publish(model.all_variables(), functions, facts, base, name)


def export_features(comparator, base, name):
    """Exports a comparator: images to its features, layer by layer; arguments as above."""
    size = comparator.network.input_sizes[0]
    layers = list(comparator.network.output_sizes)

    def features(image):
        return comparator.layers(_read(image), layers)

    functions = {"serving_default": ("image", (size, size, 3), tf.uint8, features)}
    facts = {"kind": "comparator", "image_size": size, "layers": layers}
    return _publish(comparator.network.variables, functions, facts, base, name)


def _autoencoder(model, image):
    size = model.image_size

    def encode(image):
        code = model.encode(_read(image))
        if model.variational:
            return {"mean": code[0], "log_variance": code[1]}
        return {"code": code}

    def decode(code):
        return {"image": _drawn(model.decode(code), size)}

    code = "code", model.code_shape, tf.float32
    functions = {"encode": (*image, encode), "decode": (*code, decode)}
    return functions | ({"sample": (*code, decode)} if model.variational else {})


def _inverter(model, image):
    size = model.image_size

    def extract(image):
        return {"features": model.extract(_read(image))}

    def invert(features):
        return {"image": _drawn(model.invert(features), size)}

    features = "features", model.feature_shape, tf.float32
    return {"features": (*image, extract), "invert": (*features, invert)}


def _publish(variables, functions, facts, base, name):
    texts = {"model.json": json.dumps(facts, indent=1) + "\n"}
    return publish(lambda assets: ImageServable(variables, functions, assets), texts, base, name)


def _read(image):
    return tf.cast(image, tf.float32) / 255.0


def _drawn(image, size):
    image = tf.round(255.0 * tf.clip_by_value(image, 0.0, 1.0))
    # Static, so that the signature's metadata tells the shape.
    return tf.ensure_shape(tf.cast(image, tf.uint8), (None, size, size, 3))
