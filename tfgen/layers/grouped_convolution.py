"""Convolutions in groups, as AlexNet has them, of any padding and dilation."""

import tensorflow as tf

from tfgen.layers.weighted import WeightedLayer


class Conv2D(WeightedLayer):
    """A convolution whose groups each see their own share of the inputs.

    The first of the groups takes the first inputs and gives the first outputs. Keras' own layer has
    no gradient for groups or dilation on CPUs, and pads neither by a number of pixels nor in a
    circle.

    Args:
      channels: of the output, a multiple of the groups.
      kernel_size: height and width of the kernel.
      kernel_initializer: of the kernel, of shape [k, k, input channels / groups, channels].
      stride: in both directions.
      groups: number of groups.
      padding: "same"; "valid"; "circular", as large as "same", with what leaves on one side coming
        in on the other; how many zeros on each side; or ((top, bottom), (left, right)).
      dilation: distance of the kernel's values in the map.
      **kwargs: as for `weighted.WeightedLayer`.

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
        dilation=1,
        **kwargs,
    ):
        super().__init__(channels, kernel_initializer, **kwargs)
        self.kernel_size = kernel_size
        self.stride = stride
        self.groups = groups
        self.padding = padding
        self.dilation = dilation

    def kernel_shape(self, inputs):
        """[k, k, inputs / groups, channels]."""
        return self.kernel_size, self.kernel_size, inputs // self.groups, self.outputs

    def mapped(self, x, kernel):
        """The convolution without the bias."""
        padding = self.padding
        if padding == "same" and x.shape[1] == x.shape[2] == 1:
            # All of the kernel but its middle meets zeros: leave them out.
            middle = (self.kernel_size - 1) // 2
            kernel = kernel[middle : middle + 1, middle : middle + 1]
        elif padding == "circular":
            x, padding = self._wrapped(x), "valid"
        elif padding == "same" and self.dilation > 1:
            padding = tuple(self._same(length) for length in x.shape[1:3])
        if isinstance(padding, int):
            padding = ((padding, padding), (padding, padding))
        if isinstance(padding, str):
            padding = padding.upper()
        else:
            padding = [[0, 0], *map(list, padding), [0, 0]]
        if self.dilation == 1 and 1 < self.groups == x.shape[-1] == self.outputs:
            # A channel a group: one operation in place of hundreds.
            kernel = tf.transpose(kernel, (0, 1, 3, 2))
            strides = (1, self.stride, self.stride, 1)
            return tf.nn.depthwise_conv2d(x, kernel, strides, padding)
        parts = [
            self._convolved(part, weights, padding)
            for part, weights in zip(
                tf.split(x, self.groups, axis=-1),
                tf.split(kernel, self.groups, axis=-1),
                strict=True,
            )
        ]
        return parts[0] if self.groups == 1 else tf.concat(parts, axis=-1)

    def _convolved(self, x, kernel, padding):
        dilation = self.dilation
        if dilation == 1 or kernel.shape[0] == 1:
            return tf.nn.conv2d(x, kernel, self.stride, padding)
        # Each of dilation x dilation interleaved maps is convolved by itself. TensorFlow's own
        # dilated convolution has no gradient on CPUs.
        if padding != "VALID":
            x = tf.pad(x, padding)
        more = [-length % dilation for length in x.shape[1:3]]
        x = tf.space_to_batch(x, [dilation] * 2, [[0, extra] for extra in more])
        y = tf.nn.conv2d(x, kernel, 1, "VALID")
        return tf.batch_to_space(y, [dilation] * 2, [[0, extra] for extra in more])

    def _same(self, length):
        """Before and after, as TensorFlow pads by "same"."""
        reach = self.dilation * (self.kernel_size - 1) + 1
        total = max((-(-length // self.stride) - 1) * self.stride + reach - length, 0)
        return total // 2, total - total // 2

    def _wrapped(self, x):
        for axis in (1, 2):
            length = x.shape[axis]
            before, after = self._same(length)
            x = tf.gather(x, [i % length for i in range(-before, length + after)], axis=axis)
        return x
