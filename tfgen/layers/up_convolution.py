"""Up-convolution: 2x2 unpooling and a convolution in one operation.

Dosovitskiy et al., "Learning to Generate Chairs, Tables and Cars", section 3.1 and Figure 2.
"""

import keras
import tensorflow as tf

from tfgen.layers.weighted import WeightedLayer


class UpConv2D(WeightedLayer):
    """Doubles height and width: value (i, j) meets the kernel centred at (2i, 2j).

    The definition has two steps, unpooling (each value to the top left of a 2x2 block of zeros) and
    a convolution; three quarters of its products are with zeros. This is the same map as the
    backward pass of a convolution with stride 2, which never touches them.

    Keras' Conv2DTranspose agrees for even kernels; for odd ones its "same" padding sits one pixel
    further down and right, which is why this layer exists.

    Args:
      channels: of the output.
      kernel_size: height and width of the kernel, at least 2.
      kernel_initializer: of the kernel, of shape [k, k, channels, input channels].
      **kwargs: as for `weighted.WeightedLayer`.

    Call: [b, h, w, c] to [b, 2h, 2w, channels], in the layer's compute dtype.
    """

    OUTPUT_AXIS = 2

    def __init__(self, channels, kernel_size, kernel_initializer, **kwargs):
        super().__init__(channels, kernel_initializer, **kwargs)
        self.kernel_size = kernel_size

    def kernel_shape(self, inputs):
        """[k, k, channels, inputs]."""
        return self.kernel_size, self.kernel_size, self.outputs, inputs

    def mapped(self, x, kernel):
        """The up-convolution without the bias."""
        batch, height, width = tf.shape(x)[0], x.shape[1], x.shape[2]
        if self.kernel_size % 2 == 0:
            shape = (batch, 2 * height, 2 * width, self.outputs)
            return tf.nn.conv2d_transpose(x, kernel, shape, strides=2, padding="SAME")
        whole = 2 * height + self.kernel_size - 2, 2 * width + self.kernel_size - 2
        shape = (batch, *whole, self.outputs)
        y = tf.nn.conv2d_transpose(x, kernel, shape, strides=2, padding="VALID")
        start = self.kernel_size // 2
        return y[:, start : start + 2 * height, start : start + 2 * width]


class SmoothNormal(keras.initializers.Initializer):
    """Gaussian kernels by which an up-convolution starts without a lattice.

    An `UpConv2D` makes the four pixels of a 2x2 block by four kernels of their own; drawn apart,
    they print a lattice that training has to unlearn. A kernel of one less a side, smeared over
    2x2, makes the four alike: it starts as nearest-neighbour upsampling and a convolution
    (Aitken et al., "Checkerboard artifact free sub-pixel convolution", 2017, for sub-pixels).

    Args:
      gain: variance of an output, over that of an input.
      inputs: channels of the input.
      seed: int, or None.
    """

    def __init__(self, gain, inputs, seed=None):
        self.gain = gain
        self.inputs = inputs
        self.seed = seed

    def __call__(self, shape, dtype=None, **kwargs):
        """A kernel [k, k, channels, inputs]."""
        size = shape[0] - 1
        deviation = (self.gain / self.inputs) ** 0.5 / size
        draw = keras.initializers.RandomNormal(stddev=deviation, seed=self.seed)
        small = draw((size, size, *shape[2:]), dtype=dtype)
        shifts = ((0, 0), (0, 1), (1, 0), (1, 1))
        return sum(tf.pad(small, ((i, 1 - i), (j, 1 - j), (0, 0), (0, 0))) for i, j in shifts)

    def get_config(self):
        """The constructor's arguments."""
        return {"gain": self.gain, "inputs": self.inputs, "seed": self.seed}
