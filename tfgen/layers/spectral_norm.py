"""Spectral normalisation: kernels divided by their largest singular value.

Miyato et al., "Spectral Normalization for Generative Adversarial Networks" (2018), section 2.1 and
Algorithm 1.
"""

import tensorflow as tf

_EPSILON = 1e-12


def normalised_kernel(kernel, vector, output_axis, training):
    """A kernel over its largest singular value, estimated by power iteration.

    Args:
      kernel: float32; as a matrix, what makes one output is a column.
      vector: [outputs] float32, the estimate of its singular vector so far.
      output_axis: of the kernel.
      training: whether the estimate makes a step.

    Returns:
      (kernel divided, the vector after the step). Neither vector has a gradient, the kernel has.
    """
    axes = list(range(kernel.shape.rank))
    axes.append(axes.pop(output_axis))
    matrix = tf.reshape(tf.transpose(kernel, axes), (-1, kernel.shape[output_axis]))
    fixed = tf.stop_gradient(matrix)
    inputs = tf.math.l2_normalize(tf.linalg.matvec(fixed, vector), epsilon=_EPSILON)
    if training:
        vector = tf.linalg.matvec(fixed, inputs, transpose_a=True)
    vector = tf.math.l2_normalize(vector, epsilon=_EPSILON)
    largest = tf.tensordot(inputs, tf.linalg.matvec(matrix, vector), 1)
    return kernel / largest, vector
