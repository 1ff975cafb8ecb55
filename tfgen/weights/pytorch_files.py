"""Tensors from PyTorch's files (.pth, .pt), old and new, without PyTorch and without running them.

Both are pickles whose tensors refer to storages beside them: in a ZIP archive, or, before version
1.6, after the pickles in the same file. What is not made of tensors, dicts and numbers is refused.
"""

import collections
import pickle
import zipfile

import numpy as np

_STORAGES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "BFloat16Storage": "<u2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}
_MAGIC = 0x1950A86A20F9469CFC6C


class _Tensor:
    """A view of a storage that has not been read yet."""

    def __init__(self, storage, offset, size, strides, *rest):
        del rest  # gradients and hooks
        self.storage = storage
        self.offset = offset
        self.size = tuple(size)
        self.strides = tuple(strides)

    def array(self, values):
        """The tensor as an array of its own; `values` are the storage's, by its key."""
        kind, key = self.storage
        flat = np.frombuffer(values[key], _STORAGES[kind])
        if kind == "BFloat16Storage":
            flat = (flat.astype(np.uint32) << 16).view(np.float32)
        steps = zip(self.size, self.strides, strict=True)
        last = self.offset + sum((n - 1) * step for n, step in steps)
        if min((self.offset, *self.size, *self.strides)) < 0 or (
            0 not in self.size and last >= len(flat)
        ):
            raise ValueError(f"a tensor of {self.size} reaches beyond its {len(flat)} numbers")
        strides = [step * flat.itemsize for step in self.strides]
        return np.lib.stride_tricks.as_strided(flat[self.offset :], self.size, strides).copy()


class _TensorsOnly(pickle.Unpickler):
    """Unpickles tensors in dicts and lists, and refuses whatever could run code."""

    def find_class(self, module, name):
        """What stands for a class or function, if it belongs to tensors."""
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda tensor, *rest: tensor
        if module == "torch" and name in _STORAGES:
            return name
        raise ValueError(f"it holds {module}.{name}, which is no tensor")

    def persistent_load(self, pid):
        """(kind, key) of a storage."""
        what, kind, key, *_ = pid
        if what != "storage" or kind not in _STORAGES:
            raise ValueError(f"it refers to {what!r}, which is no storage")
        return kind, str(key)


def read_tensors(path):
    """All tensors of a file.

    Args:
      path: Path of what `torch.save` wrote of tensors, a state dict for example.

    Returns:
      Dict of names, parts joined by "/", to arrays, in the file's order.

    Raises:
      ValueError: it holds other things than tensors, dicts, lists, numbers and text.
    """
    with path.open("rb") as file:
        if zipfile.is_zipfile(file):
            whole, values = _from_archive(file)
        else:
            file.seek(0)
            whole, values = _from_pickles(file)
    return {name: tensor.array(values) for name, tensor in _tensors(whole)}


def _from_archive(file):
    archive = zipfile.ZipFile(file)
    (pickled,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
    folder = pickled.removesuffix("data.pkl") + "data/"
    with archive.open(pickled) as stream:
        whole = _TensorsOnly(stream).load()
    needed = {tensor.storage[1] for _, tensor in _tensors(whole)}
    return whole, {key: archive.read(folder + key) for key in needed}


def _from_pickles(file):
    if _TensorsOnly(file).load() != _MAGIC:
        raise ValueError("it is no file of PyTorch's")
    for _ in range(2):  # version, and sizes of the machine that wrote it
        _TensorsOnly(file).load()
    whole = _TensorsOnly(file).load()
    kinds = {tensor.storage[1]: tensor.storage[0] for _, tensor in _tensors(whole)}
    values = {}
    for key in _TensorsOnly(file).load():
        count = int.from_bytes(file.read(8), "little")
        if str(key) not in kinds:
            raise ValueError(f"its storage {key} belongs to no tensor")
        length = count * np.dtype(_STORAGES[kinds[str(key)]]).itemsize
        values[str(key)] = file.read(length)
    return whole, values


def _tensors(value, name=""):
    """(name, _Tensor) of what dicts and lists hold."""
    if isinstance(value, _Tensor):
        yield name, value
    elif isinstance(value, (dict, list, tuple)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in items:
            yield from _tensors(child, f"{name}/{key}" if name else str(key))
