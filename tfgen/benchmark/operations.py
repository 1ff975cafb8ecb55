"""How many multiplications a network takes, and how many the machine can do."""

import math
import time

import tensorflow as tf

from tfgen.architectures import spec as rows

_SIDE = 2048  # of the matrices that are multiplied to find the peak


def generator_products(spec, lengths):
    """Multiplications of drawing one image.

    Those with the zeros of unpooling are not counted, nor are biases and nonlinearities.

    Args:
      spec: `architectures.spec.GeneratorSpec`.
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
    """Multiplications of one pass through an `architectures.spec.NetworkSpec`.

    Args:
      spec: of convolutions, up-convolutions and fully connected layers.
      shape: of one input, (height, width, channels) or (units,).

    Returns:
      (number, shape of the output).
    """
    total = 0
    for several in spec.rows.values():
        for row in several if isinstance(several, tuple) else (several,):
            if isinstance(row, rows.Dense):
                total += math.prod(shape) * row.units
                shape = (row.units,)
            elif isinstance(row, rows.Reshape):
                shape = row.shape
            elif isinstance(row, rows.UpConv):
                total += math.prod(shape) * row.kernel**2 * row.channels
                shape = (2 * shape[0], 2 * shape[1], row.channels)
            elif isinstance(row, rows.Conv):
                side = tuple(_convolved(row, length) for length in shape[:2])
                total += math.prod(side) * row.kernel**2 * shape[2] // row.groups * row.channels
                shape = (*side, row.channels)
            else:
                raise ValueError(f"the multiplications of {row} are not known")
    return total, shape


def _convolved(row, length):
    if row.padding == "same":
        return -(-length // row.stride)
    added = 0 if row.padding == "valid" else row.padding
    return (length + 2 * added - row.kernel) // row.stride + 1


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
