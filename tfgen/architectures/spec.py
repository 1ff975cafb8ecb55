"""Vocabulary of the architecture tables. Plain data: imports no TensorFlow."""

import dataclasses
import math

from tfgen.architectures.branches import Condition, Residual, Skip, Streams, conditions_of
from tfgen.architectures.choices import (
    FULL_PRE_ACTIVATION,
    NORM_LAST,
    POST_ACTIVATION,
    PRE_ACTIVATION,
    BatchNorm,
    He,
    InstanceNorm,
    LReLU,
    Normal,
    Xavier,
)
from tfgen.architectures.rows import (
    Activation,
    AveragePool,
    Conv,
    Dense,
    Dropout,
    LocalResponseNorm,
    MaxPool,
    Norm,
    Reshape,
    Softmax,
    TransposedConv,
    UpConv,
    UpSample,
    Weighted,
    as_tuple,
    narrowed_rows,
)

# The words of all tables, from one door.
__all__ = [
    "CENTRED",
    "FULL_PRE_ACTIVATION",
    "NORM_LAST",
    "POST_ACTIVATION",
    "PRE_ACTIVATION",
    "SYMMETRIC",
    "UNIT",
    "Activation",
    "AveragePool",
    "BatchNorm",
    "Condition",
    "Conv",
    "Dense",
    "Dropout",
    "GeneratorSpec",
    "He",
    "InstanceNorm",
    "LReLU",
    "LocalResponseNorm",
    "MaxPool",
    "NetworkSpec",
    "Norm",
    "Normal",
    "Reshape",
    "Residual",
    "Skip",
    "Softmax",
    "Stream",
    "Streams",
    "TransposedConv",
    "UpConv",
    "UpSample",
    "Weighted",
    "Xavier",
    "as_tuple",
]

CENTRED = (-0.5, 0.5)  # around middle gray
SYMMETRIC = (-1.0, 1.0)  # what tanh gives
UNIT = (0.0, 1.0)  # what sigmoid gives, and the library's own


@dataclasses.dataclass(frozen=True)
class NetworkSpec:
    """A plain network: rows one after another, by name.

    Attributes:
      source: where it stands.
      rows: name -> one row, or a tuple of several, the last of which gives the output that goes by
        the name: ("conv1": (Conv, MaxPool)) is the pooled one.
      slope: of LReLU for negative inputs, the activation of rows that say nothing else; 0 is ReLU.
      norm, order, start: of rows with weights that say nothing else. A start of None is He's with
        gain 2, and a small gain for rows that draw (`models.row_layers`).
      image_range: lowest and highest value of the images it takes or gives, where it does; to be
        converted by `models.value_range`.
    """

    source: str
    rows: dict
    slope: float = 0.0
    norm: BatchNorm | InstanceNorm | str = "none"
    order: tuple = POST_ACTIVATION
    start: Normal | He | Xavier | None = None
    image_range: tuple = CENTRED

    def __post_init__(self):
        names = []
        for name, several in self.rows.items():
            for row in as_tuple(several):
                if isinstance(row, Skip) and row.name not in names:
                    raise ValueError(
                        f"row {name} takes the output of {row.name}, which is none of the rows "
                        f"before it: {', '.join(names) or 'there are none'}."
                    )
            names.append(name)

    @property
    def activation(self):
        """Of rows that say nothing else."""
        return LReLU(self.slope) if self.slope else "relu"

    @property
    def conditions(self):
        """Names of the inputs that it takes beside the first."""
        return conditions_of(self.rows)

    def filled(self, row):
        """A row with the network's word for whatever it leaves open."""
        ours = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(row)
            if field.name in ("activation", "norm", "order", "start")
        }
        return dataclasses.replace(
            row, **{name: word for name, word in ours.items() if getattr(row, name) is None}
        )

    def narrowed(self, width, keep=()):
        """The same with so many times as many channels and units, in multiples of eight.

        Rows whose number of outputs means something stay (`rows.Weighted.fixed`), and so do those
        of `keep`.
        """
        if width == 1:
            return self
        return dataclasses.replace(self, rows=narrowed_rows(self.rows, width, self, keep))

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
