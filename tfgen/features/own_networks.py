"""Layers of a user's own networks as features: a Keras file, or a SavedModel of any making."""

from pathlib import Path

import keras
import tensorflow as tf

from tfgen.errors import InputError, one_line

KERAS_FILES = (".keras", ".h5")


def keras_layer(path, layer):
    """A layer of a network in a file of Keras.

    Args:
      path: of the file, .keras or .h5; it is read without running code that it may hold.
      layer: name of one of its layers.

    Returns:
      (function of images [b, s, s, 3] float32 in [0, 1] to the layer's output; variables that it
      reads). Images are resized to what the network takes, if it takes one size, and are otherwise
      as they are: a network of other ranges has to rescale them by a layer of its own.

    Raises:
      InputError: there is no such file or layer, or the network takes no images.
    """
    if not Path(path).is_file():
        raise InputError(f"`feature`={path}:{layer} names no file: give FILE.keras:LAYER.")
    try:
        model = keras.models.load_model(path, compile=False)
    except Exception as error:  # Keras raises many kinds
        raise InputError(
            f"`feature`={path}:{layer}: {path} cannot be read: {one_line(error, 200)}"
        ) from None
    names = [each.name for each in model.layers]
    if layer not in names:
        raise InputError(
            f"`feature`={path}:{layer}: {path} has no layer {layer}: choose one of "
            f"{', '.join(names)}."
        )
    shape = tuple(model.inputs[0].shape)
    if len(model.inputs) != 1 or len(shape) != 4 or shape[-1] not in (3, None):
        raise InputError(
            f"`feature`={path}:{layer}: {path} takes {shape}: give a network of images in colour."
        )
    network = keras.Model(model.inputs, model.get_layer(layer).output)
    size = shape[1:3]
    return lambda images: network(fitted(images, size), training=False), list(network.variables)


def fitted(images, size):
    """Images resized to what a network takes, averaged where they shrink.

    Args:
      images: [b, h, w, 3] tensor.
      size: (height, width); as they are where one is None.
    """
    fits = None in size or tuple(images.shape[1:3]) == tuple(size)
    return images if fits else tf.image.resize(images, size, antialias=True)


def saved_model(path, signature, output):
    """An output of a SavedModel's signature.

    Args:
      path: of its folder.
      signature: its name, "serving_default".
      output: one of its outputs.

    Returns:
      (function, variables), as of `keras_layer`. A signature that takes uint8 is given levels.

    Raises:
      InputError: there is no such folder, signature or output, or it takes no single image.
    """
    feature = f"`feature`={path}:{signature}:{output}"
    try:
        model = tf.saved_model.load(path)
    except Exception as error:  # TensorFlow raises many kinds
        raise InputError(f"{feature}: {path} cannot be read: {one_line(error, 200)}") from None
    if signature not in model.signatures:
        raise InputError(
            f"{feature}: there is no signature {signature}: choose one of "
            f"{', '.join(model.signatures)}."
        )
    function = model.signatures[signature]
    inputs, outputs = function.structured_input_signature[1], function.structured_outputs
    if output not in outputs:
        raise InputError(
            f"{feature}: there is no output {output}: choose one of {', '.join(outputs)}."
        )
    if len(inputs) != 1 or next(iter(inputs.values())).shape.rank != 4:
        raise InputError(
            f"{feature}: {signature} takes no single batch of images: give one that does."
        )
    (name, spec), *_ = inputs.items()

    def features(images):
        levels = tf.cast(tf.round(255.0 * images), spec.dtype) if spec.dtype.is_integer else images
        return function(**{name: tf.cast(levels, spec.dtype)})[output]

    # The function alone does not keep what it reads alive.
    features.model = model
    return features, list(function.variables)
