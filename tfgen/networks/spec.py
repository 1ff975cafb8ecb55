"""Vocabulary of the architecture tables. Plain data: imports no TensorFlow."""

import dataclasses

from tfgen.networks.branches import Condition, Residual, Skip, Streams, conditions_of, inner_rows
from tfgen.networks.choices import (
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
from tfgen.networks.rows import (
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
    "Streams",
    "TransposedConv",
    "UpConv",
    "UpSample",
    "Weighted",
    "Xavier",
    "as_tuple",
    "inner_rows",
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
        gain 2, and a small gain for rows that draw (`row_layers`).
      image_range: lowest and highest value of the images it takes or gives, where it does; to be
        converted by `value_range`.
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
        defaults = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(row)
            if field.name in ("activation", "norm", "order", "start")
        }
        return dataclasses.replace(
            row, **{name: word for name, word in defaults.items() if getattr(row, name) is None}
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
