"""The same networks as one would write them on a first day with Keras.

UpSampling2D and Conv2D for an up-convolution, a layer for each nonlinearity, Keras' Adam, float32,
`fit` on arrays; custom losses in a train_step, as Keras' own examples have them.
"""

import math

import keras
import tensorflow as tf

from tfgen.benchmark.batches import random_batch
from tfgen.benchmark.cases import COMPARATOR, INPUT_SIZES
from tfgen.benchmark.peer_rows import check_plain, known_rows, slope
from tfgen.networks import spec as rows
from tfgen.papers.chairs import tables as chairs
from tfgen.papers.comparators.tables import COMPARATORS
from tfgen.papers.deepsim import tables as deepsim

layers = keras.layers


def _up_convolution(x, row):
    x = layers.UpSampling2D(2)(x)
    return layers.Conv2D(row.channels, row.kernel, padding="same")(x)


def _fully_connected(x, widths, slope):
    for width in widths:
        x = _leaky(layers.Dense(width)(x), slope)
    return x


def _leaky(x, slope):
    return layers.LeakyReLU(slope)(x)


def generator(spec, styles):
    """A `keras.Model` of a `generator_spec.GeneratorSpec`: inputs to image and mask."""
    lengths = {"style": styles} | INPUT_SIZES
    inputs = {name: keras.Input((length,), name=name) for name, length in lengths.items()}
    codes = [_fully_connected(inputs[n], w, spec.slope) for n, w in spec.inputs.items()]
    code = _fully_connected(layers.Concatenate()(codes), spec.trunk, spec.slope)
    outputs = {}
    for stream in spec.streams:
        x = layers.Dense(math.prod(stream.fc5))(code)
        x = _leaky(layers.Reshape(stream.fc5)(x), spec.slope)
        for row in stream.layers:
            if isinstance(row, rows.UpConv):
                x = _leaky(_up_convolution(x, row), spec.slope)
            else:
                x = _leaky(layers.Conv2D(row.channels, row.kernel, padding="same")(x), spec.slope)
        outputs |= {name: _up_convolution(x, row) for name, row in stream.outputs.items()}
    return keras.Model(inputs, outputs)


def network(spec, shape):
    """A `keras.Model` of a `networks.spec.NetworkSpec`; ValueError if a row is not known."""
    start = x = keras.Input(shape)
    for row, build in known_rows(spec, _ROWS, "plain Keras"):
        if isinstance(row, rows.Weighted):
            check_plain(row, "plain Keras")
        x = build(row, x)
        if isinstance(row, rows.Weighted) and slope(row) is not None:
            x = _leaky(x, slope(row))
    return keras.Model(start, x)


def _convolution(row, x):
    if isinstance(row.padding, int):
        x = layers.ZeroPadding2D(row.padding)(x)
    padding = row.padding if isinstance(row.padding, str) else "valid"
    return layers.Conv2D(row.channels, row.kernel, row.stride, padding, groups=row.groups)(x)


def _max_pool(row, x):
    reach = [(row.windows(n) - 1) * row.stride + row.window for n in x.shape[1:3]]
    after = [max(0, r - row.padding - n) for r, n in zip(reach, x.shape[1:3], strict=True)]
    if row.padding or any(after):  # zeros, which no maximum after a ReLU is below
        x = layers.ZeroPadding2D([(row.padding, n) for n in after])(x)
    return layers.MaxPooling2D(row.window, row.stride)(x)


_ROWS = {
    rows.Dense: lambda row, x: layers.Dense(row.units)(layers.Flatten()(x)),
    rows.Conv: _convolution,
    rows.UpConv: lambda row, x: _up_convolution(x, row),
    rows.Reshape: lambda row, x: layers.Reshape(row.shape)(x),
    rows.MaxPool: _max_pool,
    rows.AveragePool: lambda row, x: layers.GlobalAveragePooling2D()(x),
    rows.Dropout: lambda row, x: layers.Dropout(row.rate)(x),
}


class Autoencoder(keras.Model):
    """An autoencoder, plain or variational, with a discriminator and a comparator or without."""

    def __init__(self, case):
        super().__init__()
        spec, size = deepsim.autoencoder_spec(case.architecture), case.image_size
        self.variational, self.deepsim = spec.variational, case.deepsim
        self.encoder = network(spec.encoder, (size, size, 3))
        *space, channels = self.encoder.output_shape[1:]
        self.decoder = network(
            spec.decoder, (*space, channels // 2 if spec.variational else channels)
        )
        if case.deepsim:
            name, layer = COMPARATOR.split(":")
            self.comparator = network(COMPARATORS[name].network.until(layer), (size, size, 3))
            self.comparator.trainable = False
            table = deepsim.discriminator_spec(size)
            self.convolutions = network(table.convolutions, (size, size, 3))
            self.judgement = network(table.judgement, self.convolutions.output_shape[1:])
            self.discriminator_optimizer = keras.optimizers.Adam(5e-4)

    def call(self, image, training=False):
        """The image drawn again, and the divergence of its code from the prior."""
        code, divergence = self.encoder(image, training=training), 0.0
        if self.variational:
            mean, log_variance = tf.split(code, 2, axis=-1)
            code = mean
            if training:
                code += tf.exp(0.5 * log_variance) * tf.random.normal(tf.shape(mean))
            terms = 1 + log_variance - tf.square(mean) - tf.exp(log_variance)
            divergence = -0.5 * tf.reduce_sum(terms, axis=-1)
        return self.decoder(code, training=training), divergence

    def _judged(self, image):
        return self.judgement(self.convolutions(image, training=True), training=True)

    def train_step(self, image):
        """The generator's step, then the discriminator's."""
        with tf.GradientTape() as tape:
            drawn, divergence = self(image, training=True)
            loss = 2e-6 * _squared(255.0 * (drawn - image)) + 1e-3 * tf.reduce_mean(divergence)
            if self.deepsim:
                loss += 0.01 * _squared(self.comparator(drawn) - self.comparator(image))
                loss += 100.0 * _cross_entropy(self._judged(drawn), 0)
        variables = self.encoder.trainable_variables + self.decoder.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        if self.deepsim:
            with tf.GradientTape() as tape:
                discriminator_loss = _cross_entropy(self._judged(image), 0)
                discriminator_loss += _cross_entropy(self._judged(drawn), 1)
            variables = self.convolutions.trainable_variables + self.judgement.trainable_variables
            gradients = tape.gradient(discriminator_loss, variables)
            self.discriminator_optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return {"loss": loss}


class PlainKeras:
    """A case as plain Keras trains it.

    Args:
      case: `cases.Case`.
    """

    STEPS = 4  # of one call of fit: what it costs to call it counts

    def __init__(self, case):
        self.case = case
        batch = random_batch(case)
        if case.task == "generator":
            spec = chairs.generator_spec(case.architecture, case.image_size, 1.0, 1.0, None)
            self.network = generator(spec, case.styles)
            inputs, targets = batch
            if spec.mask == "softmax":
                targets["mask"] = tf.concat([1 - targets["mask"], targets["mask"]], -1).numpy()
            of_mask = "mse" if spec.mask == "linear" else _from_logits()
            self.network.compile(keras.optimizers.Adam(5e-4), {"image": "mse", "mask": of_mask})
            self._data = (_several(inputs, self.STEPS), _several(targets, self.STEPS))
        else:
            self.network = Autoencoder(case)
            self.network.compile(keras.optimizers.Adam(5e-4))
            self._data = (_several(batch, self.STEPS),)

    def train(self):
        """Trains some steps; returns how many: to stop after one is no use of `fit`."""
        self.network.fit(*self._data, batch_size=self.case.batch_size, epochs=1, verbose=0)
        return self.STEPS

    def draw(self, count):
        """Draws so many images."""
        inputs = random_batch(self.case, count)
        if self.case.task != "generator":
            return self.network.predict(inputs, batch_size=count, verbose=0)[0]
        return self.network.predict(inputs[0], batch_size=count, verbose=0)["image"]


def _several(arrays, count):
    return tf.nest.map_structure(lambda array: tf.repeat(array, count, axis=0).numpy(), arrays)


def _from_logits():
    return keras.losses.CategoricalCrossentropy(from_logits=True)


def _squared(difference):
    axes = tuple(range(1, difference.shape.rank))
    return 0.5 * tf.reduce_mean(tf.reduce_sum(tf.square(difference), axis=axes))


def _cross_entropy(logits, label):
    labels = tf.fill(tf.shape(logits)[:1], label)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    return tf.reduce_mean(losses)
