"""Fully connected layers whose weights lie in memory as the product reads them."""

import tensorflow as tf

from tfgen.layers.weighted import WeightedLayer


class FullyConnected(WeightedLayer):
    """A linear map of vectors, with the weights of each unit side by side.

    Keras' Dense keeps its kernel the other way around. On CPUs a product of few rows with such a
    wide kernel (FC-5 of the generators has 16,384 units) reads it against the grain and takes twice
    as long.

    Args:
      units: length of the output.
      kernel_initializer: of the kernel, of shape [units, inputs].
      **kwargs: as for `weighted.WeightedLayer`.

    Call: [b, inputs] to [b, units], in the layer's compute dtype.
    """

    OUTPUT_AXIS = 0

    def kernel_shape(self, inputs):
        """[units, inputs]."""
        return self.outputs, inputs

    def mapped(self, x, kernel):
        """The product."""
        return tf.matmul(x, kernel, transpose_b=True)
