"""glTF and GLB: primitives and materials."""

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.meshes import gltf_nodes
from tfgen.rendering.meshes.gltf_buffers import Document, not_read
from tfgen.rendering.meshes.parts import Parts
from tfgen.rendering.shading import to_srgb

_WRAPS = {33071: "clamp", 33648: "mirror"}
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_DRACO = "KHR_draco_mesh_compression"
_COPIES = "EXT_mesh_gpu_instancing"
_IMAGE_EXTENSIONS = ("EXT_texture_webp", "EXT_texture_avif")


def read_gltf(data, beside):
    """The Mesh of a glTF or GLB file, all nodes of its scene in place.

    Args:
      data: its bytes.
      beside: `sources.Beside`, for buffers and pictures.

    Raises:
      InputError: it cannot be read; see `gltf_buffers.Document`.
    """
    document, parts = Document(data, beside), Parts(beside)
    for mesh, node, matrix in gltf_nodes.placed(document):
        if _COPIES in node.get("extensions", {}):
            parts.remark("data", f"copies of a part of it ({_COPIES}): one is drawn")
        for primitive in mesh.get("primitives", []):
            if primitive.get("mode", _TRIANGLES) < _TRIANGLES:
                parts.remark("data", "a part of it is lines or points")
                continue
            if "POSITION" not in primitive.get("attributes", {}):
                parts.remark("faces", "a part of it has no positions")
                continue
            _add(document, parts, mesh, node, matrix, primitive)
    return parts.mesh()


def _add(document, parts, mesh, node, matrix, primitive):
    attributes = primitive["attributes"]
    position = document.get("accessors", attributes["POSITION"])
    if _DRACO in primitive.get("extensions", {}) and "bufferView" not in position:
        raise not_read(_DRACO)
    vertices = document.array(attributes["POSITION"]).astype(float)
    faces = _faces(document, primitive, len(vertices))
    if not len(faces):
        return
    vertices = gltf_nodes.morphed(document, mesh, node, primitive, vertices)
    vertices, mirrored = gltf_nodes.to_world(document, node, matrix, primitive, vertices)
    if mirrored:
        faces = faces[:, ::-1]
    material = {}
    if "material" in primitive:
        material = document.get("materials", primitive["material"])
    factor, info = _base(material)
    colors = np.tile(np.asarray(factor, float), (len(faces), 3, 1))
    if "COLOR_0" in attributes:
        own = document.array(attributes["COLOR_0"]).astype(float)[faces]
        colors[..., : own.shape[-1]] *= own
    surface = _Surface(document, parts, attributes, faces)
    mode = material.get("alphaMode", "OPAQUE")
    texture, coordinates = surface.texture(info, mode == "OPAQUE")
    cutoff = material.get("alphaCutoff", 0.5) if mode == "MASK" else np.nan
    if mode == "OPAQUE":
        colors[..., 3] = 1
    elif cutoff > 1:  # more than anything can have: glTF says that nothing is seen
        colors[..., 3] = 0
    colors[..., :3] = to_srgb(colors[..., :3])
    emission = _emission(material, surface)
    parts.add(vertices, faces, colors, texture, coordinates, emission, cutoff)


def _faces(document, primitive, count):
    """[m, 3] int64 of triangles, strips and fans."""
    if "indices" in primitive:
        index = document.array(primitive["indices"])[:, 0].astype(np.int64)
    else:
        index = np.arange(count)
    if len(index) and index.max() >= count:
        raise InputError(f"a face has the vertex index {index.max()}, and there are {count} from 0")
    mode = primitive.get("mode", _TRIANGLES)
    if mode == _TRIANGLES:
        return index[: len(index) // 3 * 3].reshape(-1, 3)
    k = np.arange(max(0, len(index) - 2))
    if mode == _STRIP:
        return np.stack([index[k], index[k + 1 + k % 2], index[k + 2 - k % 2]], axis=1)
    if mode == _FAN:
        return np.stack([index[0 * k], index[k + 1], index[k + 2]], axis=1)
    raise InputError(f"it has a part of mode {mode}, which glTF does not know")


def _base(material):
    """(linear factor of four numbers, what says which texture or None) of a material."""
    glossy = material.get("extensions", {}).get("KHR_materials_pbrSpecularGlossiness")
    if glossy is not None:
        return glossy.get("diffuseFactor", [1, 1, 1, 1]), glossy.get("diffuseTexture")
    metallic = material.get("pbrMetallicRoughness", {})
    return metallic.get("baseColorFactor", [1, 1, 1, 1]), metallic.get("baseColorTexture")


def _emission(material, surface):
    """(linear light [3], texture, coordinates), or None."""
    extension = material.get("extensions", {}).get("KHR_materials_emissive_strength", {})
    factor = np.asarray(material.get("emissiveFactor", (0, 0, 0)), float)
    light = factor * extension.get("emissiveStrength", 1.0)
    if not light.any():
        return None
    texture, coordinates = surface.texture(material.get("emissiveTexture"), opaque=True)
    if texture < 0 and "emissiveTexture" in material:
        return None  # its texture is missing: all of it would shine
    return light, texture, coordinates


class _Surface:
    """The textures of one primitive."""

    def __init__(self, document, parts, attributes, faces):
        self._document, self._parts = document, parts
        self._attributes, self._faces = attributes, faces

    def texture(self, info, opaque):
        """(number of a texture or -1, coordinates [m, 3, 2] with v up, or None).

        Args:
          info: glTF's textureInfo, or None.
          opaque: whether its opacity does not count.
        """
        if info is None:
            return -1, None
        moved = info.get("extensions", {}).get("KHR_texture_transform", {})
        name = f"TEXCOORD_{moved.get('texCoord', info.get('texCoord', 0))}"
        if name not in self._attributes:
            self._parts.remark("coordinates", f"a part of it has a texture and no {name}")
            return -1, None
        texture = self._document.get("textures", info["index"])
        key, wrap = (info["index"], opaque), self._wrap(texture)
        number = self._parts.texture(key, lambda: self._pixels(texture, opaque), wrap)
        coordinates = self._document.array(self._attributes[name]).astype(float)
        # glTF's v points down. Scaled, then turned, then moved.
        coordinates = coordinates * moved.get("scale", (1, 1))
        cos, sin = np.cos(moved.get("rotation", 0.0)), np.sin(moved.get("rotation", 0.0))
        coordinates = coordinates @ np.array([[cos, -sin], [sin, cos]])
        coordinates = (coordinates + moved.get("offset", (0, 0))) * (1, -1) + (0, 1)
        return number, coordinates[self._faces]

    def _wrap(self, texture):
        sampler = {}
        if "sampler" in texture:
            sampler = self._document.get("samplers", texture["sampler"])
        return tuple(_WRAPS.get(sampler.get(axis), "repeat") for axis in ("wrapS", "wrapT"))

    def _pixels(self, texture, opaque):
        pixels = self._image(texture)
        return pixels[..., :3] if opaque and pixels is not None else pixels

    def _image(self, texture):
        extensions = texture.get("extensions", {})
        sources = [extensions.get(name, {}).get("source") for name in _IMAGE_EXTENSIONS]
        sources = [each for each in (*sources, texture.get("source")) if each is not None]
        if not sources:
            why = (
                f"only as {', '.join(extensions)}, not read" if extensions else "without a picture"
            )
            self._parts.remark("texture", f"one is there {why}")
            return None
        image = self._document.get("images", sources[0])
        name = image.get("name") or f"image {sources[0]}"
        if "bufferView" in image:
            return self._parts.decoded(self._document.view(image["bufferView"])[0], name)
        uri = image.get("uri", "")
        if uri.startswith("data:"):
            return self._parts.decoded(self._document.external(uri), name)
        return self._parts.picture(uri)
