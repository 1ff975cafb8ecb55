"""Exponential moving averages of a network's weights, which draw better than the last ones do."""

import contextlib

import tensorflow as tf

from tfgen import stack


class MovingAverage(tf.Module):
    """The moving average of all of a network's variables, batch norm's statistics included.

    At first, when the average would mostly remember how the weights started, it follows faster: the
    decay of step t is at most (1 + t) / (10 + t).

    Args:
      network: with `variables`, whose values are where the average starts.
      decay: in [0, 1).
    """

    def __init__(self, network, decay):
        super().__init__()
        self._network = lambda: network
        self._decay = decay
        self.values = [
            tf.Variable(
                tf.identity(variable),
                trainable=False,
                # Every replica computes the same average.
                aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
            )
            for variable in self._variables()
        ]

    def _variables(self):
        return [stack.raw_variable(variable) for variable in self._network().variables]

    def restart(self):
        """Starts again from the present weights."""
        for value, variable in zip(self.values, self._variables(), strict=True):
            value.assign(tf.identity(variable))

    def update(self, step):
        """Moves towards the present weights; `step`, a scalar, is the number of steps before."""
        step = tf.cast(step, tf.float32)
        decay = tf.minimum(self._decay, (1.0 + step) / (10.0 + step))
        for value, variable in zip(self.values, self._variables(), strict=True):
            now, share = tf.convert_to_tensor(variable), tf.cast(1.0 - decay, variable.dtype)
            value.assign_add(share * (now - tf.convert_to_tensor(value)))

    @contextlib.contextmanager
    def applied(self):
        """Within this context the network has the averaged weights."""
        variables = self._variables()
        kept = [tf.identity(variable) for variable in variables]
        try:
            for variable, value in zip(variables, self.values, strict=True):
                variable.assign(tf.identity(value))
            yield
        finally:
            for variable, value in zip(variables, kept, strict=True):
                variable.assign(value)
