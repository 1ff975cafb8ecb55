"""The up-convolutional generator: conditions, style, viewpoint and others, to image and mask."""

import math

import keras
import tensorflow as tf

from tfgen.conditions.turntable import numbered_turntable
from tfgen.layers.fully_connected import FullyConnected
from tfgen.layers.up_convolution import SmoothNormal, UpConv2D
from tfgen.networks.spec import UpConv

# The output layer starts close to zero: the authors' own gain, instead of He's 2.
OUTPUT_GAIN = 0.1
# Inputs that reach a unit of FC-1 at a time, a condition: a one-hot one is heard through a single
# weight, an angle by sine and cosine, theta is mostly small. As the authors, all start with unit
# variance a weight where a stream hears one condition.
CONDITION_FAN_IN = 2.0


def _gaussian(gain, fan_in):
    return keras.initializers.RandomNormal(stddev=math.sqrt(gain / fan_in))


def _he(fan_in):
    """He et al.: variance 2 / fan-in, the number of inputs that reach one unit."""
    return _gaussian(2.0, fan_in)


def _up_conv(channels, kernel, inputs, gain, smooth, dtype, name):
    # Three of four unpooled values are zeros: a unit hears from a quarter of its kernel.
    start = SmoothNormal(gain, inputs) if smooth else _gaussian(gain, inputs * kernel**2 / 4)
    return UpConv2D(channels, kernel, kernel_initializer=start, dtype=dtype, name=name)


def _unchanged(name, x):
    """An edit that changes nothing."""
    del name
    return x


class _Stream(keras.layers.Layer):
    """FC-5, the (up-)convolutions and the outputs of one `spec.Stream`."""

    def __init__(self, spec, code, slope, smooth, dtype, name):
        super().__init__(dtype=dtype, name=name)
        self.spec = spec
        self.slope = slope
        self.fc5 = FullyConnected(math.prod(spec.fc5), _he(code), dtype=dtype, name="fc5")
        layers, channels, uconvs = [], spec.fc5[-1], 0
        for row in spec.layers:
            if isinstance(row, UpConv):
                uconvs += 1
                name = f"uconv{uconvs}"
                layer = _up_conv(row.channels, row.kernel, channels, 2.0, smooth, dtype, name)
            else:
                layer = keras.layers.Conv2D(
                    row.channels,
                    row.kernel,
                    padding="same",
                    kernel_initializer=_he(channels * row.kernel**2),
                    dtype=dtype,
                    name=f"conv{uconvs}",
                )
            layers.append(layer)
            channels = row.channels
        self.body = tuple(layers)
        # Several outputs of one stream have the same kernel size and inputs: one operation.
        (kernel,) = {row.kernel for row in spec.outputs.values()}
        widths = [row.channels for row in spec.outputs.values()]
        self.output_widths = widths
        self.head = _up_conv(
            sum(widths), kernel, channels, OUTPUT_GAIN, smooth, dtype, f"uconv{uconvs + 1}"
        )

    def call(self, code, edit=_unchanged):
        activations = {}

        def seen(name, x):
            activations[name] = edit(f"{self.name}/{name}", x)
            return activations[name]

        x = tf.nn.leaky_relu(self.fc5(code), self.slope)
        x = seen("fc5", tf.reshape(x, (-1, *self.spec.fc5)))  # [b, 8, 8, c]
        for layer in self.body:
            x = seen(layer.name, tf.nn.leaky_relu(layer(x), self.slope))
        x = tf.cast(self.head(x), tf.float32)  # [b, s, s, sum of the outputs' channels]
        outputs = tf.split(x, self.output_widths, axis=-1)
        return dict(zip(self.spec.outputs, outputs, strict=True)), activations


class UpConvGenerator(keras.Model):
    """g(c, v, theta) of Dosovitskiy et al., section 3.1, for any row of the table.

    Args:
      spec: `spec.GeneratorSpec`; its inputs are the description's streams.
      description: `conditions.description.Description`, what it draws from.
      dtype: precision, "float32" or "mixed_bfloat16".
      num_styles: in place of a description: so many styles on turntables.

    Inputs, a dict: name of a stream -> [b, n] float32, the codes of the conditions that it hears
    (`networks.conditioning.stream_codes`). On turntables:
      style: [b, num_styles], one-hot in training; any weighting over styles morphs.
      viewpoint: [b, 4], sin and cos of azimuth and of elevation.
      transform: [b, 8], theta; zeros for none.

    Outputs, a dict:
      image: [b, s, s, 3] float32, the object over black; linear, about [0, 1].
      mask: [b, s, s, 1] float32, about [0, 1].
      mask_logits: float32; softmax masks: [b, s, s, 2], background and object; sigmoid masks:
        [b, s, s, 1].

    Attributes:
      description: of its conditions.
      input_sizes: stream -> how many numbers it hears.

    Raises:
      ValueError: there is no description, or its streams are not the spec's inputs.
    """

    latent_size = 0  # its style is no random code

    def __init__(self, spec, description=None, dtype="float32", num_styles=None, **kwargs):
        super().__init__(**kwargs)
        if description is None:
            if num_styles is None:
                raise ValueError("description is missing: give one, or num_styles of turntables.")
            description = numbered_turntable(num_styles)
        if set(spec.inputs) != set(description.streams):
            raise ValueError(
                f"spec has the inputs {', '.join(spec.inputs)}, the description the streams "
                f"{', '.join(description.streams)}: give the spec those streams."
            )
        self.spec = spec
        self.description = description
        self.precision = dtype
        self.input_sizes = description.code_sizes
        self.fc12 = tuple(
            self._fully_connected(
                widths,
                CONDITION_FAN_IN * len(description.streams[stream]),
                f"{stream}_fc",
                1,
                dtype,
            )
            for stream, widths in spec.inputs.items()
        )
        joint = sum(self._code_sizes().values())
        self.fc34 = self._fully_connected(spec.trunk, joint, "fc", 3, dtype)
        self.streams = tuple(
            _Stream(stream, spec.trunk[-1], spec.slope, spec.smooth, dtype, f"stream{i + 1}")
            for i, stream in enumerate(spec.streams)
        )
        self._build_weights()

    @property
    def num_styles(self):
        """Length of the style vector; 0 without a style."""
        return self.description.style.size if self.description.style else 0

    @staticmethod
    def _fully_connected(widths, fan_in, name, start, dtype):
        layers = []
        for i, width in enumerate(widths):
            layers.append(
                FullyConnected(width, _he(fan_in), dtype=dtype, name=f"{name}{start + i}")
            )
            fan_in = width
        return tuple(layers)

    def _code_sizes(self):
        """How many numbers the joint layers hear of each input."""
        return {name: widths[-1] for name, widths in self.spec.inputs.items()}

    def _build_weights(self):
        self({name: tf.zeros((1, size)) for name, size in self.input_sizes.items()})

    def _apply(self, layers, x, activations, edit=_unchanged):
        for layer in layers:
            x = edit(layer.name, tf.nn.leaky_relu(layer(x), self.spec.slope))
            activations[layer.name] = x
        return x

    def _code(self, name, layers, inputs, seen, outputs, edit):
        """FC-2 of one input: what the joint layers hear of it."""
        return self._apply(layers, inputs[name], seen, edit)

    def activations(self, inputs, edit=_unchanged):
        """Outputs and all activations by layer name ("style_fc1" … "fc4", "stream1/uconv1" …).

        Args:
          inputs: as `call` takes them.
          edit: function of a layer's name and its activations, after LReLU, to those that go on
            from there.

        Returns:
          (outputs as `call` returns them, dict of activations after LReLU).
        """
        seen, outputs = {}, {}
        parts = [
            self._code(name, layers, inputs, seen, outputs, edit)
            for name, layers in zip(self.spec.inputs, self.fc12, strict=True)
        ]
        code = self._apply(self.fc34, tf.concat(parts, axis=-1), seen, edit)
        for stream in self.streams:
            drawn, inner = stream(code, edit=edit)
            outputs.update(drawn)
            seen.update({f"{stream.name}/{name}": value for name, value in inner.items()})
        if self.spec.mask == "softmax":
            outputs["mask_logits"] = outputs["mask"]
            outputs["mask"] = tf.nn.softmax(outputs["mask"])[..., 1:]
        elif self.spec.mask == "sigmoid":
            outputs["mask_logits"] = outputs["mask"]
            outputs["mask"] = tf.nn.sigmoid(outputs["mask"])
        return outputs, seen

    def call(self, inputs, training=False):
        """Draws; see the class for inputs and outputs."""
        return self.activations(inputs)[0]
