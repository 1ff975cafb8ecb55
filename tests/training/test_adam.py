"""The fused Adam against Keras'."""

import keras
import numpy as np
import tensorflow as tf

from tfgen import stack
from tfgen.training.adam import FusedAdam
from tfgen.training.schedules import HoldThenHalve

SHAPES = ((5, 3), (7,), ())
STEPS = 12


def trained(optimizer_class, strategy, steps=STEPS, **more):
    """Variables and the optimizer's, after steps along gradients that are functions of the step."""
    with strategy.scope():
        layer = keras.layers.Layer()
        variables = [
            layer.add_weight(name=f"v{i}", shape=shape, initializer="ones")
            for i, shape in enumerate(SHAPES)
        ]
        schedule = HoldThenHalve(0.1, 4, 3)
        optimizer = optimizer_class(schedule, beta_1=0.8, beta_2=0.99, epsilon=1e-4, **more)
        optimizer.build(variables)

    @tf.function
    def step(number):
        def replica():
            gradients = [
                tf.random.stateless_normal(shape, [i, number]) for i, shape in enumerate(SHAPES)
            ]
            optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))

        strategy.run(replica)

    for number in range(steps):
        step(tf.constant(number))
    return [np.asarray(stack.raw_variable(v)) for v in variables], optimizer


def assert_is_keras_adam(strategy):
    fused, optimizer = trained(FusedAdam, strategy)
    plain, reference = trained(keras.optimizers.Adam, strategy)
    for a, b in zip(fused, plain, strict=True):
        assert np.all(a != 1)
        np.testing.assert_allclose(a, b, rtol=2e-5)
    for a, b in zip(*map(stack.optimizer_variables, (optimizer, reference)), strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=2e-5)


def test_it_is_keras_adam():
    assert_is_keras_adam(tf.distribute.get_strategy())


def test_weights_decay_beside_its_step():
    strategy = tf.distribute.get_strategy()
    for a, b in zip(
        trained(FusedAdam, strategy, weight_decay=0.5)[0],
        trained(keras.optimizers.Adam, strategy, weight_decay=0.5)[0],
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=2e-5)
    (once, *_), _ = trained(FusedAdam, strategy, 1, weight_decay=0.5)
    (plain, *_), _ = trained(FusedAdam, strategy, 1)
    np.testing.assert_allclose(plain - once, 0.1 * 0.5, rtol=1e-4)


def test_its_checkpoints_are_keras_adams(tmp_path):
    strategy = tf.distribute.get_strategy()
    _, reference = trained(keras.optimizers.Adam, strategy)
    path = tf.train.Checkpoint(optimizer=reference).save(str(tmp_path / "ckpt"))
    _, fused = trained(FusedAdam, strategy, steps=1)
    tf.train.Checkpoint(optimizer=fused).restore(path).assert_existing_objects_matched()
    for a, b in zip(*map(stack.optimizer_variables, (fused, reference)), strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-6)


def test_sparse_gradients_do_what_dense_ones_do():
    layer = keras.layers.Layer()
    variable = layer.add_weight(name="v", shape=(4, 2), initializer="ones")
    optimizer = FusedAdam(0.1)
    optimizer.build([variable])
    rows = tf.IndexedSlices(tf.ones((1, 2)), tf.constant([2]), tf.constant([4, 2]))
    optimizer.apply_gradients([(rows, variable)])
    moved = np.asarray(stack.raw_variable(variable)) != 1
    assert moved.tolist() == [[False] * 2, [False] * 2, [True] * 2, [False] * 2]
