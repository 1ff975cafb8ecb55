"""Learning rates: the papers', and one for short trainings."""

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


class HoldThenFall(keras.optimizers.schedules.LearningRateSchedule):
    """Constant at first, then straight down to zero at the last step.

    A training of minutes has no time for many halvings: at equal length this draws better.

    Args:
      initial: learning rate at the start.
      hold_steps: steps before it falls.
      steps: at which it is zero.
    """

    def __init__(self, initial, hold_steps, steps):
        super().__init__()
        self.initial = initial
        self.hold_steps = hold_steps
        self.steps = steps

    def __call__(self, step):
        """The learning rate of a step, a scalar float32 tensor."""
        left = (float(self.steps) - tf.cast(step, tf.float32)) / max(
            float(self.steps - self.hold_steps), 1.0
        )
        return self.initial * tf.clip_by_value(left, 0.0, 1.0)

    def get_config(self):
        """The constructor's arguments."""
        return {"initial": self.initial, "hold_steps": self.hold_steps, "steps": self.steps}
