"""Adam as one operation a variable."""

import keras
import tensorflow as tf

from tfgen import stack


class FusedAdam(keras.optimizers.Adam):
    """Keras' Adam, whose update of a variable is TensorFlow's own kernel.

    Keras writes the update as a dozen operations, each of which reads and writes all of a
    variable; the kernel does it in one pass. Everything else - variables, checkpoints, schedules,
    distribution - is Keras'. The numbers are the same but for rounding.

    Without AMSGrad. Sparse gradients are made dense: the moments are dense anyway.
    """

    def update_step(self, gradient, variable, learning_rate=None):
        """Updates one variable and its moments."""
        step = tf.cast(stack.raw_variable(self.iterations) + 1, tf.float32)
        first, second = stack.adam_moments(self, variable)
        tf.raw_ops.ResourceApplyAdam(
            var=stack.raw_variable(variable).handle,
            m=first.handle,
            v=second.handle,
            beta1_power=tf.pow(float(self.beta_1), step),
            beta2_power=tf.pow(float(self.beta_2), step),
            lr=tf.cast(self.learning_rate if learning_rate is None else learning_rate, tf.float32),
            beta1=float(self.beta_1),
            beta2=float(self.beta_2),
            epsilon=float(self.epsilon),
            grad=tf.convert_to_tensor(gradient),
        )
