"""Arrays by name from files of weights, of NumPy, Keras, PyTorch; nothing in them is run."""

import pickle
from pathlib import Path

import numpy as np

from tfgen.errors import InputError, one_line
from tfgen.weights.pytorch_files import read_tensors

# What pickled arrays are made of.
_ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("_codecs", "encode"),
}


class _ArraysOnly(pickle.Unpickler):
    """Reads pickled NumPy arrays in dicts and lists, and refuses whatever could run code."""

    def find_class(self, module, name):
        """The class or function, if it belongs to arrays."""
        if (module, name) not in _ALLOWED:
            raise InputError(f"it holds {module}.{name}, which is no array")
        return super().find_class(module, name)


def read_arrays(path):
    """All arrays of a file.

    Args:
      path: .npz; .npy that holds a dict of arrays, as Caffe's weights are converted; .h5 of Keras;
        .safetensors; .pth and .pt of PyTorch.

    Returns:
      Dict of names, parts joined by "/", to arrays.

    Raises:
      InputError: the file is missing, of another kind, or holds what is no array.
    """
    path = Path(path)
    readers = {".npz": _npz, ".npy": _npy, ".h5": _h5, ".safetensors": _safetensors}
    readers |= {".pth": read_tensors, ".pt": read_tensors}
    if not path.exists():
        raise InputError(
            f"`path`={path} does not exist: give a file of weights or a run that made them."
        )
    if path.suffix not in readers:
        raise InputError(
            f"`path`={path} is no file of weights that can be read: give {', '.join(readers)}."
        )
    try:
        arrays = readers[path.suffix](path)
    except Exception as error:  # readers of strangers' files raise anything
        reason = one_line(error, 150) or type(error).__name__
        raise InputError(f"`path`={path} cannot be read as weights ({reason}).") from None
    if not arrays:
        raise InputError(f"`path`={path} holds no arrays: give a file of weights.")
    return arrays


def _npz(path):
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _npy(path):
    with path.open("rb") as file:
        version = np.lib.format.read_magic(file)
        read = {(1, 0): "read_array_header_1_0", (2, 0): "read_array_header_2_0"}[version]
        getattr(np.lib.format, read)(file)
        return dict(_flat(_ArraysOnly(file, encoding="latin1").load()))


def _flat(value, name=""):
    """(name, array) of what dicts and lists hold."""
    if isinstance(value, np.ndarray) and value.dtype == object and value.ndim == 0:
        value = value.item()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, (list, tuple)):
        children = enumerate(value)
    else:
        yield name, np.asarray(value)
        return
    for key, child in children:
        yield from _flat(child, f"{name}/{key}" if name else str(key))


def _h5(path):
    import h5py

    arrays = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            arrays[name] = item[()]

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return arrays


def _safetensors(path):
    from safetensors.numpy import load_file

    return load_file(path)
