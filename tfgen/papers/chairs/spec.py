"""Vocabulary of Table 1: generators of several streams. Plain data: imports no TensorFlow."""

import dataclasses
import math

from tfgen.networks.rows import UpConv


@dataclasses.dataclass(frozen=True)
class Stream:
    """One expanding branch: FC-5 reshaped to a map, layers, then one or more output layers.

    Attributes:
      fc5: (height, width, channels) of the map that FC-5 is reshaped to.
      layers: UpConv and Conv rows, each followed by LReLU.
      outputs: name ("image", "mask") -> UpConv; linear.
    """

    fc5: tuple
    layers: tuple
    outputs: dict

    @property
    def output_size(self):
        """Height and width of the stream's outputs."""
        doublings = 1 + sum(isinstance(layer, UpConv) for layer in self.layers)
        return self.fc5[0] * 2**doublings


@dataclasses.dataclass(frozen=True)
class GeneratorSpec:
    """An up-convolutional generator (chairs paper, section 3.1 and Figure 1).

    Attributes:
      source: where in the paper it stands.
      inputs: stream of conditions, by name -> widths of its own FC-1 and FC-2.
      trunk: widths of FC-3 and FC-4, on the concatenated inputs.
      streams: of Stream.
      mask: "linear" (one channel, squared error), "softmax" (two, negative log-likelihood) or
        "sigmoid" (one, Bernoulli likelihood; Appendix A).
      lambda_mask: weight of the mask's loss in equation (1).
      slope: of LReLU for negative inputs.
      smooth: whether up-convolutions start as `layers.up_convolution.SmoothNormal` draws them.
    """

    source: str
    inputs: dict
    trunk: tuple
    streams: tuple
    mask: str
    lambda_mask: float
    slope: float = 0.2
    smooth: bool = False

    @property
    def image_size(self):
        """Height and width of the generated image."""
        return self.streams[0].output_size

    @property
    def expanding_parameters(self):
        """Number of parameters of the expanding part, FC-5 and after (Table 1)."""
        return sum(_stream_parameters(stream, self.trunk[-1]) for stream in self.streams)


def _stream_parameters(stream, code):
    units = math.prod(stream.fc5)
    total, channels = (code + 1) * units, stream.fc5[-1]
    for layer in stream.layers:
        total += (layer.kernel**2 * channels + 1) * layer.channels
        channels = layer.channels
    for layer in stream.outputs.values():
        total += (layer.kernel**2 * channels + 1) * layer.channels
    return total
