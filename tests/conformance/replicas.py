"""Two replicas, of half a batch each, against one: a process that does this for the whole list.

Prints a line of JSON: name of an entry -> what differs, "" for nothing.
"""

import json
import sys
import traceback

import numpy as np
import tensorflow as tf

from tests.conformance.registry import (
    BATCH,
    NETWORKS,
    TRAINERS,
    holder,
    state,
    values,
    without_chance,
)
from tfgen import stack
from tfgen.training.distribution import make_strategy

# Trainers that go through Keras' loops, and how many steps at a time. The loops are those of the
# class that all begin from; a duel has whatever is harder in a graph: a gate, phases, statistics of
# batch norm and spectral norm, a gradient in a loss.
LOOPS = {"duel": 1, "classes": 2}


def compare_network(entry, two):
    """Gradients, and statistics that training moves."""
    alone = entry.made()
    with two.scope():
        replicated = entry.made()
    copy_weights([holder(alone)], [holder(replicated)])
    inputs, weights = entry.examples(), entry.weights(alone)

    def gradients(network, inputs, weights):
        variables = holder(network).trainable_variables
        with tf.GradientTape() as tape:
            loss = entry.loss(network, inputs, weights)
        return [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]

    def shared(inputs, weights):
        context = tf.distribute.get_replica_context()
        return context.all_reduce("SUM", gradients(replicated, inputs, weights))

    halves = [{name: half(two, value) for name, value in x.items()} for x in (inputs, weights)]
    with without_chance():
        expected, found = gradients(alone, inputs, weights), two.run(shared, args=halves)
    for a, b in zip(expected, found, strict=True):
        np.testing.assert_allclose(first(two, b), a, rtol=1e-3, atol=1e-5)
    compare_variables(two, holder(alone).variables, holder(replicated).variables)


def compare_trainer(entry, two):
    """All that a step leaves, what it reports, and scores."""
    alone, replicated = _pair(entry, two)
    batch, halves = entry.batch(), {name: half(two, x) for name, x in entry.batch().items()}
    with without_chance():
        expected = alone.train_step(batch)
        two.run(replicated.train_step, args=(halves,))
    _compare_logs(alone.objective_names, expected, _logs(replicated))
    _compare_states(two, alone, replicated)
    _forget_logs(alone, replicated)
    two.run(replicated.test_step, args=(halves,))
    _compare_logs(alone.score_names, alone.test_step(batch), _logs(replicated))


def compare_loop(entry, two):
    """The same of as many steps as are run at a time, through Keras' loops."""
    steps = LOOPS[entry.name]
    alone, replicated = _pair(entry, two, steps_per_execution=steps)
    data = tf.data.Dataset.from_tensors(entry.batch())
    with without_chance():
        for _ in range(steps):
            expected = alone.train_step(entry.batch())
        history = replicated.fit(data.repeat(), epochs=1, steps_per_epoch=steps, verbose=0).history
    _compare_logs(alone.objective_names, expected, {n: x[0] for n, x in history.items()})
    _compare_states(two, alone, replicated)
    _forget_logs(alone)
    scores = replicated.evaluate(data, return_dict=True, verbose=0)
    _compare_logs(alone.score_names, alone.test_step(entry.batch()), scores)


def _pair(entry, two, **options):
    alone = entry.made(averages=True)
    with two.scope():
        replicated = entry.made(averages=True, **options)
    copy_weights(alone.networks().values(), replicated.networks().values())
    replicated.restart_averages()
    return alone, replicated


def _logs(trainer):
    """Of all replicas, as Keras' loops read them."""
    return {name: tracker.result() for name, tracker in trainer.trackers.items()}


def _compare_logs(names, expected, found):
    for name in names:
        if name != "gradient_norm":  # that of a replica's own loss
            np.testing.assert_allclose(found[name], expected[name], rtol=1e-3, err_msg=name)


def _compare_states(two, alone, replicated):
    expected, found = state(alone), state(replicated)
    for name, arrays in expected.items():
        for a, b in zip(arrays, found[name], strict=True):
            np.testing.assert_allclose(b, a, rtol=1e-3, atol=1e-5, err_msg=name)
    for a, b in zip(alone.networks().values(), replicated.networks().values(), strict=True):
        compare_variables(two, a.variables, b.variables)


def _forget_logs(*trainers):
    for trainer in trainers:
        for tracker in trainer.metrics:
            tracker.reset_state()


def copy_weights(sources, targets):
    """From networks to others."""
    for source, target in zip(sources, targets, strict=True):
        for a, b in zip(source.variables, target.variables, strict=True):
            stack.raw_variable(b).assign(values([a])[0])


def compare_variables(two, alone, replicated):
    """Those of one replica against those of both, whose copies are the same."""
    for a, b in zip(alone, replicated, strict=True):
        copies = [x.numpy() for x in two.experimental_local_results(stack.raw_variable(b))]
        assert len(copies) == 2
        np.testing.assert_array_equal(*copies, err_msg=a.name)
        np.testing.assert_allclose(copies[0], values([a])[0], rtol=1e-3, atol=1e-5, err_msg=a.name)


def half(two, value):
    """Each replica's half of a batch."""
    halves = np.split(np.asarray(value), 2)

    def of_replica(context):
        return tf.constant(halves[context.replica_id_in_sync_group])

    return two.experimental_distribute_values_from_function(of_replica)


def first(two, value):
    """The first replica's."""
    return two.experimental_local_results(value)[0]


def main(names):
    """Compares the entries of some names, or all."""
    two = make_strategy(2)
    assert BATCH % 2 == 0
    differences = {}
    of_trainers = [(compare_loop if e.name in LOOPS else compare_trainer, e) for e in TRAINERS]
    for compare, entry in [(compare_network, entry) for entry in NETWORKS] + of_trainers:
        if names and entry.name not in names:
            continue
        kind = "network" if compare is compare_network else "trainer"
        try:
            compare(entry, two)
            difference = ""
        except Exception:  # whatever it is, the others are compared too
            difference = traceback.format_exc(limit=-3)
        differences[f"{kind} {entry.name}"] = difference
    print(json.dumps(differences))


if __name__ == "__main__":
    main(sys.argv[1:])
