"""What a layer can be, as plain data: the rows of the architecture tables. No TensorFlow.

A row with weights applies a map, a normalisation and an activation; what it leaves open (None), its
network says (`spec.NetworkSpec`).
"""

import dataclasses
import math

from tfgen.networks.choices import (
    POST_ACTIVATION,
    BatchNorm,
    He,
    InstanceNorm,
    LReLU,
    Normal,
    Xavier,
    check_activation,
    check_norm,
)


def _times(count, factor):
    return max(8, 8 * round(count * factor / 8))


def as_tuple(several):
    """The rows that go by one name in a table: a tuple of them, or one."""
    return several if isinstance(several, tuple) else (several,)


def narrowed_rows(rows, width, network, keep=()):
    """A dict of a network's rows, as `NetworkSpec.narrowed` says."""

    def narrowed(several):
        parts = [row.narrowed(width, network) for row in as_tuple(several)]
        for number, row in enumerate(parts[1:], 1):
            if isinstance(row, Reshape) and isinstance(parts[number - 1], Dense):
                *space, channels = row.shape
                shape = (*space, _times(channels, width))
                parts[number] = Reshape(shape)
                parts[number - 1] = dataclasses.replace(parts[number - 1], units=math.prod(shape))
        return tuple(parts) if isinstance(several, tuple) else parts[0]

    return {n: several if n in keep else narrowed(several) for n, several in rows.items()}


@dataclasses.dataclass(frozen=True)
class Row:
    """What all rows have in common."""

    def narrowed(self, width, network):
        """The same with so many times as many channels or units, in multiples of eight.

        Args:
          width: the factor.
          network: the `spec.NetworkSpec` that the row stands in.
        """
        del width, network
        return self


@dataclasses.dataclass(frozen=True, kw_only=True)
class Weighted(Row):
    """A row with weights.

    Attributes:
      activation: "relu", "relu6", "tanh", "sigmoid", "none" or LReLU(slope); None: the network's.
      norm: BatchNorm(…), InstanceNorm(…) or "none"; None: the network's.
      order: of "map", "norm" and "activation"; None: the network's.
      bias: whether one is added.
      spectral: whether the kernel is divided by its largest singular value (Miyato et al., 2018).
      start: of the kernel: Normal, He or Xavier; None: the network's.
      fixed: whether `narrowed` leaves the number of outputs as it is, because it has a meaning. Of
        rows that end with a linear map, or with tanh or sigmoid of one, it does so anyway.

    Raises:
      ValueError: there is no such activation, norm or order.
    """

    activation: str | LReLU | None = None
    norm: BatchNorm | InstanceNorm | str | None = None
    order: tuple | None = None
    bias: bool = True
    spectral: bool = False
    start: Normal | He | Xavier | None = None
    fixed: bool = False

    def __post_init__(self):
        check_activation(self.activation)
        check_norm(self.norm)
        if self.order is not None and sorted(self.order) != sorted(POST_ACTIVATION):
            raise ValueError(
                f'order={self.order} is none: give "map", "norm" and "activation", each once.'
            )

    @property
    def draws(self):
        """Whether a row that leaves nothing open ends with a linear map, or with tanh or sigmoid
        of one: its outputs are a network's rather than a hidden layer's.
        """
        hidden = self.norm != "none" or self.order.index("activation") < self.order.index("map")
        return not hidden and self.activation in ("none", "tanh", "sigmoid")

    def narrowed(self, width, network):
        """The same with so many times as many channels or units, unless they have a meaning."""
        return self if self.fixed or network.filled(self).draws else self.widened(width)

    def widened(self, width):
        """As `narrowed`, whatever the outputs mean."""
        count = "units" if isinstance(self, Dense) else "channels"
        return dataclasses.replace(self, **{count: _times(getattr(self, count), width)})


@dataclasses.dataclass(frozen=True)
class Conv(Weighted):
    """A convolution.

    Attributes:
      channels: of the output.
      kernel: height and width of the kernel.
      stride: in both directions.
      groups: with two, the first half of the outputs sees the first half of the inputs, and the
        second the second.
      padding: "same" keeps height and width (over the stride), "valid" adds nothing, a number adds
        as many zeros on each side, ((top, bottom), (left, right)) on each its own; "circular" is as
        large as "same", and what leaves on one side comes in on the other: textures that tile.
      dilation: distance of the kernel's values in the map; only with stride 1.
    """

    channels: int
    kernel: int
    stride: int = 1
    groups: int = 1
    padding: str | int | tuple = "same"
    dilation: int = 1

    def __post_init__(self):
        super().__post_init__()
        words = ("same", "valid", "circular")
        if isinstance(self.padding, str) and self.padding not in words:
            raise ValueError(
                f"padding={self.padding!r} is not known: give {', '.join(words)}, a number or "
                "((top, bottom), (left, right))."
            )
        if self.dilation > 1 and self.stride > 1:
            raise ValueError(
                f"dilation={self.dilation} and stride={self.stride} exclude each other: give one."
            )

    @property
    def smallest(self):
        """Height or width of the smallest map it can take."""
        return self.dilation * (self.kernel - 1) + 1 - min(self._added(0), self._added(1))

    def side(self, length, horizontal=False):
        """Height, or width, of the output for that of the input; below 1 if it is too small."""
        if self.padding in ("same", "circular"):
            return -(-length // self.stride)
        reach = self.dilation * (self.kernel - 1) + 1
        return (length + self._added(int(horizontal)) - reach) // self.stride + 1

    def _added(self, axis):
        if isinstance(self.padding, str):
            return 0 if self.padding == "valid" else self.kernel
        return 2 * self.padding if isinstance(self.padding, int) else sum(self.padding[axis])


@dataclasses.dataclass(frozen=True)
class UpConv(Weighted):
    """2x2 bed-of-nails unpooling followed by a convolution, as one operation."""

    channels: int
    kernel: int


@dataclasses.dataclass(frozen=True)
class TransposedConv(Weighted):
    """A transposed convolution: each value spreads a kernel over the larger map.

    Attributes:
      channels: of the output.
      kernel: height and width of the kernel.
      stride: by how much the map grows.
      padding: "same" multiplies height and width by the stride; "valid" keeps all,
        stride * (n - 1) + kernel (1x1 to 4x4, DCGAN's first layer); a number cuts as many off each
        side of that, as PyTorch's does.
    """

    channels: int
    kernel: int
    stride: int = 2
    padding: str | int = "same"

    def __post_init__(self):
        super().__post_init__()
        if isinstance(self.padding, bool) or not (
            self.padding in ("same", "valid") or isinstance(self.padding, int)
        ):
            raise ValueError(
                f"padding={self.padding!r} is not known: give same, valid or a number."
            )

    @property
    def smallest(self):
        """Height or width of the smallest map it can take."""
        cut = 0 if isinstance(self.padding, str) else self.padding
        return max(1, -(-(2 * cut + 1 - self.kernel) // self.stride) + 1)

    def side(self, length, horizontal=False):
        """Height, or width, of the output for that of the input; below 1 if it is too small."""
        del horizontal
        if self.padding == "same":
            return self.stride * length
        cut = 0 if self.padding == "valid" else self.padding
        return self.stride * (length - 1) + self.kernel - 2 * cut


@dataclasses.dataclass(frozen=True)
class Dense(Weighted):
    """A fully connected layer; maps are flattened, rows first, channels last."""

    units: int


@dataclasses.dataclass(frozen=True)
class Activation(Row):
    """An activation by itself; None is the network's."""

    activation: str | LReLU | None = None

    def __post_init__(self):
        check_activation(self.activation)


@dataclasses.dataclass(frozen=True)
class Norm(Row):
    """A normalisation by itself: of a map that units were reshaped to; None is the network's."""

    norm: BatchNorm | InstanceNorm | str | None = None

    def __post_init__(self):
        check_norm(self.norm)


@dataclasses.dataclass(frozen=True)
class UpSample(Row):
    """Each value repeated in a block of factor x factor: nearest up-sampling."""

    factor: int = 2


@dataclasses.dataclass(frozen=True)
class Reshape(Row):
    """Units to a map of (height, width, channels)."""

    shape: tuple


@dataclasses.dataclass(frozen=True)
class MaxPool(Row):
    """Maxima of windows, which overlap where they are larger than the stride.

    Attributes:
      window, stride: in pixels.
      padding: pixels on each side that no maximum is taken of.
      ceil: whether windows that reach beyond the map count too, as in Caffe, or not, as elsewhere.
    """

    window: int
    stride: int
    padding: int = 0
    ceil: bool = False

    def windows(self, size):
        """How many windows a side of so many pixels has."""
        room = size + 2 * self.padding - self.window
        count = -(-room // self.stride) + 1 if self.ceil else room // self.stride + 1
        # The last one begins within the map.
        return count - (self.ceil and (count - 1) * self.stride >= size + self.padding)


@dataclasses.dataclass(frozen=True)
class LocalResponseNorm(Row):
    """Normalisation over neighbouring channels, with AlexNet's constants (`layers`)."""


@dataclasses.dataclass(frozen=True)
class AveragePool(Row):
    """The mean over a whole map, channel by channel."""


@dataclasses.dataclass(frozen=True)
class Dropout(Row):
    """Units dropped in training; `always`: at drawing time too (pix2pix's only noise)."""

    rate: float
    always: bool = False


@dataclasses.dataclass(frozen=True)
class Softmax(Row):
    """Probabilities of classes."""
