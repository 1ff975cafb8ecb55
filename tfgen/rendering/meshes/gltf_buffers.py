"""glTF's containers: the JSON, its buffers, and the arrays that accessors make of them."""

import base64
import binascii
import json
import struct

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.meshes.text import decoded

_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_MOST_NUMBERS = 300_000_000
_JSON, _BINARY = 0x4E4F534A, 0x004E4942
# What must be understood to draw a model, and is; materials of other kinds show their base colour.
_UNDERSTOOD = {
    "KHR_mesh_quantization",
    "KHR_texture_transform",
    "KHR_lights_punctual",
    "EXT_texture_webp",
    "EXT_texture_avif",
}
_HINTS = {
    "KHR_draco_mesh_compression": "Draco; write it anew without compression",
    "EXT_meshopt_compression": "meshopt; write it anew without compression",
    "KHR_meshopt_compression": "meshopt; write it anew without compression",
    "KHR_texture_basisu": "Basis textures; write it anew with PNG or JPEG",
}


class Document:
    """A glTF file.

    Args:
      data: bytes of a .glb or .gltf.
      beside: `sources.Beside`, for buffers and pictures.

    Attributes:
      json: dict.

    Raises:
      InputError: it is none, of another version, cut, or needs what is not read here.
    """

    def __init__(self, data, beside):
        self._beside = beside
        self._binary, self._buffers = b"", {}
        if data[:4] == b"glTF":
            text = self._chunks(data)
        elif data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
            text = data
        else:
            raise InputError(f"it is no glTF: it begins with {data[:16]!r}")
        try:
            self.json = json.loads(decoded(text))
        except (json.JSONDecodeError, RecursionError) as error:
            raise InputError(f"its JSON is broken ({error})") from None
        version = str(self.json.get("asset", {}).get("version", "2.0"))
        if not version.startswith("2"):
            raise InputError(f"it is version {version} of glTF, and only 2 is read")
        for name in self.json.get("extensionsRequired", []):
            if name not in _UNDERSTOOD and not name.startswith(("KHR_materials_", "KHR_xmp")):
                raise not_read(name)

    def _chunks(self, data):
        if len(data) < 20:
            raise InputError("it is cut: its header is not whole")
        version, length = struct.unpack("<II", data[4:12])
        if version != 2:
            raise InputError(f"it is version {version} of glTF, and only 2 is read")
        if length > len(data):
            raise InputError(f"it is cut: {len(data)} of {length} bytes")
        at, text = 12, None
        while at + 8 <= length:
            size, kind = struct.unpack("<II", data[at : at + 8])
            chunk = data[at + 8 : at + 8 + size]
            if kind == _JSON and text is None:
                text = chunk
            elif kind == _BINARY and not self._binary:
                self._binary = chunk
            at += 8 + size
        if text is None:
            raise InputError("it holds no JSON")
        return text

    def get(self, kind, number):
        """One of the file's objects, `get("meshes", 0)`."""
        several = self.json.get(kind, [])
        if not isinstance(number, int) or not 0 <= number < len(several):
            raise InputError(f"it names {kind} {number} of {len(several)}")
        return several[number]

    def external(self, uri):
        """The bytes that a URI stands for."""
        if uri.startswith("data:"):
            try:
                return base64.b64decode(uri.partition(",")[2])
            except (binascii.Error, ValueError):
                raise InputError("data within it is no base64") from None
        path = self._beside.find(uri)
        if path is None:
            raise InputError(f"{uri[:100]} is not found")
        return self._beside.read(path)

    def view(self, number):
        """(bytes of a buffer view, its stride or None)."""
        view = self.get("bufferViews", number)
        which = view["buffer"]
        if which not in self._buffers:
            uri = self.get("buffers", which).get("uri")
            self._buffers[which] = self._binary if uri is None else self.external(uri)
        for name in _HINTS:
            if name in view.get("extensions", {}) and not self._buffers[which]:
                raise not_read(name)
        start = view.get("byteOffset", 0)
        return self._buffers[which][start : start + view["byteLength"]], view.get("byteStride")

    def array(self, number):
        """The values of an accessor, sparse ones put in: [count, width].

        Whole numbers that are normalised come as float64 in [-1, 1].
        """
        accessor = self.get("accessors", number)
        dtype, width = np.dtype(_TYPES[accessor["componentType"]]), _WIDTHS[accessor["type"]]
        count = accessor["count"]
        if not 0 <= count * width <= _MOST_NUMBERS:
            raise InputError(f"an accessor says that it has {count} values")
        if "bufferView" in accessor:
            place = accessor["bufferView"], accessor.get("byteOffset", 0)
            values = self._values(*place, count, dtype, width).copy()
        else:
            values = np.zeros((count, width), dtype)
        if "sparse" in accessor:
            sparse = accessor["sparse"]
            where, what = sparse["indices"], sparse["values"]
            kind = np.dtype(_TYPES[where["componentType"]])
            place = where["bufferView"], where.get("byteOffset", 0)
            places = self._values(*place, sparse["count"], kind, 1)[:, 0]
            if len(places) and places.max() >= count:
                raise InputError("a sparse accessor reaches beyond its values")
            place = what["bufferView"], what.get("byteOffset", 0)
            values[places] = self._values(*place, sparse["count"], dtype, width)
        if accessor.get("normalized") and dtype.kind in "iu":
            return np.maximum(values / np.iinfo(dtype).max, -1.0)
        return values

    def _values(self, view, offset, count, dtype, width):
        data, stride = self.view(view)
        size = dtype.itemsize * width
        stride = stride or size
        if count and offset + stride * (count - 1) + size > len(data):
            raise InputError("an accessor reaches beyond its buffer: it is cut")
        if not count:
            return np.zeros((0, width), dtype)
        return np.ndarray((count, width), dtype, data, offset, (stride, dtype.itemsize))


def not_read(extension):
    """The InputError that tells of an extension that is not read here."""
    hint = f" ({_HINTS[extension]})" if extension in _HINTS else ""
    return InputError(f"it needs {extension}, which is not read{hint}")
