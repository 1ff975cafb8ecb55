"""Learning rates of the papers."""

import keras
import tensorflow as tf


class HoldThenHalve(keras.optimizers.schedules.LearningRateSchedule):
    """Constant at first, then halved every so many steps (Dosovitskiy et al., section 4.1).

    Args:
      initial: learning rate at the start.
      hold_steps: steps before the first halving.
      halve_every: steps between halvings.
    """

    def __init__(self, initial, hold_steps, halve_every):
        super().__init__()
        self.initial = initial
        self.hold_steps = hold_steps
        self.halve_every = halve_every

    def __call__(self, step):
        """The learning rate of a step, a scalar float32 tensor."""
        beyond = tf.cast(step, tf.float32) - float(self.hold_steps)
        halvings = tf.where(beyond < 0, 0.0, 1.0 + tf.floor(beyond / float(self.halve_every)))
        return self.initial * tf.pow(0.5, halvings)

    def get_config(self):
        """The constructor's arguments."""
        return {
            "initial": self.initial,
            "hold_steps": self.hold_steps,
            "halve_every": self.halve_every,
        }
