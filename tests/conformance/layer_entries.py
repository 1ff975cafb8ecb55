"""Layers, tiny."""

from tests.conformance.registry import NetworkEntry
from tfgen.layers.fully_connected import FullyConnected
from tfgen.layers.grouped_convolution import Conv2D
from tfgen.layers.normalisation import BatchNormalisation, InstanceNormalisation, _Normalisation
from tfgen.layers.transposed_convolution import TransposedConv2D
from tfgen.layers.up_convolution import UpConv2D
from tfgen.layers.weighted import WeightedLayer

START = "random_normal"


def _entry(name, layer, shape, **options):
    def make(precision):
        made = layer(precision)
        made.build((None, *shape))
        return made

    return NetworkEntry(name, make, {"x": shape}, **options)


BASES = (WeightedLayer, _Normalisation)
NETWORKS = (
    _entry("fully_connected", lambda dtype: FullyConnected(5, START, dtype=dtype), (3,)),
    _entry("up_convolution", lambda dtype: UpConv2D(3, 5, START, dtype=dtype), (4, 3, 2)),
    _entry(
        "transposed_convolution",
        lambda dtype: TransposedConv2D(3, 4, START, dtype=dtype),
        (4, 3, 2),
    ),
    _entry(
        "dilated_groups",
        lambda dtype: Conv2D(4, 3, START, groups=2, dilation=2, dtype=dtype),
        (6, 5, 4),
    ),
    _entry(
        "spectral_convolution",
        lambda dtype: Conv2D(4, 3, START, padding="circular", spectral=True, dtype=dtype),
        (6, 5, 4),
    ),
    _entry("batch_normalisation", lambda dtype: BatchNormalisation(0.9), (4, 3, 2)),
    _entry("instance_normalisation", lambda dtype: InstanceNormalisation(), (4, 3, 2)),
)
