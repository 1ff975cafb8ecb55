"""What all trainers share: Keras models whose steps run alike on both stacks and any strategy."""

import contextlib

import keras
import tensorflow as tf

from tfgen import stack
from tfgen.errors import InputError
from tfgen.training.gate import apply_if, global_mean
from tfgen.training.moving_average import MovingAverage
from tfgen.training.players import Phase, check_phases

# Begins what later turns of a step fold into their keys: papers count theirs from 0.
_LATER = 1_000_003


class Trainer(keras.Model):
    """A game of players, each with an optimizer. Subclasses write `losses` and `scores`.

    Keras 3's own train function fails with several steps per execution on more than one replica,
    and on several hosts; this one is the same for both stacks, and keeps autograph, which would
    walk through all of Keras, away from the step.

    Args:
      players: name -> `players.Player`, their networks built. The first one's optimizer counts the
        steps: it plays once a step and has no gate.
      objective_names: what training reports: names of losses, and what gates say.
      score_names: what only scoring reports.
      phases: of `players.Phase`, in the order they are played; None: one, all players by `losses`.
      seed: of all that is random in a step.

    Raises:
      ValueError: the players and the phases do not fit.
    """

    def __init__(self, players, objective_names, score_names, phases=None, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.built = True
        self.seed = seed
        phases = phases or (Phase(tuple(players), self.losses),)
        check_phases(players, phases)
        # Behind functions: Keras is not to track, or wrap, what checkpoints name themselves.
        self._players, self._phases = (lambda: players), (lambda: phases)
        self._averages = dict
        self._turn = ()
        self.objective_names = (*objective_names, "gradient_norm")
        self.score_names = tuple(score_names)
        names = dict.fromkeys(self.objective_names + self.score_names)
        self.trackers = {name: keras.metrics.Mean(name=name) for name in names}

    @property
    def players(self):
        """Name -> Player."""
        return self._players()

    @property
    def phases(self):
        """The phases of a step."""
        return self._phases()

    def compile(self, optimizers, steps_per_execution=1, averages=None):
        """Sets the optimizers, with their variables made, so that a checkpoint can restore them.

        Args:
          optimizers: of each player by name; or the only one's.
          steps_per_execution: steps of one call into TensorFlow.
          averages: player's name -> decay of the moving average of its network's weights.

        Raises:
          InputError: there are averages, and a subclass's own train_step would leave them behind.
        """
        if averages and type(self).train_step is not Trainer.train_step:
            raise InputError(
                f"{type(self).__name__} has a train_step of its own, which moves no averages: give "
                "it phases instead, or leave `average` out."
            )
        if not isinstance(optimizers, dict):
            optimizers = dict.fromkeys(list(self.players)[:1], optimizers)
        if optimizers.keys() != self.players.keys():
            raise ValueError(
                f"there are optimizers of {', '.join(optimizers)}, and the players are "
                f"{', '.join(self.players)}: give each its own."
            )
        first, *rest = self.players
        self.executed_steps = steps_per_execution
        super().compile(
            optimizer=optimizers[first],
            steps_per_execution=steps_per_execution,
            jit_compile=False,  # XLA on CPUs is several times slower; see docs/speed.md
        )
        named = {"optimizer": optimizers[first]}
        named |= {f"{name}_optimizer": optimizers[name] for name in rest}
        self._optimizers = lambda: named
        for name, player in self.players.items():
            optimizers[name].build(player.network.trainable_variables)
        moving = {
            name: MovingAverage(self.players[name].network, decay)
            for name, decay in (averages or {}).items()
        }
        self._averages = lambda: moving

    def optimizer_of(self, player):
        """The optimizer of a player by its name."""
        first, *_ = self.players
        return self.optimizers()["optimizer" if player == first else f"{player}_optimizer"]

    def optimizers(self):
        """Name -> optimizer, as checkpoints hold them; the first one counts the steps."""
        return self._optimizers()

    def networks(self):
        """Name -> network, as checkpoints hold them."""
        return {name: player.network for name, player in self.players.items()}

    def averages(self):
        """Name -> `moving_average.MovingAverage`, as checkpoints hold them."""
        return {f"average_{name}": average for name, average in self._averages().items()}

    def restart_averages(self):
        """Lets the moving averages start from the present weights."""
        for average in self.averages().values():
            average.restart()

    @contextlib.contextmanager
    def averaged(self):
        """Within this context, networks that have a moving average draw with it."""
        with contextlib.ExitStack() as contexts:
            for average in self.averages().values():
                contexts.enter_context(average.applied())
            yield

    def trained_variables(self):
        """The variables of the first player."""
        return next(iter(self.players.values())).network.trainable_variables

    def losses(self, batch):
        """What is minimised, and its terms, of a batch: name -> [b]."""
        raise NotImplementedError(f"{type(self).__name__} has no losses.")

    def scores(self, batch):
        """What scoring reports of a batch: name -> [b]."""
        raise NotImplementedError(f"{type(self).__name__} has no scores.")

    def train_step(self, batch):
        """One step: every phase, as often as it is to be."""
        step = tf.identity(stack.raw_variable(self.optimizer.iterations))
        reported = {}
        for number, phase in enumerate(self.phases):
            for time in range(phase.times):
                # The first turn's keys are those of a trainer with one phase.
                self._turn = (_LATER, number, time) if number or time else ()
                reported |= self._play(phase, batch)
        self._turn = ()
        for average in self._averages().values():
            average.update(step)
        return self.track(**reported)

    def test_step(self, batch):
        """Scores of a batch."""
        return self.track(**self.scores(batch))

    def _play(self, phase, batch):
        """Moves the players of a phase; what there is to report, by name."""
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        players = {name: self.players[name] for name in phase.players}
        with tf.GradientTape(persistent=len(players) > 1) as tape:
            losses = phase.losses(batch)
            # Optimizers add the replicas' gradients up; each replica sees its share of the batch.
            shares = {
                name: tf.reduce_mean(losses[player.loss]) / replicas
                for name, player in players.items()
            }
        gradients = {
            name: _decayed(tape.gradient(shares[name], variables), variables, decay / replicas)
            for name, player in players.items()
            for variables, decay in [(player.network.trainable_variables, player.decay)]
        }
        del tape
        reported = dict(losses)
        first, *_ = self.players
        if first in gradients:
            # Of each replica's own gradient of its mean loss, averaged over replicas.
            reported["gradient_norm"] = tf.linalg.global_norm(gradients[first]) * replicas
        for name in reversed(players):  # the one that counts the steps moves last
            reported |= self._move(name, gradients[name], losses)
        return reported

    def _move(self, name, gradients, losses):
        """Takes a player's step, if its gate is open; what the gate says, by name."""
        player, optimizer = self.players[name], self.optimizer_of(name)
        variables = player.network.trainable_variables
        if player.plays is None:
            optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))
            return {}
        means = {key: global_mean(tf.reduce_mean(value)) for key, value in losses.items()}
        active, said = player.plays(means)
        apply_if(active, optimizer, gradients, variables)
        return said

    def step_key(self, *numbers):
        """[2] int32, a key of random numbers: of seed, step, phase, replica and `numbers`."""
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        step = tf.cast(stack.raw_variable(self.optimizer.iterations), tf.int32)
        key = tf.random.experimental.stateless_fold_in([self.seed, step], replica)
        for number in (*numbers, *self._turn):
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


def _decayed(gradients, variables, decay):
    """Gradients with those of half the squared weights, so many times."""
    if not decay:
        return gradients
    weights = [tf.convert_to_tensor(variable) for variable in variables]
    return [g + decay * tf.cast(w, g.dtype) for g, w in zip(gradients, weights, strict=True)]
