"""Vocabulary of the architecture tables. Plain data: imports no TensorFlow."""

import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class UpConv:
    """2x2 bed-of-nails unpooling followed by a convolution, as one operation."""

    channels: int
    kernel: int
    linear: bool = False


@dataclasses.dataclass(frozen=True)
class Conv:
    """A convolution.

    Padding "same" keeps height and width (over the stride), "valid" adds nothing, a number adds as
    many zeros on each side.

    With `groups` of two the first half of the outputs sees the first half of the inputs, and the
    second the second. `linear` ones have no nonlinearity.
    """

    channels: int
    kernel: int
    stride: int = 1
    groups: int = 1
    padding: str | int = "same"
    linear: bool = False


@dataclasses.dataclass(frozen=True)
class Dense:
    """A fully connected layer; maps are flattened, rows first, channels last."""

    units: int
    linear: bool = False


@dataclasses.dataclass(frozen=True)
class Reshape:
    """Units to a map of (height, width, channels)."""

    shape: tuple


@dataclasses.dataclass(frozen=True)
class MaxPool:
    """Maxima of windows, nothing padded; windows overlap where they are larger than the stride."""

    window: int
    stride: int


@dataclasses.dataclass(frozen=True)
class LocalResponseNorm:
    """Normalisation over neighbouring channels, with AlexNet's constants (`layers`)."""


@dataclasses.dataclass(frozen=True)
class AveragePool:
    """The mean over a whole map, channel by channel."""


@dataclasses.dataclass(frozen=True)
class Dropout:
    """Units dropped in training."""

    rate: float


@dataclasses.dataclass(frozen=True)
class Softmax:
    """Probabilities of classes."""


class Streams:
    """Several networks on the same map, whose outputs, of one size, are concatenated.

    Args:
      *streams: dicts of rows, as NetworkSpec has them; the names differ.
    """

    def __init__(self, *streams):
        self.streams = streams


def _times(count, factor):
    return max(8, 8 * round(count * factor / 8))


@dataclasses.dataclass(frozen=True)
class NetworkSpec:
    """A plain network: rows one after another, by name.

    Attributes:
      source: where it stands.
      rows: name -> one of the rows above, or a tuple of several, the last of which gives the output
        that goes by the name: ("conv1": (Conv, MaxPool)) is the pooled one.
      slope: of LReLU for negative inputs; 0 is ReLU.
    """

    source: str
    rows: dict
    slope: float = 0.0

    def narrowed(self, width, keep=()):
        """The same with so many times as many channels and units, in multiples of eight.

        Linear rows, whose number of outputs means something, stay, and so do those of `keep`.
        """

        def scaled(row):
            if isinstance(row, Streams):
                return Streams(*({n: scaled(r) for n, r in s.items()} for s in row.streams))
            if isinstance(row, tuple) and isinstance(row[-1], Reshape):
                *space, channels = row[-1].shape
                shape = (*space, _times(channels, width))
                return Dense(math.prod(shape)), Reshape(shape)
            if isinstance(row, tuple):
                return tuple(scaled(each) for each in row)
            if isinstance(row, (Conv, UpConv)) and not row.linear:
                return dataclasses.replace(row, channels=_times(row.channels, width))
            if isinstance(row, Dense) and not row.linear:
                return dataclasses.replace(row, units=_times(row.units, width))
            return row

        if width == 1:
            return self
        rows = {n: row if n in keep else scaled(row) for n, row in self.rows.items()}
        return dataclasses.replace(self, rows=rows)

    def until(self, name):
        """The same network, ending with the named rows; KeyError if there are none."""
        if name not in self.rows:
            raise KeyError(name)
        names = list(self.rows)
        names = names[: names.index(name) + 1]
        return dataclasses.replace(self, rows={each: self.rows[each] for each in names})


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
    """

    source: str
    inputs: dict
    trunk: tuple
    streams: tuple
    mask: str
    lambda_mask: float
    slope: float = 0.2

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
