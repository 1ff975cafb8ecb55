"""What all trainers share: Keras models whose steps run alike on both stacks and any strategy."""

import keras
import tensorflow as tf

from tfgen import stack


class Trainer(keras.Model):
    """A Keras model that owns objective and optimizer; subclasses write train_step and test_step.

    Keras 3's own train function fails with several steps per execution on more than one replica,
    and on several hosts; this one is the same for both stacks, and keeps autograph, which would
    walk through all of Keras, away from the step.

    Subclasses build their networks before `compile`, and put a tracker for each of their
    `objective_names`, which training reports, and `score_names`, which only scoring does, into
    `trackers`.
    """

    objective_names = ()
    score_names = ()
    seed = 0

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.trackers = {}
        self.built = True

    def compile(self, optimizer, steps_per_execution=1, **kwargs):
        """Sets the optimizer, with its variables made, so that a checkpoint can restore them."""
        self.executed_steps = steps_per_execution
        super().compile(
            optimizer=optimizer,
            steps_per_execution=steps_per_execution,
            jit_compile=False,  # XLA on CPUs is several times slower; see BUILD.md
            **kwargs,
        )
        optimizer.build(self.trained_variables())

    def optimizers(self):
        """Name -> optimizer, as checkpoints hold them; the first one counts the steps."""
        return {"optimizer": self.optimizer}

    def trained_variables(self):
        """The variables that the optimizer updates."""
        raise TypeError(f"{type(self).__name__} does not say which variables it trains.")

    def networks(self):
        """Name -> network, as checkpoints hold them."""
        raise TypeError(f"{type(self).__name__} does not say which networks it trains.")

    def step_key(self, *numbers):
        """[2] int32, a key of random numbers: a function of seed, step, replica and `numbers`."""
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        step = tf.cast(stack.raw_variable(self.optimizer.iterations), tf.int32)
        key = tf.random.experimental.stateless_fold_in([self.seed, step], replica)
        for number in numbers:
            key = tf.random.experimental.stateless_fold_in(key, number)
        return key

    def track(self, **values):
        """Adds values, scalars or one number an image, to the trackers of their names."""
        for name, value in values.items():
            self.trackers[name].update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    @property
    def metrics(self):
        """All trackers, reset by Keras at the start of each epoch and evaluation."""
        return list(self.trackers.values())

    def make_train_function(self, force=False):
        """Keras' hook: a function of an iterator that trains `executed_steps` steps."""
        if self.train_function is None or force:
            self.train_function = self._function(self.train_step, self.executed_steps)
        return self.train_function

    def make_test_function(self, force=False):
        """Keras' hook: a function of an iterator that scores one batch."""
        if self.test_function is None or force:
            self.test_function = self._function(self.test_step, 1)
        return self.test_function

    def _function(self, step, count):
        strategy = self.distribute_strategy
        step = tf.autograph.experimental.do_not_convert(step)

        def once(iterator):
            logs = strategy.run(step, args=(next(iterator),))
            # The trackers aggregate over replicas when read; each replica's copy is the same.
            return {k: strategy.experimental_local_results(v)[0] for k, v in logs.items()}

        @tf.function(reduce_retracing=True)
        def several(iterator):
            if count > 1:  # a loop that is never run would be traced all the same
                for _ in tf.range(count - 1):
                    strategy.run(step, args=(next(iterator),))
            return once(iterator)

        return several

    def _maybe_symbolic_build(self, *args, **kwargs):
        """Keras 3 would reduce a batch of dicts over replicas here; networks are built already."""
