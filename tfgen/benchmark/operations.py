"""How many multiplications a network takes, and how many the machine can do."""

import math
import time

import tensorflow as tf

from tfgen.benchmark.peer_rows import known_rows
from tfgen.networks import spec as rows

_SIDE = 2048  # of the matrices that are multiplied to find the peak


def generator_products(spec, lengths):
    """Multiplications of drawing one image.

    Those with the zeros of unpooling are not counted, nor are biases and nonlinearities.

    Args:
      spec: `papers.chairs.spec.GeneratorSpec`.
      lengths: input name -> its length.
    """
    total, joint = 0, 0
    for name, widths in spec.inputs.items():
        total += _chain(lengths[name], widths)
        joint += widths[-1]
    total += _chain(joint, spec.trunk)
    for stream in spec.streams:
        (height, width, channels) = stream.fc5
        total += spec.trunk[-1] * math.prod(stream.fc5)
        outputs = sum(row.channels for row in stream.outputs.values())
        (kernel,) = {row.kernel for row in stream.outputs.values()}
        for row in (*stream.layers, rows.UpConv(outputs, kernel)):
            # An up-convolution's inputs each meet the whole kernel, a convolution's outputs do.
            total += height * width * row.kernel**2 * channels * row.channels
            if isinstance(row, rows.UpConv):
                height, width = 2 * height, 2 * width
            channels = row.channels
    return total


def network_products(spec, shape):
    """Multiplications of one pass through an `networks.spec.NetworkSpec`.

    Args:
      spec: of (up-, transposed) convolutions and fully connected layers.
      shape: of one input, (height, width, channels) or (units,).

    Returns:
      (number, shape of the output).

    Raises:
      ValueError: the multiplications of a row are not known.
    """
    total = 0
    for row, count in known_rows(spec, _PRODUCTS, "the count of multiplications"):
        products, shape = count(row, shape)
        total += products
    return total, shape


def _convolution(row, shape):
    sides = row.side(shape[0]), row.side(shape[1], horizontal=True)
    products = math.prod(sides) * row.kernel**2 * shape[2] // row.groups * row.channels
    return products, (*sides, row.channels)


def _up_convolution(row, shape):
    sides = 2 * shape[0], 2 * shape[1]
    return math.prod(shape) * row.kernel**2 * row.channels, (*sides, row.channels)


def _transposed_convolution(row, shape):
    sides = row.side(shape[0]), row.side(shape[1])
    return math.prod(shape) * row.kernel**2 * row.channels, (*sides, row.channels)


def _up_sampling(row, shape):
    return 0, (row.factor * shape[0], row.factor * shape[1], shape[2])


# Row type -> function of a row and the shape of its input to the number and the output's shape.
_PRODUCTS = {
    rows.Dense: lambda row, shape: (math.prod(shape) * row.units, (row.units,)),
    rows.Reshape: lambda row, shape: (0, row.shape),
    rows.UpConv: _up_convolution,
    rows.TransposedConv: _transposed_convolution,
    rows.Conv: _convolution,
    rows.UpSample: _up_sampling,
    rows.Activation: lambda row, shape: (0, shape),
    rows.Dropout: lambda row, shape: (0, shape),
}


def _chain(length, widths):
    return sum(a * b for a, b in zip((length, *widths), widths, strict=False))


def measured_peak(precision, seconds=1.0):
    """Multiplications a second of TensorFlow's product of large square matrices, the best of some.

    Args:
      precision: "float32" or "mixed_bfloat16".
      seconds: how long to try.
    """
    dtype = tf.bfloat16 if precision == "mixed_bfloat16" else tf.float32
    matrix = tf.cast(tf.random.stateless_normal((_SIDE, _SIDE), (0, 0)), dtype)
    product = tf.function(lambda x: tf.reduce_sum(tf.matmul(x, x)))
    product(matrix).numpy()
    best, end = math.inf, time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        product(matrix).numpy()
        best = min(best, time.perf_counter() - start)
    return _SIDE**3 / best
