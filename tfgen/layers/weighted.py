"""What layers of a kernel and a bias have in common."""

import keras
import tensorflow as tf

from tfgen import stack
from tfgen.layers.spectral_norm import normalised_kernel


class WeightedLayer(keras.layers.Layer):
    """A linear map with a kernel, and a bias where it is wanted.

    Args:
      outputs: channels or units of the output.
      kernel_initializer: of the kernel.
      bias: whether one is added.
      spectral: whether the kernel is divided by its largest singular value.
      **kwargs: as for any Keras layer.

    Call: the input, and whether it is training (only spectral kernels ask), to the output in the
    layer's compute dtype.
    """

    OUTPUT_AXIS = -1  # of the kernel

    def __init__(self, outputs, kernel_initializer, bias=True, spectral=False, **kwargs):
        super().__init__(**kwargs)
        self.outputs = outputs
        self.kernel_initializer = kernel_initializer
        self.has_bias = bias
        self.spectral = spectral

    def kernel_shape(self, inputs):
        """Shape of the kernel for a number of input channels or units."""
        raise NotImplementedError

    def mapped(self, x, kernel):
        """The linear map without the bias."""
        raise NotImplementedError

    def build(self, input_shape):
        """Makes the kernel and the bias, once the number of inputs is known."""
        shape = self.kernel_shape(input_shape[-1])
        if self.spectral:
            self.kernel = stack.add_weight(self, "kernel", shape, self.kernel_initializer)
            self.singular_vector = stack.add_weight(
                self,
                "singular_vector",
                (self.outputs,),
                keras.initializers.RandomNormal(stddev=1.0),
                trainable=False,
            )
        else:
            self.kernel = self.add_weight(
                name="kernel", shape=shape, initializer=self.kernel_initializer
            )
        if self.has_bias:
            self.bias = self.add_weight(name="bias", shape=(self.outputs,), initializer="zeros")
        self.built = True

    def call(self, x, training=False):
        """Applies the map."""
        kernel = tf.convert_to_tensor(self.kernel)
        if self.spectral:
            kernel, vector = normalised_kernel(
                kernel, tf.convert_to_tensor(self.singular_vector), self.OUTPUT_AXIS, training
            )
            if training:
                self.singular_vector.assign(vector)
            kernel = tf.cast(kernel, x.dtype)
        y = self.mapped(x, kernel)
        return tf.nn.bias_add(y, tf.convert_to_tensor(self.bias)) if self.has_bias else y
