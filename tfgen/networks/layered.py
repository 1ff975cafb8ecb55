"""A plain network, built from the rows of a `spec.NetworkSpec`."""

import dataclasses
import itertools

import keras
import tensorflow as tf

from tfgen.networks.row_layers import BUILDERS
from tfgen.networks.row_place import Pass, Place
from tfgen.networks.spec import Skip, as_tuple


class LayeredNetwork(keras.Model):
    """Rows applied one after another.

    Args:
      spec: `spec.NetworkSpec`.
      input_shape: of one input, without the batch.
      dtype: precision, "float32" or "mixed_bfloat16".
      conditions: name -> shape of one, of the inputs beside the first (`NetworkSpec.conditions`).

    Raises:
      ValueError: the input is too small for some row, maps that are to be joined are of different
        sizes, or a condition has no shape.

    Call: x [b, *input_shape], whether it is training (batch norm takes the batch's statistics,
    dropout is on, spectral norm makes a step), a key [2] int32 of whatever is drawn, and the
    conditions by name, [b, *shape], to the last row's output, float32. Nothing is drawn but from
    the key: ValueError where dropout is on and there is none.

    Attributes:
      output_sizes: name -> shape of its output, without the batch.
    """

    def __init__(self, spec, input_shape, dtype="float32", conditions=None, **kwargs):
        super().__init__(**kwargs)
        self.spec = spec
        self.precision = dtype
        self.input_sizes = tuple(input_shape)
        shapes = _shapes(spec, conditions or {})
        layers, steps, sizes = [], [], {}
        x = tf.zeros((1, *input_shape))
        zeros = {name: tf.zeros((1, *shape)) for name, shape in shapes.items()}
        trial = Pass(False, tf.zeros((2,), tf.int32), zeros, {})
        branches = itertools.count(1)

        def nested(rows, shape):
            inner = dataclasses.replace(spec, rows=rows)
            return LayeredNetwork(inner, shape, dtype, shapes, name=f"branch{next(branches)}")

        skipped = {
            row.name
            for rows in spec.rows.values()
            for row in as_tuple(rows)
            if isinstance(row, Skip)
        }
        for name, several in spec.rows.items():
            several = as_tuple(several)
            for number, row in enumerate(several):
                place = Place(
                    name if not number else f"{name}_{number}",
                    len(steps),
                    tuple(x.shape[1:]),
                    spec,
                    dtype,
                    sizes,
                    shapes,
                    nested,
                )
                own, apply = BUILDERS[type(row)](row, place)
                x = apply(x, trial)
                layers += own
                for layer in own:
                    sizes |= getattr(layer, "output_sizes", {})
                steps.append((name if row is several[-1] else None, apply))
            sizes[name] = tuple(x.shape[1:])
            trial.outputs[name] = x
        self.output_sizes = sizes
        self._steps = tuple(steps)  # (name of the output or None, function of x and a Pass)
        self._skipped = frozenset(skipped)
        self.body = tuple(layers)
        self.built = True

    def weighted_layers(self):
        """Name -> layer with weights, those within branches too, in the order of the rows."""
        found = {}
        for layer in self.body:
            inside = getattr(layer, "networks", ())
            for inner in inside:
                found |= inner.weighted_layers()
            if not inside and layer.weights:
                found[layer.name] = layer
        return found

    def __call__(self, x, training=False, key=None, **conditions):
        """The last row's output; see the class."""
        # Past Keras' own: that asks the surrounding layers and a global state about training.
        return self.call(x, training, key, **conditions)

    def call(self, x, training=False, key=None, **conditions):
        """The last row's output; see the class."""
        *_, (_, last) = self._outputs(x, training, key, conditions)
        return tf.cast(last, tf.float32)

    def named_outputs(self, x, names, training=False, key=None, **conditions):
        """Outputs by name, float32; nothing beyond the last one is computed."""
        wanted, outputs = set(names), {}
        for name, output in self._outputs(x, training, key, conditions):
            if name in wanted:
                outputs[name] = tf.cast(output, tf.float32)
                if len(outputs) == len(wanted):
                    break
        return outputs

    def _outputs(self, x, training, key, conditions):
        """(name or None, output) of row after row."""
        if set(conditions) != set(self.spec.conditions):
            raise ValueError(
                f"the network takes {_listed(self.spec.conditions)} beside its first input, and "
                f"got {_listed(conditions)}: give them by name."
            )
        conditions = {name: tf.cast(each, tf.float32) for name, each in conditions.items()}
        run = Pass(training, key, conditions, {})
        x = tf.cast(x, tf.float32)
        for name, apply in self._steps:
            x = apply(x, run)
            if name in self._skipped:
                run.outputs[name] = x
            yield name, x


def _shapes(spec, conditions):
    """Name -> shape of the conditions that a spec's rows take; ValueError if one has none."""
    for name in spec.conditions:
        if name not in conditions:
            raise ValueError(
                f"conditions={conditions} lacks the shape of {name}, which the rows take: add it."
            )
    return {name: tuple(conditions[name]) for name in spec.conditions}


def _listed(names):
    return ", ".join(names) or "nothing"
