"""What a row is told when it is built, and what when it is applied."""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from tfgen.networks.spec import LReLU, NetworkSpec

_FUNCTIONS = {
    "relu": tf.nn.relu,
    "relu6": tf.nn.relu6,
    "tanh": tf.nn.tanh,
    "sigmoid": tf.nn.sigmoid,
    "none": lambda x: x,
}


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a row stands in its network.

    Attributes:
      name: of the row's layer.
      number: of the row, for keys of its own.
      shape: of what comes in, without the batch.
      spec: NetworkSpec of the network.
      precision: "float32" or "mixed_bfloat16".
      sizes: name -> shape of the output of the rows before.
      conditions: name -> shape of the inputs beside the first.
      nested: function of a dict of rows and a shape to a `layered.LayeredNetwork` of them.
    """

    name: str
    number: int
    shape: tuple
    spec: NetworkSpec
    precision: str
    sizes: dict
    conditions: dict
    nested: Callable


@dataclasses.dataclass(frozen=True)
class Pass:
    """One pass through a network.

    Attributes:
      training: whether it is training.
      key: [2] int32 of what is drawn, or None.
      conditions: name -> inputs beside the first.
      outputs: name -> outputs of earlier rows, those that later ones take up.
    """

    training: bool
    key: tf.Tensor | None
    conditions: dict
    outputs: dict


def folded(key, number):
    """A key of its own for a number; None for None."""
    return None if key is None else tf.random.experimental.stateless_fold_in(key, number)


def activated(x, activation):
    """An activation, as rows name it, of x."""
    if isinstance(activation, LReLU):
        return tf.nn.leaky_relu(x, activation.slope)
    return _FUNCTIONS[activation](x)
