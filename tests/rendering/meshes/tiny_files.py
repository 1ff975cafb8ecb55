"""Small mesh files that tests write, and what is seen of them.

Most show a panel with a red, a green, a blue and a yellow quarter: seen from the front, red is at
the upper left, green at the upper right, blue below red, yellow below green.
"""

import base64
import json
import struct

import numpy as np
from PIL import Image

from tfgen.rendering.mesh_files import MeshFile
from tfgen.rendering.renderer import Renderer

CORNERS = ((-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1))
POINTS = ["{} {} {}".format(*corner) for corner in CORNERS]
UV = ((0, 0), (1, 0), (1, 1), (0, 1))
RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
QUARTERS = np.array([[RED, GREEN], [BLUE, YELLOW]], np.uint8)
WHITE, PLAIN = (255, 255, 255), (179, 179, 184)
OBJ = (
    "".join("v {} {} {}\n".format(*corner) for corner in CORNERS)
    + "".join("vt {} {}\n".format(*uv) for uv in UV)
    + "usemtl wood\nf 1/1 2/2 3/3 4/4\n"
)


def picture(path, pixels=QUARTERS, **options):
    """Writes a picture of [h, w, 1, 3 or 4] levels, enlarged so that JPEG keeps its colours."""
    large = np.asarray(pixels).repeat(16, axis=0).repeat(16, axis=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(large).save(path, **options)
    return path


def panel(folder, material, name="panel.png", library="mtllib panel.mtl", pixels=QUARTERS):
    """Writes an OBJ whose material "wood" has the statements `material`; its path."""
    if name:
        picture(folder / name, pixels)
    (folder / "panel.mtl").write_text(f"newmtl wood\n{material}\n")
    (folder / "panel.obj").write_text(f"{library}\n{OBJ}")
    return folder / "panel.obj"


def load(path, up="z"):
    return MeshFile(str(path), "panel", "things", up).load()


def seen(mesh, azimuth=0, elevation=0):
    """Colours of the quarters' middles, upper left first, in 0 … 255, None where nothing is."""
    mesh = load(mesh) if not hasattr(mesh, "faces") else mesh
    rgb, mask = Renderer(mesh).render(azimuth, elevation, 32, samples=2)
    rows, columns = np.nonzero(mask[..., 0])
    (top, bottom), (left, right) = (
        (each.min() + (np.ptp(each) + 1) * np.array([0.25, 0.75])).astype(int)
        for each in (rows, columns)
    )
    return [
        tuple(int(level) for level in rgb[row, column]) if mask[row, column, 0] else None
        for row in (top, bottom)
        for column in (left, right)
    ]


def assert_alike(found, expected, tolerance=25):
    """Whether colours are the expected ones; light takes nothing from a panel that faces it."""
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert (one is None) == (other is None), (found, expected)
        if one is not None:
            assert np.abs(np.subtract(one, other)).max() <= tolerance, (found, expected)


def assert_quarters(path_or_mesh, expected=(RED, GREEN, BLUE, YELLOW)):
    assert_alike(seen(path_or_mesh), expected)


def gltf(arrays, document, binary=True):
    """Bytes of a GLB, or of a glTF with its buffer inside.

    Args:
      arrays: list of arrays; array i becomes buffer view i and accessor i.
      document: dict with meshes, nodes and so on; accessors that stand in it by number, as
        {"accessors": {1: {"normalized": True}}}, change those made of the arrays.
    """
    kinds = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123}
    kinds |= {"uint32": 5125, "float32": 5126}
    buffer, views, accessors = b"", [], []
    for array in arrays:
        array = np.ascontiguousarray(array)
        views.append({"buffer": 0, "byteOffset": len(buffer), "byteLength": array.nbytes})
        width = array.shape[1] if array.ndim == 2 else 1
        accessors.append(
            {
                "bufferView": len(accessors),
                "componentType": kinds[str(array.dtype)],
                "count": len(array),
                "type": {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}[width],
            }
        )
        buffer += array.tobytes() + b"\0" * (-array.nbytes % 4)
    changes = document.pop("accessors", {})
    accessors = [each | changes.get(i, {}) for i, each in enumerate(accessors)]
    document = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "buffers": [{"byteLength": len(buffer)}],
        "bufferViews": views,
        "accessors": accessors,
    } | document
    if not binary:
        data = base64.b64encode(buffer).decode()
        document["buffers"][0]["uri"] = f"data:application/octet-stream;base64,{data}"
        return json.dumps(document).encode()
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(buffer), b"BIN\0") + buffer
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


# Of a panel: positions (y up, seen from +z), coordinates (v down), indices.
POSITIONS = np.array([(x, z, 0) for x, _, z in CORNERS], np.float32)
TEXTURED = np.array([(u, 1 - v) for u, v in UV], np.float32)
INDICES = np.array([0, 1, 2, 0, 2, 3], np.uint16)


def glb(path, material=None, attributes=(), arrays=(), primitive=None, **document):
    """Writes a GLB of the panel; `attributes` names those of `arrays`, from accessor 3 on."""
    names = {"POSITION": 0, "TEXCOORD_0": 1} | {name: 3 + i for i, name in enumerate(attributes)}
    part = {"attributes": names, "indices": 2} | (primitive or {})
    if material is not None:
        part["material"] = 0
        document["materials"] = [material]
    document = {"meshes": [{"primitives": [part]}]} | document
    path.write_bytes(gltf([POSITIONS, TEXTURED, INDICES, *arrays], document))
    return path
