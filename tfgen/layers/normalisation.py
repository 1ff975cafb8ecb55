"""Normalisation by the statistics of a batch, or of each example."""

import keras
import tensorflow as tf

from tfgen import stack


class _Normalisation(keras.layers.Layer):
    """Learnt scale and shift of normalised channels; float32 whatever the network computes in."""

    def __init__(self, epsilon, scale, shift, scale_deviation=0.0, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.epsilon = epsilon
        self.scales = scale
        self.shifts = shift
        self.scale_deviation = scale_deviation

    def build(self, input_shape):
        """Makes the scale and the shift, once the number of channels is known."""
        channels = (input_shape[-1],)
        if self.scales:
            start = "ones"
            if self.scale_deviation:
                start = keras.initializers.RandomNormal(1.0, self.scale_deviation)
            self.scale = self.add_weight(name="scale", shape=channels, initializer=start)
        if self.shifts:
            self.shift = self.add_weight(name="shift", shape=channels, initializer="zeros")
        self.built = True

    def _normalised(self, x, mean, variance):
        return tf.nn.batch_normalization(
            x,
            mean,
            variance,
            tf.convert_to_tensor(self.shift) if self.shifts else None,
            tf.convert_to_tensor(self.scale) if self.scales else None,
            self.epsilon,
        )


class BatchNormalisation(_Normalisation):
    """Batch normalisation (Ioffe and Szegedy, 2015) whose batch is that of all replicas.

    Keras' layer of that name asks a global state whether it is training, and by itself knows the
    share of one replica only.

    Args:
      momentum: of the running mean and variance: what is kept of them in a step of training.
      epsilon: added to the variance.
      scale, shift: whether the outcome is multiplied, and added to, by learnt numbers.
      scale_deviation: standard deviation of the scales' start, about 1.
      **kwargs: as for any Keras layer, but dtype.

    Call: [b, …, c] and whether it is training, to the same float32. In training the batch's mean
    and (biased) variance are taken, and enter the running ones; otherwise the running ones are.
    """

    def __init__(self, momentum=0.99, epsilon=1e-5, scale=True, shift=True, **kwargs):
        super().__init__(epsilon, scale, shift, **kwargs)
        self.momentum = momentum

    def build(self, input_shape):
        """Makes the weights and the running statistics."""
        channels = (input_shape[-1],)
        self.mean = stack.add_weight(self, "mean", channels, "zeros", trainable=False)
        self.variance = stack.add_weight(self, "variance", channels, "ones", trainable=False)
        super().build(input_shape)

    def call(self, x, training=False):
        """Normalises."""
        x = tf.cast(x, tf.float32)
        if not training:
            mean, variance = map(tf.convert_to_tensor, (self.mean, self.variance))
            return self._normalised(x, mean, variance)
        axes = tuple(range(x.shape.rank - 1))
        count = tf.cast(tf.size(x) // x.shape[-1], tf.float32)
        total = _over_replicas(tf.concat([tf.reduce_sum(x, axes), [count]], axis=0))
        count, mean = total[-1], total[:-1] / total[-1]
        # Twice over the batch, and exact: the mean of squares less the squared mean is not.
        variance = _over_replicas(tf.reduce_sum(tf.square(x - mean), axes)) / count
        for running, value in ((self.mean, mean), (self.variance, variance)):
            before = tf.convert_to_tensor(running)
            running.assign(before + (1.0 - self.momentum) * (tf.stop_gradient(value) - before))
        return self._normalised(x, mean, variance)


class InstanceNormalisation(_Normalisation):
    """Instance normalisation (Ulyanov et al., 2016): each channel of each example over its map.

    Args:
      epsilon: added to the variance.
      scale, shift: whether the outcome is multiplied, and added to, by learnt numbers.
      **kwargs: as for any Keras layer, but dtype.

    Call: [b, h, w, c] to the same float32.
    """

    def __init__(self, epsilon=1e-5, scale=True, shift=True, **kwargs):
        super().__init__(epsilon, scale, shift, **kwargs)

    def call(self, x, training=False):
        """Normalises; the same in training and out of it."""
        del training
        x = tf.cast(x, tf.float32)
        return self._normalised(x, *tf.nn.moments(x, (1, 2), keepdims=True))


def _over_replicas(values):
    """The sum over all replicas; the values themselves where there is one, or none is at work."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return values
    return context.all_reduce(tf.distribute.ReduceOp.SUM, values)
