"""A plain network, built from the rows of a `architectures.spec.NetworkSpec`."""

import dataclasses
import math

import keras
import tensorflow as tf

from tfgen.architectures import spec as rows
from tfgen.layers.fully_connected import FullyConnected
from tfgen.layers.grouped_convolution import Conv2D
from tfgen.layers.up_convolution import UpConv2D

# AlexNet's constants; Caffe divides alpha by the size of the window, five, TensorFlow does not.
_RESPONSE_NORM = {"depth_radius": 2, "bias": 1.0, "alpha": 1e-4 / 5, "beta": 0.75}


# Of the variance of linear maps' weights: an image starts close to the middle gray that models add.
# With 1, unlearning the first noise takes the layers before it hundreds of steps.
_MAP_GAIN = 0.01


def _gaussian(fan_in, linear, of_linear=_MAP_GAIN):
    """He et al.: variance 2 / fan-in; linear rows have a gain of their own."""
    gain = of_linear if linear else 2.0
    return keras.initializers.RandomNormal(stddev=math.sqrt(gain / fan_in))


class LayeredNetwork(keras.Model):
    """Rows applied one after another.

    Args:
      spec: `architectures.spec.NetworkSpec`.
      input_shape: of one input, without the batch.
      dtype: precision, "float32" or "mixed_bfloat16".

    Raises:
      ValueError: the input is too small for some row.

    Call: [b, *input_shape] to the last row's output, float32. With a `seed`, [2] int32, dropout is
      on, and a function of it.

    Attributes:
      output_sizes: name -> shape of its output, without the batch.
    """

    def __init__(self, spec, input_shape, dtype="float32", **kwargs):
        super().__init__(**kwargs)
        self.spec = spec
        self.precision = dtype
        self.input_sizes = tuple(input_shape)
        layers, steps, x = [], [], tf.zeros((1, *input_shape))
        sizes = {}
        for name, several in spec.rows.items():
            several = several if isinstance(several, tuple) else (several,)
            for number, row in enumerate(several):
                _check_size(name, row, x.shape)
                layer = self._layer(row, x.shape, name if not number else f"{name}_{number}")
                if layer is not None:
                    layers.append(layer)
                apply = self._apply(row, layer, number=len(steps))
                x = apply(x, None)
                steps.append((name if row is several[-1] else None, apply))
            if isinstance(layer, _SideBySide):
                sizes |= layer.output_sizes
            sizes[name] = tuple(x.shape[1:])
        self.output_sizes = sizes
        self._steps = tuple(steps)  # (name of the output or None, function of x and seed)
        self.body = tuple(layers)
        self.built = True

    def _layer(self, row, shape, name):
        """The layer that holds a row's weights, or None."""
        options = {"dtype": self.precision, "name": name}
        if isinstance(row, rows.Streams):
            return _SideBySide(row.streams, self.spec, shape[1:], **options)
        if isinstance(row, rows.Conv):
            inputs = shape[-1] // row.groups * row.kernel**2
            start = _gaussian(inputs, row.linear)
            geometry = row.stride, row.groups, row.padding
            return Conv2D(row.channels, row.kernel, start, *geometry, **options)
        if isinstance(row, rows.UpConv):
            # Three of four unpooled values are zeros: a unit hears from a quarter of its kernel.
            start = _gaussian(shape[-1] * row.kernel**2 / 4, row.linear)
            return UpConv2D(row.channels, row.kernel, start, **options)
        if isinstance(row, rows.Dense):
            start = _gaussian(math.prod(shape[1:]), row.linear, of_linear=1.0)
            return FullyConnected(row.units, start, **options)
        return None

    def _apply(self, row, layer, number):
        """A function of x and seed that does what the row says."""

        def activated(x):
            return x if row.linear else _leaky_relu(x, self.spec.slope)

        if isinstance(row, rows.Dense):
            return lambda x, seed: activated(layer(tf.reshape(x, (-1, math.prod(x.shape[1:])))))
        if isinstance(row, rows.Streams):
            return lambda x, seed: layer(x)
        if layer is not None:
            return lambda x, seed: activated(layer(x))
        if isinstance(row, rows.Dropout):
            return lambda x, seed: _dropout(x, row.rate, seed, number)
        return lambda x, seed: _WITHOUT_WEIGHTS[type(row)](row, x)

    def call(self, x, seed=None):
        """The last row's output."""
        for _, apply in self._steps:
            x = apply(x, seed)
        return tf.cast(x, tf.float32)

    def named_outputs(self, x, names):
        """Outputs by name, float32; nothing beyond the last one is computed."""
        wanted, found = set(names), {}
        for name, apply in self._steps:
            x = apply(x, None)
            if name in wanted:
                found[name] = tf.cast(x, tf.float32)
                if len(found) == len(wanted):
                    break
        return found


class _SideBySide(keras.layers.Layer):
    """The networks of a `Streams` row, and their outputs one after the other along channels."""

    def __init__(self, streams, spec, shape, dtype, **kwargs):
        super().__init__(dtype=dtype, **kwargs)
        self.networks = tuple(
            LayeredNetwork(dataclasses.replace(spec, rows=each), shape, dtype) for each in streams
        )
        sizes = {}
        for network in self.networks:
            sizes |= network.output_sizes
        self.output_sizes = sizes
        self.built = True

    def call(self, x):
        return tf.concat([network(x) for network in self.networks], axis=-1)


def _check_size(name, row, shape):
    """Raises ValueError where a window would find no place: TensorFlow has many words for it."""
    window = row.window if isinstance(row, rows.MaxPool) else 0
    if isinstance(row, rows.Conv) and row.padding != "same":
        window = row.kernel - 2 * (0 if row.padding == "valid" else row.padding)
    if len(shape) == 4 and min(shape[1:3]) < window:
        raise ValueError(f"{name} gets maps of {shape[1]} x {shape[2]}, and needs {window}.")


def _leaky_relu(x, slope):
    return tf.nn.leaky_relu(x, slope) if slope else tf.nn.relu(x)


def _dropout(x, rate, seed, number):
    if seed is None:
        return x
    key = tf.random.experimental.stateless_fold_in(seed, number)
    return tf.nn.experimental.stateless_dropout(x, rate, key)


def _max_pool(row, x):
    return tf.nn.max_pool2d(x, row.window, row.stride, "VALID")


def _response_norm(row, x):
    del row
    return tf.cast(tf.nn.lrn(tf.cast(x, tf.float32), **_RESPONSE_NORM), x.dtype)


_WITHOUT_WEIGHTS = {
    rows.MaxPool: _max_pool,
    rows.LocalResponseNorm: _response_norm,
    rows.Reshape: lambda row, x: tf.reshape(x, (-1, *row.shape)),
    rows.AveragePool: lambda row, x: tf.reduce_mean(x, axis=(1, 2)),
    rows.Softmax: lambda row, x: tf.nn.softmax(tf.cast(x, tf.float32)),
}
