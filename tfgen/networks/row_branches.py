"""Building the rows where a network branches or meets what it has computed before."""

import keras
import tensorflow as tf

from tfgen.networks import spec as rows
from tfgen.networks.row_place import activated, folded


class Branches(keras.layers.Layer):
    """The networks within a row.

    Args:
      *networks: `layered.LayeredNetwork`s.
      dtype: precision.
      name: of the row.

    Attributes:
      output_sizes: of all of them.
    """

    def __init__(self, *networks, dtype, name):
        super().__init__(dtype=dtype, name=name)
        self.networks = tuple(networks)
        sizes = {}
        for network in networks:
            sizes |= network.output_sizes
        self.output_sizes = sizes
        self.built = True

    def outputs(self, x, run, number):
        """What each network makes of x, in a `row_place.Pass`, float32."""
        return [
            network(
                x,
                training=run.training,
                key=folded(folded(run.key, number), i),
                **{name: run.conditions[name] for name in network.spec.conditions},
            )
            for i, network in enumerate(self.networks)
        ]


def _branches(place, *networks):
    return Branches(*networks, dtype=place.precision, name=place.name)


def _last(network):
    return next(reversed(network.output_sizes.values()))


def _streams(row, place):
    networks = [place.nested(each, place.shape) for each in row.streams]
    for network in networks:
        _check_places(place, _last(networks[0]), _last(network))
    branches = _branches(place, *networks)
    return [branches], lambda x, run: tf.concat(branches.outputs(x, run, place.number), axis=-1)


def _residual(row, place):
    row = place.spec.filled(row)
    networks = [place.nested(each, place.shape) for each in (row.rows, row.shortcut) if each]
    sizes = [_last(networks[0]), _last(networks[1]) if row.shortcut else place.shape]
    if sizes[0] != sizes[1]:
        raise ValueError(
            f"{place.name} adds {sizes[0]} to a shortcut of {sizes[1]}: give rows for the shortcut."
        )
    branches = _branches(place, *networks)

    def apply(x, run):
        inside, *shortcut = branches.outputs(x, run, place.number)
        total = inside + (shortcut[0] if shortcut else tf.cast(x, tf.float32))
        return activated(total, row.activation)

    return [branches], apply


def _skip(row, place):
    _check_places(place, place.shape, place.sizes[row.name])
    return [], lambda x, run: _joined(x, run.outputs[row.name])


def _condition(row, place):
    shape, layers = place.conditions[row.name], []
    if row.rows:
        layers.append(_branches(place, place.nested(row.rows, shape)))
        shape = _last(layers[0].networks[0])
    if not (len(place.shape) == 3 and len(shape) == 1):
        _check_places(place, place.shape, shape)

    def apply(x, run):
        value = run.conditions[row.name]
        if layers:
            (value,) = layers[0].outputs(value, run, place.number)
        if x.shape.rank == 4 and value.shape.rank == 2:
            value = tf.tile(value[:, None, None], (1, *x.shape[1:3], 1))
        return _joined(x, value)

    return layers, apply


def _check_places(place, shape, other):
    """Raises ValueError where maps or vectors cannot be concatenated along channels."""
    if tuple(shape[:-1]) != tuple(other[:-1]):
        raise ValueError(
            f"{place.name} joins {tuple(shape)} and {tuple(other)}, which differ in more than "
            "channels."
        )


def _joined(x, other):
    return tf.concat([x, tf.cast(other, x.dtype)], axis=-1)


BRANCH_BUILDERS = {
    rows.Streams: _streams,
    rows.Residual: _residual,
    rows.Skip: _skip,
    rows.Condition: _condition,
}
