"""Functions of a user's own files as features: of NumPy's arrays, or of TensorFlow's tensors."""

import importlib.util
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError, one_line

# Operations that call back into Python: no export can hold them, and no gradient passes.
_PYTHON = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}


def load_function(path, name):
    """A function of a user's file, which is run, as the user asked; InputError."""
    if not Path(path).is_file():
        raise InputError(f"`feature`={path}:{name} names no file: give FILE.py:FUNCTION.")
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a user's file raises
        raise InputError(f"`feature`={path}:{name}: {path} fails: {one_line(error)}") from None
    if not callable(getattr(module, name, None)):
        raise InputError(f"`feature`={path}:{name}: {path} has no function {name}.")
    return getattr(module, name)


def in_graph(function, image_size):
    """A function as a graph of TensorFlow's, where it can be one and then gives the same.

    Args:
      function: of images [b, s, s, 3] float32, of which nothing is known.
      image_size: s.

    Returns:
      (function of tensors, variables that it reads); None for one that needs NumPy's arrays.
    """
    images = np.random.default_rng(0).random((2, image_size, image_size, 3), np.float32)
    graph = tf.function(function, autograph=False)
    try:
        expected = np.asarray(function(images), np.float32)  # makes, too, what it makes only once
        spec = tf.TensorSpec((None, *images.shape[1:]), tf.float32)
        concrete = graph.get_concrete_function(spec)
        found = np.asarray(concrete(tf.constant(images)), np.float32)
    except Exception:  # whatever a user's function raises, of tensors that have no values
        return None
    definition = concrete.graph.as_graph_def()
    nodes = [*definition.node, *(n for f in definition.library.function for n in f.node_def)]
    same = found.shape == expected.shape and np.allclose(found, expected, rtol=1e-3, atol=1e-4)
    if not same or any(node.op in _PYTHON for node in nodes):
        return None
    return graph, list(concrete.variables)
