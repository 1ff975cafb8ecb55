"""The conformance list: every network, layer and trainer of the package, with tiny inputs.

It is collected from tables: any file `tests/**/*_entries.py` may hold NETWORKS, TRAINERS, BASES and
PARTS. A paper registers its own by one such file beside its tests; the suites of this folder walk
whatever is there, and `test_coverage` names each class that is not.

NETWORKS: of NetworkEntry. TRAINERS: of TrainerEntry. BASES: classes that others begin from, and
that are nothing by themselves. PARTS: classes that only other entries make; they are checked there.
"""

import contextlib
import dataclasses
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import keras
import numpy as np
import tensorflow as tf

import tfgen
from tfgen import stack
from tfgen.export.servable import DEFAULT_SIGNATURE, Input, Output, Signature
from tfgen.features.contract import FeatureExtractor
from tfgen.training.adam import FusedAdam
from tfgen.training.schedules import HoldThenHalve
from tfgen.training.trainer import Trainer

ROOT = Path(__file__).parents[2]
KEY = (5, 7)
BATCH = 4


def _called(network, inputs, training, key):
    del key
    return {"output": network(inputs["x"], training=training)}


def selected(request, entries):
    """Those of some entries that tests of a fixture's module were selected for, by `-k` perhaps."""
    items = [item for item in request.session.items if item.nodeid.startswith(request.node.nodeid)]
    params = [item.callspec.params for item in items if hasattr(item, "callspec")]
    chosen = {id(each["entry"]) for each in params if "entry" in each}
    return [entry for entry in entries if id(entry) in chosen]


@dataclasses.dataclass(frozen=True, eq=False)
class NetworkEntry:
    """A network or a layer with weights.

    Attributes:
      name: letters, digits and "_".
      make: function of a precision to it, built: a Keras layer or model, or a FeatureExtractor that
        has a `network`.
      inputs: name -> shape of one example, float32 in [0, 1].
      call: function of it, inputs [b, …] by name, whether it is training and a key [2] int32, to
        outputs [b, …] by name.
      signatures: function of it to name -> Signature, where an export has its own.
      precisions: those that it has.
    """

    name: str
    make: Callable
    inputs: dict
    call: Callable = _called
    signatures: Callable | None = None
    precisions: tuple = ("float32", "mixed_bfloat16")

    def made(self, precision="float32", seed=0):
        """A new one, whose weights are functions of the seed."""
        keras.utils.set_random_seed(seed)
        return self.make(precision)

    @functools.cached_property
    def shared(self):
        """One in float32 for all who do not train it."""
        return self.made()

    def examples(self, count=BATCH):
        """Inputs by name, the first ones the same for any count."""
        rng = np.random.default_rng(0)
        values = {name: rng.random((16, *shape), np.float32) for name, shape in self.inputs.items()}
        return {name: tf.constant(value[:count]) for name, value in values.items()}

    def outputs(self, network, inputs, training=False):
        """Outputs by name, float32."""
        answer = self.call(network, inputs, training, tf.constant(KEY))
        return {name: tf.cast(value, tf.float32) for name, value in answer.items()}

    def loss(self, network, inputs, weights, training=True):
        """A sum [] of all outputs, weighed by [b, …] arrays by name."""
        outputs = self.outputs(network, inputs, training)
        return tf.add_n([tf.reduce_sum(weights[name] * x) for name, x in outputs.items()])

    def weights(self, network):
        """Of a loss: by name of an output, [BATCH, …] normally distributed."""
        rng = np.random.default_rng(1)
        outputs = self.outputs(network, self.examples())
        return {name: rng.normal(size=x.shape).astype(np.float32) for name, x in outputs.items()}

    def exported(self, network):
        """Name -> Signature: its own, or its call."""
        if self.signatures:
            return self.signatures(network)
        answer = self.outputs(network, self.examples())
        return {
            DEFAULT_SIGNATURE: Signature(
                tuple(Input(name, shape) for name, shape in self.inputs.items()),
                lambda **inputs: self.outputs(network, inputs),
                tuple(Output(name, value.shape[1:]) for name, value in answer.items()),
            )
        }


@dataclasses.dataclass(frozen=True, eq=False)
class TrainerEntry:
    """A trainer.

    Attributes:
      name: letters, digits and "_".
      make: function of a precision to it, not compiled.
      examples: function of NumPy's Generator and a count to a batch, name -> array.
      compares: whether its losses compare the examples of a batch with each other.
    """

    name: str
    make: Callable
    examples: Callable
    compares: bool = False

    def made(self, precision="float32", averages=False, **options):
        """A new one, compiled; `averages`: whether all players have a moving average."""
        keras.utils.set_random_seed(0)
        trainer = self.make(precision)
        # A large epsilon: Adam's first steps are signs of gradients, which rounding can turn.
        optimizers = {
            name: FusedAdam(HoldThenHalve(1e-2, 1, 1), epsilon=1e-2) for name in trainer.players
        }
        decays = dict.fromkeys(trainer.players, 0.9) if averages else None
        trainer.compile(optimizers, averages=decays, **options)
        return trainer

    @functools.cached_property
    def shared(self):
        """One in float32 for all who do not train it."""
        return self.made()

    def batch(self, step=0):
        """Of a step, [BATCH, …] by name; repeated once where examples are compared."""
        rng = np.random.default_rng(step)
        batch = self.examples(rng, BATCH)
        if self.compares:  # so that half of the batch sees what the whole one does
            batch = {name: np.concatenate([x, x]) for name, x in batch.items()}
        return {name: tf.constant(x) for name, x in batch.items()}


@contextlib.contextmanager
def without_chance():
    """Noise and dropout differ between replicas and precisions: within this context is none."""
    with (
        mock.patch.object(tf.random, "stateless_normal", lambda shape, seed: tf.zeros(shape)),
        mock.patch.object(tf.nn.experimental, "stateless_dropout", lambda x, rate, seed: x),
    ):
        yield


def holder(network):
    """What has the variables of a network or of a FeatureExtractor."""
    return network.network if isinstance(network, FeatureExtractor) else network


def values(variables):
    """NumPy arrays of variables of any kind."""
    return [np.array(stack.raw_variable(variable)) for variable in variables]


def state(trainer):
    """Name -> values of all that a checkpoint of a trainer holds."""
    parts = {name: values(network.variables) for name, network in trainer.networks().items()}
    for name, optimizer in trainer.optimizers().items():
        parts[name] = values(stack.optimizer_variables(optimizer))
    return parts | {name: values(each.values) for name, each in trainer.averages().items()}


def parts_of(network):
    """The types of a network and of all layers in it."""
    return {type(network), *map(type, holder(network)._flatten_layers())}


@functools.cache
def _tables():
    paths = sorted((ROOT / "tests").rglob("*_entries.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [importlib.import_module(name) for name in names]


def _collected(table):
    return [entry for module in _tables() for entry in getattr(module, table, ())]


NETWORKS, TRAINERS, BASES, PARTS = map(_collected, ("NETWORKS", "TRAINERS", "BASES", "PARTS"))


def classes():
    """All classes of the package that are networks, layers with weights or trainers.

    Without those of `tfgen.benchmark`, whose networks are what the library is compared with.
    """
    package = pkgutil.walk_packages(tfgen.__path__, "tfgen.")
    modules = [m.name for m in package if not m.name.startswith("tfgen.benchmark")]
    return [
        each
        for module in map(importlib.import_module, modules)
        for each in vars(module).values()
        if inspect.isclass(each) and each.__module__ == module.__name__ and _is_listed(each)
    ]


def _is_listed(each):
    # Of what extracts features only models have weights of their own.
    extracts = issubclass(each, FeatureExtractor) and ".models." in each.__module__
    return issubclass(each, keras.layers.Layer) or extracts


def is_trainer(each):
    """Whether a class is a trainer's."""
    return issubclass(each, Trainer)
