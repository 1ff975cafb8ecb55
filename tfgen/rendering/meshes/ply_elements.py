"""PLY's container: a header that declares elements, and their values as text or binary."""

import dataclasses
import re

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.meshes.text import decoded, numbers

_KINDS = {"char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4"}
_KINDS |= {"int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4"}
_KINDS |= {"uint32": "u4", "int64": "i8", "uint64": "u8"}
_KINDS |= {"float": "f4", "float32": "f4", "double": "f8", "float64": "f8"}
_FORMATS = {"ascii": None, "binary_little_endian": "<", "binary_big_endian": ">"}
_END = re.compile(rb"(?<=[\r\n])[ \t]*end_header[ \t]*(\r\n|\n|\r)")  # comments may hold the word


@dataclasses.dataclass
class Lists:
    """A list of each element: its values one after another, and how many each has."""

    values: np.ndarray
    sizes: np.ndarray


@dataclasses.dataclass
class Element:
    """What a header declares, and its values.

    Attributes:
      name, count: "vertex", how many.
      properties: name -> NumPy kind, or (kind of the size, kind of the values) of a list.
      values: name -> [count] array, or Lists.
    """

    name: str
    count: int
    properties: dict = dataclasses.field(default_factory=dict)
    values: dict = dataclasses.field(default_factory=dict)


def read_elements(data):
    """(name -> Element, comments: list of str) of a PLY file's bytes.

    Raises:
      InputError: it is none, or cut.
    """
    if data[:3] != b"ply" and decoded(data[:64]).lstrip().startswith("ply"):
        data = decoded(data).lstrip().encode()  # as text, by an editor that put a mark before it
    end = _END.search(data)
    if data[:3] != b"ply" or not end:
        raise InputError(f"it is no PLY: it begins with {data[:16]!r}")
    elements, comments, order = _header(decoded(data[: end.start()]))
    read = _Words(data[end.end() :]) if order is None else _Bytes(data, end.end(), order)
    for element in elements:
        try:
            read.element(element)
        except IndexError:
            raise InputError(
                f'it is cut: it ends before the last of {element.count} "{element.name}"'
            ) from None
    return {element.name: element for element in elements}, comments


def _header(text):
    elements, comments, order = [], [], None
    for line in text.split("\n"):
        word, *rest = line.split() or [""]
        try:
            if word == "format":
                order = _FORMATS[rest[0]]
            elif word == "comment":
                comments.append(line.strip()[len(word) :].strip())
            elif word == "element":
                elements.append(Element(rest[0], int(rest[1])))
            elif word == "property":
                kinds = [_KINDS[kind] for kind in rest[:-1] if kind != "list"]
                kind = (kinds[0], kinds[1]) if rest[0] == "list" else kinds[0]
                elements[-1].properties[rest[-1]] = kind
        except (KeyError, IndexError, ValueError):
            raise InputError(f'its header has a line "{line.strip()[:60]}"') from None
    if any(element.count < 0 for element in elements):
        raise InputError("its header has a count below 0")
    return elements, comments, order


class _Words:
    """Values written as text."""

    def __init__(self, data):
        self._values = numbers(decoded(data))
        self._at = 0

    def element(self, element):
        """Fills in the values of the next element, which must fit into what is left.

        Raises:
          IndexError: it is cut.
        """
        count, kinds = element.count, element.properties
        if not any(isinstance(kind, tuple) for kind in kinds.values()):
            table = self._take(count * len(kinds)).reshape(count, len(kinds))
            for name, column in zip(kinds, table.T, strict=True):
                element.values[name] = column
            return
        if len(kinds) == 1 and count:
            width = 1 + int(self._values[self._at])
            table = self._values[self._at : self._at + count * width]
            if table.size == count * width and (table[::width] == width - 1).all():
                (name,) = kinds
                values = table.reshape(count, width)[:, 1:].reshape(-1)
                element.values[name] = Lists(values, np.full(count, width - 1))
                self._at += count * width
                return
        if count > len(self._values):
            raise IndexError
        rows = {name: [] for name in kinds}
        for _ in range(count):
            for name, kind in kinds.items():
                size = int(self._take(1)[0]) if isinstance(kind, tuple) else 1
                rows[name].append(self._take(size))
        _fill(element, rows)

    def _take(self, count):
        if not 0 <= count <= len(self._values) - self._at:
            raise IndexError
        self._at += count
        return self._values[self._at - count : self._at]


class _Bytes:
    """Values written as they lie in memory, in an order of bytes."""

    def __init__(self, data, at, order):
        self._data, self._at, self._order = data, at, order

    def element(self, element):
        """As `_Words.element`."""
        count, kinds = element.count, element.properties
        if not any(isinstance(kind, tuple) for kind in kinds.values()):
            record = np.dtype([(name, self._order + kind) for name, kind in kinds.items()])
            table = self._take(record, count)
            element.values |= {name: table[name] for name in kinds}
            return
        sizes = self._sizes_if_alike(kinds, count)
        if sizes is not None:
            fields = []
            for name, kind in kinds.items():
                if isinstance(kind, tuple):
                    fields.append((f"size of {name}", self._order + kind[0]))
                    fields.append((name, self._order + kind[1], (sizes[name],)))
                else:
                    fields.append((name, self._order + kind))
            record = np.dtype(fields)
            if len(self._data) - self._at >= record.itemsize * count:
                table = np.frombuffer(self._data, record, count, self._at)
                if all((table[f"size of {name}"] == size).all() for name, size in sizes.items()):
                    self._at += record.itemsize * count
                    for name in kinds:
                        if name in sizes:
                            its = np.full(count, sizes[name])
                            element.values[name] = Lists(table[name].reshape(-1), its)
                        else:
                            element.values[name] = table[name]
                    return
        if count > len(self._data):
            raise IndexError
        rows = {name: [] for name in kinds}
        types = {
            name: tuple(np.dtype(self._order + each) for each in kind)
            if isinstance(kind, tuple)
            else np.dtype(self._order + kind)
            for name, kind in kinds.items()
        }
        for _ in range(count):
            for name, kind in types.items():
                size = 1
                if isinstance(kind, tuple):
                    size, kind = int(self._take(kind[0], 1)[0]), kind[1]
                rows[name].append(self._take(kind, size))
        _fill(element, rows)

    def _sizes_if_alike(self, kinds, count):
        """Sizes of the first row's lists, by name; None without a row."""
        if not count:
            return None
        at, sizes = self._at, {}
        for name, kind in kinds.items():
            if isinstance(kind, tuple):
                sizes[name] = int(self._take(np.dtype(self._order + kind[0]), 1)[0])
                self._take(np.dtype(self._order + kind[1]), sizes[name])
            else:
                self._take(np.dtype(self._order + kind), 1)
        self._at = at
        return sizes

    def _take(self, kind, count):
        if not 0 <= count * kind.itemsize <= len(self._data) - self._at:
            raise IndexError
        values = np.frombuffer(self._data, kind, count, self._at)
        self._at += count * kind.itemsize
        return values


def _fill(element, rows):
    for name, its in rows.items():
        values = np.concatenate([*its, np.zeros(0)]) if its else np.zeros(0)
        is_list = isinstance(element.properties[name], tuple)
        sizes = np.array([len(each) for each in its], int)
        element.values[name] = Lists(values, sizes) if is_list else values
