"""The one place that asks which of the two stacks runs.

TensorFlow 2.15 with Keras 2.15 and TensorFlow Addons, or TensorFlow 2.21+ with Keras 3. Everything
else is written to what both have in common.
"""

import warnings

import keras
import tensorflow as tf

KERAS_3 = int(keras.__version__.split(".")[0]) >= 3


def projective_warp(images, transforms):
    """Warps images by inverse projective maps: bilinear, zero outside.

    Args:
      images: [b, h, w, c] float32.
      transforms: [b, 8] float32; output pixel (x, y) shows the input at
        ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k) with k = c0 x + c1 y + 1.

    Returns:
      [b, h, w, c] float32.
    """
    if KERAS_3:
        return keras.ops.image.affine_transform(
            images,
            transforms,
            interpolation="bilinear",
            fill_mode="constant",
            fill_value=0.0,
            data_format="channels_last",
        )
    with warnings.catch_warnings():  # that Addons has ended is why there are two stacks
        warnings.simplefilter("ignore", UserWarning)
        import tensorflow_addons as tfa  # slow to import, so only where it is used

    return tfa.image.transform(images, transforms, interpolation="bilinear")


def avoid_remapper():
    """Turns a pass of the graph optimizer off: it fails, loudly, on the gradient of LReLU after a
    bias, and does nothing in our graphs.
    """
    tf.config.optimizer.set_experimental_options({"remapping": False})


def raw_variable(variable):
    """The tf.Variable behind a Keras variable."""
    return variable if isinstance(variable, tf.Variable) else variable.value


def is_variable(node):
    """Whether an object that checkpoints track is a variable, Keras' or TensorFlow's."""
    return isinstance(node, (tf.Variable, keras.Variable) if KERAS_3 else tf.Variable)


def optimizer_variables(optimizer):
    """All tf.Variables of an optimizer: step count, moments, learning rate."""
    variables = optimizer.variables
    return [raw_variable(v) for v in (variables() if callable(variables) else variables)]


def adam_moments(optimizer, variable):
    """The tf.Variables of Adam's first and second moment of a variable."""
    if KERAS_3:
        index = optimizer._get_variable_index(variable)
    else:
        index = optimizer._index_dict[optimizer._var_key(variable)]
    return [raw_variable(m[index]) for m in (optimizer._momentums, optimizer._velocities)]


def add_weight(layer, name, shape, initializer, trainable=True):
    """A layer's float32 weight, read as it is also where the layer computes in bfloat16.

    Weights that are not trained may be assigned by each replica, to the same value: statistics.

    Args:
      layer: the Keras layer that it belongs to.
      name, shape, initializer: of the weight.
      trainable: whether it is trained.
    """
    options = {"autocast": False} if KERAS_3 else {"experimental_autocast": False}
    if not trainable:
        first = tf.VariableAggregation.ONLY_FIRST_REPLICA
        options["aggregation"] = "only_first_replica" if KERAS_3 else first
    return layer.add_weight(
        name=name,
        shape=shape,
        initializer=initializer,
        dtype="float32",
        trainable=trainable,
        **options,
    )
