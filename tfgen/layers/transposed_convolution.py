"""Transposed convolutions: the backward pass of a convolution, taken forward."""

import tensorflow as tf

from tfgen.layers.weighted import WeightedLayer


class TransposedConv2D(WeightedLayer):
    """Each value spreads a kernel over the larger map, `stride` apart.

    Args:
      channels: of the output.
      kernel_size: height and width of the kernel.
      kernel_initializer: of the kernel, of shape [k, k, channels, input channels].
      stride: by how much the map grows.
      padding: "same" gives [stride * h, stride * w]; "valid" gives all, stride * (h - 1) + kernel;
        a number cuts as many off each side of that.
      **kwargs: as for `weighted.WeightedLayer`.

    Call: [b, h, w, c] to [b, h', w', channels], in the layer's compute dtype.
    """

    OUTPUT_AXIS = 2

    def __init__(
        self, channels, kernel_size, kernel_initializer, stride=2, padding="same", **kwargs
    ):
        super().__init__(channels, kernel_initializer, **kwargs)
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding

    def kernel_shape(self, inputs):
        """[k, k, channels, inputs]."""
        return self.kernel_size, self.kernel_size, self.outputs, inputs

    def mapped(self, x, kernel):
        """The transposed convolution without the bias."""
        batch, sides = tf.shape(x)[0], x.shape[1:3]
        if self.padding == "same":
            shape = (batch, *(self.stride * side for side in sides), self.outputs)
            return tf.nn.conv2d_transpose(x, kernel, shape, self.stride, "SAME")
        height, width = (self.stride * (side - 1) + self.kernel_size for side in sides)
        shape = (batch, height, width, self.outputs)
        y = tf.nn.conv2d_transpose(x, kernel, shape, self.stride, "VALID")
        cut = 0 if self.padding == "valid" else self.padding
        return y[:, cut : height - cut, cut : width - cut]
