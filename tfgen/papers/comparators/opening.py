"""Comparators as others open them: by name and layer, with weights from a run or a file."""

import math

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError, one_line, renamed
from tfgen.features.by_name import find_feature
from tfgen.papers.comparators.comparator import make_comparator, parse
from tfgen.papers.comparators.tables import COMPARATORS
from tfgen.training.checkpoints import restore_networks
from tfgen.training.run_directory import RunDirectory
from tfgen.weights.networks import load_network


def extractor_from(feature, weights, image_size, dtype="float32"):
    """What computes features of any kind, or holds them.

    Args:
      feature: as `features.by_name.find_feature` takes it, or a layer of a network of the tables.
      weights: of that network; others hold their own.
      image_size, dtype: as of `comparator_from`.

    Returns:
      `features.contract.FeatureExtractor`.

    Raises:
      InputError: it is not known, or cannot be used.
    """
    extract = find_feature(feature, image_size)
    if extract is not None:
        return extract
    with renamed(comparator="feature"):
        return comparator_from(feature, weights, image_size, dtype)


def check_gradient(extract, feature, image_size):
    """Raises InputError unless images can be trained by a loss in some features.

    Args:
      extract: `features.contract.FeatureExtractor`.
      feature: its name.
      image_size: of the images.
    """
    remedy = "give a layer of a network, a SavedModel of real numbers, or a function of tensors"
    if not extract.in_graph:
        raise InputError(
            f"`feature`={feature} is not computed by TensorFlow, and no gradient passes: {remedy}."
        )
    rng = np.random.default_rng(0)
    images = tf.constant(rng.random((1, image_size, image_size, 3)), tf.float32)
    try:
        with tf.GradientTape() as tape:
            tape.watch(images)
            length = tf.reduce_sum(tf.square(extract(images)))
        gradient = tape.gradient(length, images)
    except Exception as error:  # of operations without a gradient, in graphs of any making
        raise InputError(
            f"`feature`={feature} has no gradient ({one_line(error)}): {remedy}."
        ) from None
    norm = 0.0 if gradient is None else float(tf.norm(gradient))
    if not math.isfinite(norm) or not norm:
        what = "no gradient" if not norm else f"a gradient of {norm}"
        raise InputError(f"`feature`={feature} has {what} by which to draw images: {remedy}.")


def comparator_from(comparator, weights, image_size, dtype="float32"):
    """The comparator of a name, with its weights.

    Args:
      comparator: "caffenet:conv5".
      weights: a run that trained a comparator, a file, or "random".
      image_size: of the images.
      dtype: precision.

    Raises:
      InputError: it is not known, or the weights are missing or do not fit.
    """
    name, _ = parse(comparator)
    width, classes, unit = 1.0, None, 1.0
    run = RunDirectory(weights)
    if weights and run.flags.is_file():
        settings = run.read_settings()
        if settings.task != "comparator" or settings.model.architecture != name:
            raise InputError(
                f"`weights`={weights} is a run of {settings.model.architecture}, and "
                f"`comparator`={comparator} wants one of {name}."
            )
        width, facts = settings.model.width, facts_of(run)
        classes, unit = len(facts["classes"]) or None, facts["unit"]

    def load(path, spec, network):
        if run.flags.is_file():
            restore_networks(run.checkpoints, {"network": network})
        else:
            with renamed(path="weights"):
                load_network(path, spec, network)

    return make_comparator(comparator, image_size, weights, load, width, dtype, classes, unit)


def facts_of(directory):
    """What a comparator's run keeps: classes, the names that it learns by, [] if it has none; unit,
    by which it divides its inputs, 1 in runs of earlier versions.
    """
    facts = directory.read_facts()
    if facts is None:
        earlier = directory.path / "classes.txt"
        lines = earlier.read_text(encoding="utf-8").splitlines() if earlier.is_file() else []
        facts = {"classes": lines}
    return {"unit": 1.0} | facts


def comparator_spec(architecture):
    """A row of COMPARATORS; InputError if there is none."""
    if architecture not in COMPARATORS:
        raise InputError(
            f"`architecture`={architecture} is no comparator: choose one of "
            f"{', '.join(COMPARATORS)}."
        )
    return COMPARATORS[architecture]
