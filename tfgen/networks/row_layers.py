"""How each row of `spec` is built and applied: one table, row type -> builder.

A builder takes a row and a `Place`, and returns the layers that hold the row's weights and a
function of the row's input and a `Pass`.
"""

import dataclasses
import math

import keras
import tensorflow as tf

from tfgen.layers.fully_connected import FullyConnected
from tfgen.layers.grouped_convolution import Conv2D
from tfgen.layers.normalisation import BatchNormalisation, InstanceNormalisation
from tfgen.layers.transposed_convolution import TransposedConv2D
from tfgen.layers.up_convolution import UpConv2D
from tfgen.networks import spec as rows
from tfgen.networks.row_branches import BRANCH_BUILDERS
from tfgen.networks.row_place import activated, folded

# AlexNet's constants; Caffe divides alpha by the size of the window, five, TensorFlow does not.
_RESPONSE_NORM = {"depth_radius": 2, "bias": 1.0, "alpha": 1e-4 / 5, "beta": 0.75}
# Of the variance of weights that draw maps: an image starts close to the middle gray that models
# add. With 1, unlearning the first noise takes the layers before it hundreds of steps.
_MAP_GAIN = 0.01


def _initializer(row, fan_in, fan_out):
    """Of the kernel of a row that leaves nothing open but its start."""
    start = row.start
    if start is None:
        of_drawing = 1.0 if isinstance(row, rows.Dense) else _MAP_GAIN
        start = rows.He(of_drawing if row.draws else 2.0)
    if isinstance(start, rows.Xavier):
        limit = math.sqrt(6.0 / (fan_in + fan_out))
        return keras.initializers.RandomUniform(-limit, limit)
    if isinstance(start, rows.He):
        return keras.initializers.RandomNormal(stddev=math.sqrt(start.gain / fan_in))
    return keras.initializers.RandomNormal(stddev=start.deviation)


def _norm(norm, place, suffix=""):
    """(layers, function) of a normalisation."""
    if norm == "none":
        return [], lambda x, run: x
    name = f"{place.name}{suffix}"
    options = {"epsilon": norm.epsilon, "scale": norm.scale, "shift": norm.shift, "name": name}
    if isinstance(norm, rows.InstanceNorm):
        if len(place.shape) != 3:
            raise ValueError(
                f"{place.name} normalises each example's map, and gets units: give BatchNorm."
            )
        layer = InstanceNormalisation(**options)
    else:
        layer = BatchNormalisation(norm.momentum, scale_deviation=norm.scale_deviation, **options)
    return [layer], lambda x, run: tf.cast(layer(x, training=run.training), x.dtype)


def _weighted(row, place, layer):
    """(layers, function) of a row whose map a layer is."""
    norms, normalise = _norm(row.norm, place, "_norm")
    steps = {
        "map": lambda x, run: layer(x, training=run.training),
        "norm": normalise,
        "activation": lambda x, run: activated(x, row.activation),
    }
    steps = [steps[name] for name in row.order]

    def apply(x, run):
        for step in steps:
            x = step(x, run)
        return x

    return [layer, *norms], apply


def _options(row, place):
    return {
        "bias": row.bias,
        "spectral": row.spectral,
        "dtype": place.precision,
        "name": place.name,
    }


def _fitting(row, place):
    """A row's outputs' height and width; ValueError if the map is too small for it."""
    height, width = place.shape[:2]
    sides = row.side(height), row.side(width, horizontal=True)
    if min(sides) < 1:
        raise ValueError(f"{place.name} gets maps of {height} x {width}, and needs {row.smallest}.")
    return sides


def _conv(row, place):
    row = place.spec.filled(row)
    _fitting(row, place)
    window = row.kernel**2
    start = _initializer(
        row, place.shape[-1] // row.groups * window, row.channels // row.groups * window
    )
    geometry = row.stride, row.groups, row.padding, row.dilation
    layer = Conv2D(row.channels, row.kernel, start, *geometry, **_options(row, place))
    return _weighted(row, place, layer)


def _up_conv(row, place):
    row = place.spec.filled(row)
    window = row.kernel**2
    # Three of four unpooled values are zeros: a unit hears from a quarter of its kernel.
    start = _initializer(row, place.shape[-1] * window / 4, row.channels * window)
    layer = UpConv2D(row.channels, row.kernel, start, **_options(row, place))
    return _weighted(row, place, layer)


def _transposed_conv(row, place):
    row = place.spec.filled(row)
    height, width = _fitting(row, place)
    inputs, window = math.prod(place.shape), row.kernel**2
    # All products over all places: the mean number of inputs that reach one.
    start = _initializer(row, inputs * window / (height * width), row.channels * window)
    layer = TransposedConv2D(
        row.channels, row.kernel, start, row.stride, row.padding, **_options(row, place)
    )
    return _weighted(row, place, layer)


def _dense(row, place):
    row = place.spec.filled(row)
    inputs = math.prod(place.shape)
    start = _initializer(row, inputs, row.units)
    layer = FullyConnected(row.units, start, **_options(row, place))
    layers, apply = _weighted(row, dataclasses.replace(place, shape=(inputs,)), layer)
    return layers, lambda x, run: apply(tf.reshape(x, (-1, inputs)), run)


def _activation(row, place):
    row = place.spec.filled(row)
    return [], lambda x, run: activated(x, row.activation)


def _up_sample(row, place):
    def apply(x, run):
        for axis in (1, 2):
            x = tf.repeat(x, row.factor, axis=axis)
        return x

    return [], apply


def _max_pool(row, place):
    sides = place.shape[:2]
    if min(map(row.windows, sides)) < 1:
        height, width = sides
        raise ValueError(f"{place.name} gets maps of {height} x {width}, and needs {row.window}.")
    padding = [[0, 0]]
    for side in sides:
        reach = (row.windows(side) - 1) * row.stride + row.window
        padding.append([row.padding, max(0, reach - row.padding - side)])
    padding.append([0, 0])
    return [], lambda x, run: tf.nn.max_pool2d(x, row.window, row.stride, padding)


def _dropout(row, place):
    def apply(x, run):
        if not row.rate or not (run.training or row.always):
            return x
        if run.key is None:
            raise ValueError(
                f"{place.name} drops units, and key=None: give a key, [2] int32, or training=False"
                f"{' and a network without dropout at drawing time' if row.always else ''}."
            )
        return tf.nn.experimental.stateless_dropout(x, row.rate, folded(run.key, place.number))

    return [], apply


def _response_norm(row, place):
    return [], lambda x, run: tf.cast(tf.nn.lrn(tf.cast(x, tf.float32), **_RESPONSE_NORM), x.dtype)


BUILDERS = BRANCH_BUILDERS | {
    rows.Conv: _conv,
    rows.UpConv: _up_conv,
    rows.TransposedConv: _transposed_conv,
    rows.Dense: _dense,
    rows.Activation: _activation,
    rows.Norm: lambda row, place: _norm(place.spec.filled(row).norm, place),
    rows.UpSample: _up_sample,
    rows.Dropout: _dropout,
    rows.MaxPool: _max_pool,
    rows.LocalResponseNorm: _response_norm,
    rows.Reshape: lambda row, place: ([], lambda x, run: tf.reshape(x, (-1, *row.shape))),
    rows.AveragePool: lambda row, place: ([], lambda x, run: tf.reduce_mean(x, axis=(1, 2))),
    rows.Softmax: lambda row, place: (
        [],
        lambda x, run: tf.nn.softmax(tf.cast(x, tf.float32)),
    ),
}
