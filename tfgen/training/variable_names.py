"""What the variables of a network are called, so that each has a name of its own."""

import keras


def named_variables(network):
    """The trainable variables of a network by the layers that they lie in.

    Keras' own names of layers that are called outside of their model begin with the layer, and
    those of different parts of a model are the same: "conv1/kernel" of an encoder and a decoder.

    Args:
      network: a Keras layer or model, or anything with `trainable_variables`.

    Returns:
      dict: "encoder/conv1/kernel" -> variable, in the order of `trainable_variables`.
    """
    places = {}
    _walk(network, "", places)
    names = [places[id(variable)] for variable in network.trainable_variables]
    return dict(zip(names, network.trainable_variables, strict=True))


def _walk(layer, path, places):
    """Adds id -> name of the variables in a layer; inner layers name theirs first."""
    if isinstance(layer, keras.layers.Layer):
        for inner in layer._flatten_layers(recursive=False, include_self=False):
            _walk(inner, f"{path}{inner.name}/", places)
    for variable in layer.trainable_variables:
        name = variable.name.split(":")[0].split("/")[-1]
        places.setdefault(id(variable), path + name)
