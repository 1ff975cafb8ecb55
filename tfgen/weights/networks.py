"""Files of weights into the networks of `papers.comparators.tables`."""

import re

import numpy as np

from tfgen.errors import InputError
from tfgen.files import replacing
from tfgen.networks import spec as rows
from tfgen.weights.files import read_arrays

_BIAS = re.compile(r"(^|[/._])(bias|biases|b|1)(:0)?$")
_PART = re.compile(
    r"(^|[/.]|_{1,2})(kernel|weight|weights|filter|w|0|bias|biases|b|1|gamma|beta|"
    r"running_mean|running_var|moving_mean|moving_variance)(:0)?$"
)
# What a normalisation's numbers are called, in ours, PyTorch's and Keras' words.
_NORM = ("scale", "shift", "mean", "variance")
_NORM_PART = dict(zip(("weight", "bias", "running_mean", "running_var"), _NORM, strict=True))
_NORM_PART |= dict(zip(("gamma", "beta", "moving_mean", "moving_variance"), _NORM, strict=True))
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
    _check_complete(path, layers, weights)
    channels_first = _has_channels_first(layers, weights)
    for name, layer in layers.items():
        its = dict(weights[name])
        if "kernel" in its:
            its["kernel"] = _in_layout(its["kernel"], channels_first, _map_before(network, name))
        for part, array in its.items():
            wanted = tuple(getattr(layer, part).shape)
            array = array if part == "kernel" else array.reshape(-1)
            if array.shape != wanted:
                raise InputError(
                    f"`path`={path} is of another network: its {name} is "
                    f"{weights[name][part].shape}, and {wanted} is wanted."
                )
            getattr(layer, part).assign(array)


def _check_complete(path, layers, weights):
    for name, layer in layers.items():
        if not set(_parts_of(layer)) <= set(weights.get(name, {})):
            raise InputError(
                f"`path`={path} has no weights and biases of layer {name}: it has "
                f"{', '.join(sorted(weights)) or 'none that are known'}."
            )
        weights[name] = {part: weights[name][part] for part in _parts_of(layer)}


def _parts_of(layer):
    """Names of a layer's weights."""
    return [part for part in ("kernel", "bias", *_NORM) if hasattr(layer, part)]


def _has_channels_first(layers, weights):
    """Whether kernels are [out, in, h, w] and [out, in]; told by all, as single ones may fit both
    ways.
    """
    kernels = [
        (weights[name]["kernel"], tuple(layer.kernel.shape))
        for name, layer in layers.items()
        if hasattr(layer, "kernel")
    ]
    maps = [array.shape != wanted for array, wanted in kernels if len(wanted) == 4]
    # Ours of fully connected layers are [out, in], as PyTorch's.
    return any(maps) if maps else all(array.shape == wanted for array, wanted in kernels)


def _in_layout(kernel, channels_first, before):
    """A kernel of a file in our layout: [h, w, in, out], [out, in]."""
    if kernel.ndim == 4:
        return kernel.transpose(2, 3, 1, 0) if channels_first else kernel
    return _channels_last(kernel, before) if channels_first else kernel.T


def _by_layer(arrays, network_rows):
    """Layer name -> part -> array: by whichever way of naming finds most layers."""
    names = _weighted(network_rows)
    found = max((find(arrays, names) for find in (_by_name, _by_number, _by_order)), key=len)
    weights = {}
    for (layer, part), array in found.items():
        weights.setdefault(layer, {})[part] = array
    return weights | _norms(arrays, {id(array): layer for (layer, _), array in found.items()})


def _norms(arrays, layers):
    """The normalisation after each layer -> part -> array: in files it follows the layer's kernel.

    Args:
      arrays: of the file.
      layers: id of an array -> the layer that it is of.
    """
    found, last = {}, None
    means = {_PART.sub("", name) for name in arrays if _NORM_PART.get(_end(name)) == "mean"}
    for name, array in arrays.items():
        last = layers.get(id(array), last)
        if _PART.sub("", name) in means and last and _end(name) in _NORM_PART:
            found.setdefault(f"{last}_norm", {})[_NORM_PART[_end(name)]] = array
    return found


def _end(name):
    """The last part of an array's name."""
    return re.split(r"[/.:]", name.removesuffix(":0"))[-1]


def _by_name(arrays, names):
    """Arrays whose names are those of layers: "inception_3a/1x1/w" is inception_3a_1x1's kernel."""
    found = {}
    for name, array in arrays.items():
        layer = re.sub(r"[/._]+", "_", _PART.sub("", name)).strip("_")
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
