"""What rows choose among: activations, norms, their order, starts of weights. Plain data."""

import dataclasses

POST_ACTIVATION = ("map", "norm", "activation")
NORM_LAST = ("map", "activation", "norm")
PRE_ACTIVATION = ("activation", "map", "norm")
FULL_PRE_ACTIVATION = ("norm", "activation", "map")

_ACTIVATIONS = ("relu", "relu6", "tanh", "sigmoid", "none")


@dataclasses.dataclass(frozen=True)
class LReLU:
    """An activation: x, and slope * x where x is negative."""

    slope: float


@dataclasses.dataclass(frozen=True)
class BatchNorm:
    """Normalisation of each channel, or unit, over the batch and the map.

    Attributes:
      momentum: of the running statistics, which take the batch's place out of training.
      epsilon: added to the variance.
      scale, shift: whether the outcome is multiplied, and added to, by learnt numbers.
      scale_deviation: standard deviation of the scales' start, about 1 (0.02 in DCGAN's code).
    """

    momentum: float = 0.99
    epsilon: float = 1e-5
    scale: bool = True
    shift: bool = True
    scale_deviation: float = 0.0


@dataclasses.dataclass(frozen=True)
class InstanceNorm:
    """Normalisation of each channel over the map of each example; attributes as BatchNorm's."""

    epsilon: float = 1e-5
    scale: bool = True
    shift: bool = True


@dataclasses.dataclass(frozen=True)
class Normal:
    """A start of weights: Gaussian, of this standard deviation about 0."""

    deviation: float = 0.02


@dataclasses.dataclass(frozen=True)
class He:
    """A start of weights: Gaussian, of variance gain / fan-in (He et al., 2015)."""

    gain: float = 2.0


@dataclasses.dataclass(frozen=True)
class Xavier:
    """A start of weights: uniform, of variance 2 / (fan-in + fan-out) (Glorot and Bengio, 2010)."""


def check_activation(activation):
    """Raises ValueError if there is no such activation."""
    if not (activation is None or isinstance(activation, LReLU) or activation in _ACTIVATIONS):
        raise ValueError(
            f"activation={activation!r} is not known: give {', '.join(_ACTIVATIONS)} or LReLU(…)."
        )


def check_norm(norm):
    """Raises ValueError if there is no such norm."""
    if not (norm is None or norm == "none" or isinstance(norm, (BatchNorm, InstanceNorm))):
        raise ValueError(f"norm={norm!r} is not known: give BatchNorm(…), InstanceNorm(…) or none.")
