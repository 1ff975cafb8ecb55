"""Fully connected layers whose weights lie in memory as the product reads them."""

import keras
import tensorflow as tf


class FullyConnected(keras.layers.Layer):
    """A linear map of vectors, with the weights of each unit side by side.

    Keras' Dense keeps its kernel the other way around. On CPUs a product of few rows with such a
    wide kernel (FC-5 of the generators has 16,384 units) reads it against the grain and takes twice
    as long.

    Args:
      units: length of the output.
      kernel_initializer: of the kernel, of shape [units, inputs].
      **kwargs: as for any Keras layer.

    Call: [b, inputs] to [b, units], in the layer's compute dtype.
    """

    def __init__(self, units, kernel_initializer, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.kernel_initializer = kernel_initializer

    def build(self, input_shape):
        """Makes the kernel and the bias, once the number of inputs is known."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.units, input_shape[-1]),
            initializer=self.kernel_initializer,
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")
        self.built = True

    def call(self, x):
        """Applies the map."""
        y = tf.matmul(x, tf.convert_to_tensor(self.kernel), transpose_b=True)
        return tf.nn.bias_add(y, tf.convert_to_tensor(self.bias))
