"""A discriminator that pauses: an optimizer's step taken or not, on all replicas alike."""

import tensorflow as tf


def global_mean(x):
    """The mean of a replica's scalar over all replicas."""
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, x)


def apply_if(condition, optimizer, gradients, variables):
    """Takes an optimizer's step if a condition holds; else nothing of it changes at all.

    Gradients of zero are no pause: Adam moves on by its moments, and counts a step. So the step
    itself is what is conditional, which several replicas may only decide on together.

    Args:
      condition: scalar bool, the same on all replicas.
      optimizer: Keras optimizer, built for the variables.
      gradients, variables: lists.
    """

    def on_all(strategy, condition, gradients):
        def step(gradients):
            optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))

        def taken():
            strategy.extended.call_for_each_replica(step, args=(gradients,))
            return tf.constant(1)

        decision = strategy.experimental_local_results(condition)[0]
        tf.cond(decision, taken, lambda: tf.constant(0))

    tf.distribute.get_replica_context().merge_call(on_all, args=(condition, list(gradients)))
