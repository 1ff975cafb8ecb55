"""PyTorch's files as PyTorch writes them, made here of a stand-in for it."""

import io
import pickle
import sys
import types
import zipfile

import numpy as np
import pytest

from tfgen.errors import InputError
from tfgen.weights.files import read_arrays


class Storage:
    """What a tensor's numbers lie in."""

    def __init__(self, key, values, kind="FloatStorage"):
        self.key, self.values, self.kind = key, values, kind


class Tensor:
    """A view of a storage, pickled as PyTorch does."""

    def __init__(self, storage, size, strides, offset=0):
        self.arguments = (storage, offset, size, strides, False, {})

    def __reduce__(self):
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.arguments


@pytest.fixture(autouse=True)
def torch(monkeypatch):
    """The names that the pickles refer to."""
    module, inner = types.ModuleType("torch"), types.ModuleType("torch._utils")

    def _rebuild_tensor_v2(*arguments):
        raise AssertionError("nothing of the file's is run")

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    inner._rebuild_tensor_v2 = _rebuild_tensor_v2
    for kind in ("FloatStorage", "HalfStorage", "LongStorage", "BFloat16Storage"):
        setattr(module, kind, type(kind, (), {"__module__": "torch"}))
    monkeypatch.setitem(sys.modules, "torch", module)
    monkeypatch.setitem(sys.modules, "torch._utils", inner)
    return module


class Pickler(pickle.Pickler):
    """Stores storages beside the pickle, as PyTorch does."""

    def persistent_id(self, item):
        if isinstance(item, Storage):
            kind = getattr(sys.modules["torch"], item.kind)
            return "storage", kind, item.key, "cpu", len(item.values)
        return None


def pickled(value):
    out = io.BytesIO()
    Pickler(out, protocol=2).dump(value)
    return out.getvalue()


def archive(path, value, storages):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", pickled(value))
        for storage in storages:
            file.writestr(f"archive/data/{storage.key}", storage.values.tobytes())


def before_archives(path, value, storages):
    with path.open("wb") as file:
        for head in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            file.write(pickle.dumps(head, protocol=2))
        file.write(pickled(value))
        file.write(pickle.dumps([storage.key for storage in storages], protocol=2))
        for storage in storages:
            file.write(len(storage.values).to_bytes(8, "little") + storage.values.tobytes())


@pytest.mark.parametrize("write", [archive, before_archives])
def test_views_of_storages_become_arrays(write, tmp_path):
    numbers = Storage("0", np.arange(12, dtype=np.float32))
    halves = Storage("1", np.array([1.5, -2.0], np.float16), "HalfStorage")
    brain = (np.array([1.5, -3.0], np.float32).view(np.uint32) >> 16).astype(np.uint16)
    steps = Storage("2", np.array([7]), "LongStorage")
    coarse = Storage("3", brain, "BFloat16Storage")
    value = {
        "state_dict": {
            "conv.weight": Tensor(numbers, (2, 3), (3, 1)),
            "turned": Tensor(numbers, (3, 2), (1, 3), 4),
            "halves": Tensor(halves, (2,), (1,)),
            "steps": Tensor(steps, (), ()),
            "coarse": Tensor(coarse, (2,), (1,)),
        },
        "epoch": 3,
    }
    write(tmp_path / "w.pth", value, [numbers, halves, steps, coarse])
    found = read_arrays(tmp_path / "w.pth")
    assert list(found) == [f"state_dict/{name}" for name in value["state_dict"]]
    np.testing.assert_array_equal(found["state_dict/conv.weight"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(found["state_dict/turned"], [[4, 7], [5, 8], [6, 9]])
    np.testing.assert_array_equal(found["state_dict/halves"], [1.5, -2.0])
    np.testing.assert_array_equal(found["state_dict/coarse"], [1.5, -3.0])
    assert found["state_dict/steps"] == 7


@pytest.mark.parametrize("write", [archive, before_archives])
@pytest.mark.parametrize(("size", "strides", "offset"), [((5,), (1,), 0), ((2,), (-1,), 1)])
def test_tensors_that_reach_beyond_their_storage_are_refused(
    write, size, strides, offset, tmp_path
):
    numbers = Storage("0", np.arange(4, dtype=np.float32))
    write(tmp_path / "w.pth", {"x": Tensor(numbers, size, strides, offset)}, [numbers])
    with pytest.raises(InputError, match=r"cannot be read as weights .*reaches beyond"):
        read_arrays(tmp_path / "w.pth")


@pytest.mark.parametrize("write", [archive, before_archives])
def test_what_could_run_code_is_refused(write, tmp_path, capsys):
    class Evil:
        def __reduce__(self):
            return print, ("run",)

    write(tmp_path / "w.pth", {"x": Evil()}, [])
    with pytest.raises(InputError, match="print, which is no tensor"):
        read_arrays(tmp_path / "w.pth")
    assert not capsys.readouterr().out


def test_a_cut_file_is_refused(tmp_path):
    numbers = Storage("0", np.arange(100, dtype=np.float32))
    before_archives(tmp_path / "w.pth", {"x": Tensor(numbers, (100,), (1,))}, [numbers])
    data = (tmp_path / "w.pth").read_bytes()
    (tmp_path / "w.pth").write_bytes(data[:-40])
    with pytest.raises(InputError, match="reaches beyond its 90 numbers"):
        read_arrays(tmp_path / "w.pth")
