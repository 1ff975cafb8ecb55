"""Encoders that start from a comparator's weights (DeePSiM, section 4.2)."""

import numpy as np
import tensorflow as tf

from tfgen import stack


def start_encoder(encoder, comparator):
    """Copies a comparator's weights into an encoder whose first rows are the comparator's.

    What a comparator does to its images before its first convolution - scale, mean, order of
    colours - goes into that convolution's weights. That is exact, as nothing is padded there.

    Args:
      encoder: `networks.layered.LayeredNetwork`.
      comparator: `papers.comparators.comparator.Comparator`.

    Raises:
      ValueError: the rows differ.
    """
    source, target = comparator.network.body, encoder.body
    pairs = list(zip(source, target, strict=False))
    if len(target) < len(source) or any(a.kernel.shape != b.kernel.shape for a, b in pairs):
        raise ValueError("the encoder does not begin as the comparator does")
    for layer, copy in pairs:
        kernel, bias = (np.asarray(stack.raw_variable(w)) for w in (layer.kernel, layer.bias))
        if layer is source[0]:
            kernel, bias = _with_preparation(
                kernel, bias, comparator.spec, encoder.spec.image_range
            )
        for variable, value in ((copy.kernel, kernel), (copy.bias, bias)):
            stack.raw_variable(variable).assign(tf.constant(value, tf.float32))


def _with_preparation(kernel, bias, spec, image_range):
    """Weights of a convolution of images in a range, for one of prepared images."""
    lowest, highest = image_range
    if spec.bgr:
        kernel = kernel[:, :, ::-1]
    kernel = kernel / np.reshape(spec.deviation, (3, 1))
    black = -lowest / (highest - lowest) * spec.scale - np.array(spec.mean)
    scale = spec.scale / (highest - lowest)
    return kernel * scale, bias + np.einsum("hwco,c->o", kernel, black)
