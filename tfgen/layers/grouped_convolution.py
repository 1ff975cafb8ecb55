"""Convolutions in groups, as AlexNet has them."""

import keras
import tensorflow as tf


class Conv2D(keras.layers.Layer):
    """A convolution whose groups each see their own share of the inputs.

    The first of the groups takes the first inputs and gives the first outputs. Keras' own layer has
    no gradient for groups on CPUs, and no padding by a number of pixels.

    Args:
      channels: of the output, a multiple of the groups.
      kernel_size: height and width of the kernel.
      kernel_initializer: of the kernel, of shape [k, k, input channels / groups, channels].
      stride: in both directions.
      groups: number of groups.
      padding: "same", "valid", or how many zeros on each side.
      **kwargs: as for any Keras layer.

    Call: [b, h, w, c] to [b, h', w', channels], in the layer's compute dtype.
    """

    def __init__(
        self,
        channels,
        kernel_size,
        kernel_initializer,
        stride=1,
        groups=1,
        padding="same",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.channels = channels
        self.kernel_size = kernel_size
        self.kernel_initializer = kernel_initializer
        self.stride = stride
        self.groups = groups
        self.padding = padding

    def build(self, input_shape):
        """Makes the kernel and the bias, once the number of input channels is known."""
        inputs = input_shape[-1] // self.groups
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.kernel_size, self.kernel_size, inputs, self.channels),
            initializer=self.kernel_initializer,
        )
        self.bias = self.add_weight(name="bias", shape=(self.channels,), initializer="zeros")
        self.built = True

    def call(self, x):
        """Applies the convolution."""
        kernel = tf.convert_to_tensor(self.kernel)
        padding = self.padding
        if padding == "same" and x.shape[1] == x.shape[2] == 1:
            # All of the kernel but its middle meets zeros: leave them out.
            middle = (self.kernel_size - 1) // 2
            kernel = kernel[middle : middle + 1, middle : middle + 1]
        if isinstance(padding, int):
            padding = [[0, 0], [padding] * 2, [padding] * 2, [0, 0]]
        else:
            padding = padding.upper()
        parts = [
            tf.nn.conv2d(part, weights, self.stride, padding)
            for part, weights in zip(
                tf.split(x, self.groups, axis=-1),
                tf.split(kernel, self.groups, axis=-1),
                strict=True,
            )
        ]
        y = parts[0] if self.groups == 1 else tf.concat(parts, axis=-1)
        return tf.nn.bias_add(y, tf.convert_to_tensor(self.bias))
