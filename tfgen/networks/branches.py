"""Rows where a network branches or meets what it has computed before, as plain data."""

import dataclasses

from tfgen.networks.choices import LReLU, check_activation
from tfgen.networks.rows import Row, Weighted, as_tuple, narrowed_rows


@dataclasses.dataclass(frozen=True, init=False)
class Streams(Row):
    """Several networks on the same map, whose outputs, of one size, are concatenated.

    Args:
      *streams: dicts of rows, as NetworkSpec has them; the names differ.
    """

    streams: tuple

    def __init__(self, *streams):
        object.__setattr__(self, "streams", streams)

    def narrowed(self, width, network):
        """The same with so many times as many channels."""
        return Streams(*(narrowed_rows(stream, width, network) for stream in self.streams))


@dataclasses.dataclass(frozen=True)
class Residual(Row):
    """A residual block: what its rows make of a map, added to the map.

    Attributes:
      rows: as NetworkSpec has them.
      shortcut: rows that the map goes through before it is added to, where its size or number of
        channels changes (a projection: one convolution 1x1); none: the map itself.
      activation: of the sum, as of any row; None: the network's.
    """

    rows: dict
    shortcut: dict = dataclasses.field(default_factory=dict)
    activation: str | LReLU | None = None

    def __post_init__(self):
        check_activation(self.activation)

    def narrowed(self, width, network):
        """The same with so many times as many channels, linear rows included."""
        del network
        return dataclasses.replace(
            self, rows=_widened(self.rows, width), shortcut=_widened(self.shortcut, width)
        )


@dataclasses.dataclass(frozen=True)
class Skip(Row):
    """The output of an earlier row, concatenated along channels (U-Net).

    Attributes:
      name: of the earlier row, in the same dict of rows.
    """

    name: str


@dataclasses.dataclass(frozen=True)
class Condition(Row):
    """One of the network's named inputs, concatenated along channels.

    A vector is repeated over a map's places: a sentence's embedding over 4x4 (GAN-CLS).

    Attributes:
      name: of the input.
      rows: that the input goes through first, as NetworkSpec has them.
    """

    name: str
    rows: dict = dataclasses.field(default_factory=dict)

    def narrowed(self, width, network):
        """The same with so many times as many channels and units in its rows."""
        return dataclasses.replace(self, rows=narrowed_rows(self.rows, width, network))


def _widened(rows, width):
    """Rows of a residual block: its sum needs as many channels from the last one, linear or not."""

    def widened(row):
        return row.widened(width) if isinstance(row, Weighted) and not row.fixed else row

    return {
        name: tuple(map(widened, several)) if isinstance(several, tuple) else widened(several)
        for name, several in rows.items()
    }


def conditions_of(rows):
    """Names of the inputs that rows take, beside the first, in the order of their use."""
    names = []
    for several in rows.values():
        for row in as_tuple(several):
            if isinstance(row, Condition):
                names.append(row.name)
            for inner in inner_rows(row):
                names += conditions_of(inner)
    return tuple(dict.fromkeys(names))


def inner_rows(row):
    """The dicts of rows within a row."""
    if isinstance(row, Streams):
        return row.streams
    if isinstance(row, Residual):
        return row.rows, row.shortcut
    return (row.rows,) if isinstance(row, Condition) else ()
