"""Starting a run from the weights of another one, as far as names and shapes agree."""

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import trackable_object_graph_pb2

from tfgen import stack
from tfgen.config import registry
from tfgen.errors import InputError
from tfgen.runs.restore import read_facts
from tfgen.training import checkpoint_files
from tfgen.training.run_directory import RunDirectory

_NAMED = 5  # weights that are named one by one


def start_from(path, networks, task, facts):
    """Copies another run's weights, the last ones and not their average, into networks.

    Args:
      path: of the other run's folder, of any task.
      networks: name -> network, as checkpoints have them.
      task: `runs.task.Task` of the run that starts.
      facts: its facts.

    Returns:
      Lines: how much was taken, and what was not.

    Raises:
      InputError: there is no such run or no checkpoint in it, or nothing of it fits.
    """
    directory = RunDirectory(path)
    if not directory.flags.is_file():
        raise InputError(f"`path`={path} holds no run: give a run's folder.")
    settings = directory.read_settings()
    earlier_facts = read_facts(directory, registry.find(settings.task).task_class()(settings))
    checkpoint = checkpoint_files.newest(directory.checkpoints)
    if checkpoint is None:
        raise InputError(f"`path`={path} has no checkpoint: train it first.")
    saved = SavedWeights(checkpoint)
    taken, partly, missing = [], [], []
    for name, variable in weights(networks).items():
        value = saved.get(name)
        if value is None:
            missing.append(name)
            continue
        adopted = task.adopted(name, value, variable.numpy(), earlier_facts, facts)
        if adopted is None and value.shape == variable.shape:
            variable.assign(value)
            taken.append(name)
        elif adopted is None or np.array_equal(adopted, variable.numpy()):
            missing.append(name)
        else:
            variable.assign(adopted)
            partly.append(name)
    if not taken and not partly:
        raise InputError(
            f"`path`={path}: none of its weights fits, by name and shape: give a run of the "
            "same task and architecture."
        )
    lines = [f"started from {checkpoint}: {len(taken)} weights taken"]
    if partly:
        lines[0] += f", in part {_listed(partly)}"
    if missing:
        lines[0] += f"; not there, or of another shape: {_listed(missing)}"
    return lines


def by_names(earlier, value, names_before, names):
    """A start for fully connected weights of one-hot inputs: styles, words, classes.

    Args:
      earlier, value: arrays, another run's and this one's; a column a name, [units, names].
      names_before, names: what their columns belong to.

    Returns:
      `value` with the columns of names that both have from `earlier`; None if these are other
      weights, or the names are the same.
    """
    names_before, names = list(names_before), list(names)
    if names_before == names or earlier.ndim != 2 or value.ndim != 2:
        return None
    columns = (earlier.shape[1], value.shape[1]) == (len(names_before), len(names))
    if not columns or earlier.shape[0] != value.shape[0]:
        return None
    value = value.copy()
    for place, name in enumerate(names):
        if name in names_before:
            value[:, place] = earlier[:, names_before.index(name)]
    return value


class SavedWeights:
    """The weights in a checkpoint, by the way that leads to them.

    Keys of the file would not do: what can be reached in several ways has the shortest one's, and
    under Keras 3 that of trained weights leads through the optimizer.

    Args:
      checkpoint: path.
    """

    def __init__(self, checkpoint):
        self._reader = tf.train.load_checkpoint(str(checkpoint))
        graph = trackable_object_graph_pb2.TrackableObjectGraph()
        graph.ParseFromString(self._reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
        self._nodes = graph.nodes

    def get(self, name):
        """The array of a name, as `weights` gives it; None if there is none."""
        node = self._nodes[0]
        for part in name.split("/"):
            places = [each.node_id for each in node.children if each.local_name == part]
            if not places:
                return None
            node = self._nodes[places[0]]
        keys = [each.checkpoint_key for each in node.attributes if each.name == "VARIABLE_VALUE"]
        return self._reader.get_tensor(keys[0]) if keys else None


def weights(networks):
    """Name, the way that leads to it ("generator/body/0/kernel") -> tf.Variable of networks."""
    root = tf.train.Checkpoint(**networks)
    view = tf.train.TrackableView(root)
    named, visited, queue = {}, set(), [("", root)]
    while queue:  # breadth first, as checkpoints name what can be reached in several ways
        prefix, node = queue.pop(0)
        if id(node) in visited:
            continue
        visited.add(id(node))
        if stack.is_variable(node):
            named[prefix] = stack.raw_variable(node)
            continue
        for name, child in view.children(node).items():
            queue.append((f"{prefix}/{name}" if prefix else name, child))
    named.pop("save_counter", None)
    return named


def _listed(names):
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown
