"""Files of weights into the networks of `papers.comparators.tables`."""

import re

import numpy as np

from tfgen.errors import InputError
from tfgen.files import replacing
from tfgen.networks import spec as rows
from tfgen.weights.files import read_arrays

_BIAS = re.compile(r"(^|[/._])(bias|biases|b|1)(:0)?$")
_PART = re.compile(r"(^|[/.]|_{1,2})(kernel|weight|weights|filter|w|0|bias|biases|b|1)(:0)?$")
# What is told of a layer in the names that people use: "conv1", "conv_1", "fc6", "dense_1".
_LAYER = re.compile(r"(conv|fc)_?(\d+)")
_TORCH = re.compile(r"(features|classifier)[./](\d+)")


def load_network(path, spec, network):
    """Fills a network, or as much of it as was built, from a file.

    Layouts are told by shape: TensorFlow's [h, w, in, out] and [in, out], or Caffe's and PyTorch's
    [out, in, h, w] and [out, in], which also flatten maps channels first.

    Args:
      path: of the file.
      spec: `papers.comparators.tables.ComparatorSpec`.
      network: `networks.layered.LayeredNetwork`, of its spec or its beginning.

    Raises:
      InputError: the file cannot be read, lacks a layer, or is of another network.
    """
    weights = _by_layer(read_arrays(path), spec.network.rows)
    layers = network.weighted_layers()
    channels_first = None
    for name, layer in layers.items():
        if name not in weights or set(weights[name]) != {"kernel", "bias"}:
            raise InputError(
                f"`path`={path} has no weights and biases of layer {name}: it has "
                f"{', '.join(sorted(weights)) or 'none that are known'}."
            )
        kernel, wanted = weights[name]["kernel"], tuple(layer.kernel.shape)
        if kernel.ndim == 4:
            # Told once, at a convolution: a square matrix fits both ways.
            if channels_first is None or kernel.shape != wanted[:3] + wanted[3:]:
                channels_first = kernel.shape != wanted
            kernel = kernel.transpose(2, 3, 1, 0) if channels_first else kernel
        elif channels_first or (channels_first is None and kernel.shape != wanted[::-1]):
            kernel = _channels_last(kernel, _map_before(network, name))
        else:
            kernel = kernel.T
        bias = weights[name]["bias"].reshape(-1)
        if kernel.shape != wanted or bias.shape != tuple(layer.bias.shape):
            raise InputError(
                f"`path`={path} is of another network: its {name} is "
                f"{weights[name]['kernel'].shape}, and {wanted} is wanted."
            )
        layer.kernel.assign(kernel)
        layer.bias.assign(bias)


def _by_layer(arrays, network_rows):
    """Layer name -> {"kernel", "bias"} -> array: by whichever way finds most."""
    names = _weighted(network_rows)
    found = max((find(arrays, names) for find in (_by_name, _by_number, _by_order)), key=len)
    weights = {}
    for (layer, part), array in found.items():
        weights.setdefault(layer, {})[part] = array
    return weights


def _by_name(arrays, names):
    """Arrays whose names are those of layers: "inception_3a/1x1/w" is inception_3a_1x1's kernel."""
    found = {}
    for name, array in arrays.items():
        layer = re.sub(r"[/.]|__", "_", _PART.sub("", name))
        if layer in names:
            found[layer, _part(name)] = array
    return found


def _by_number(arrays, names):
    """Arrays of layers that are numbered: "conv_1", "dense_2", PyTorch's "features.3"."""
    convolutions = [name for name in names if name.startswith("conv")]
    dense = [name for name in names if name not in convolutions]
    order = {}  # PyTorch numbers all layers, weighted or not: the n-th of them is one of these
    for part, layers in (("features", convolutions), ("classifier", dense)):
        numbers = {int(m[2]) for name in arrays if (m := _TORCH.search(name)) and m[1] == part}
        order |= {(part, n): name for n, name in zip(sorted(numbers), layers, strict=False)}
    found = {}
    for name, array in arrays.items():
        torch, layer = _TORCH.search(name), _LAYER.search(name)
        if torch:
            layer_name = order.get((torch[1], int(torch[2])))
        else:
            layer_name = f"{layer[1]}{layer[2]}" if layer else None
        if layer_name in names:
            found[layer_name, _part(name)] = array
    return found


def _by_order(arrays, names):
    """Arrays in the order of the layers, where there are as many kernels as those."""
    kernels = [name for name in arrays if _part(name) == "kernel"]
    if len(kernels) != len(names):
        return {}
    layers = dict(zip((_PART.sub("", name) for name in kernels), names, strict=True))
    stems = {name: _PART.sub("", name) for name in arrays}
    return {(layers[stems[n]], _part(n)): x for n, x in arrays.items() if stems[n] in layers}


def _part(name):
    return "bias" if _BIAS.search(name) else "kernel"


def _weighted(network_rows):
    """Names of the layers with weights, in order, those within branches too."""
    names = []
    for name, several in network_rows.items():
        for number, row in enumerate(rows.as_tuple(several)):
            if isinstance(row, (rows.Conv, rows.UpConv, rows.Dense)):
                names.append(name if not number else f"{name}_{number}")
            for inner in rows.inner_rows(row):
                names += _weighted(inner)
    return names


def _map_before(network, name):
    """Shape of what goes into a fully connected layer, a map or a vector."""
    before = network.input_sizes
    for row, shape in network.output_sizes.items():
        if row == name:
            return before
        before = shape
    return before


def _channels_last(kernel, before):
    """[out, in] with its inputs reordered from channels first to channels last."""
    if len(before) != 3:
        return kernel
    height, width, channels = before
    if kernel.shape[1] != height * width * channels:
        return kernel
    maps = kernel.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(maps.reshape(kernel.shape))


def save_network(path, network):
    """Writes a network as .npz, by "layer/kernel" and "layer/bias", in TensorFlow's layouts."""
    arrays = {}
    for layer in network.body:
        kernel = np.asarray(layer.kernel)
        arrays[f"{layer.name}/kernel"] = kernel.T if kernel.ndim == 2 else kernel
        arrays[f"{layer.name}/bias"] = np.asarray(layer.bias)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)
