"""glTF: materials, accessors, nodes and extensions as its specification has them."""

import json

import numpy as np
import pytest

from tests.rendering.meshes.tiny_files import (
    BLUE,
    GREEN,
    INDICES,
    POSITIONS,
    QUARTERS,
    RED,
    TEXTURED,
    WHITE,
    YELLOW,
    assert_alike,
    glb,
    gltf,
    load,
    picture,
    seen,
)
from tfgen.errors import InputError
from tfgen.rendering.renderer import Renderer


def show(path, expected, azimuth=0):
    assert_alike(seen(load(path, "auto"), azimuth), expected)


def textured(path, info=None, **material):
    """A material whose base colour is the picture of quarters, written beside `path`."""
    picture(path.parent / "panel image.png")
    its = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0} | (info or {})}} | material
    document = {"textures": [{"source": 0}], "images": [{"uri": "panel%20image.png"}]}
    return its, document


def factor(*values):
    return {"pbrMetallicRoughness": {"baseColorFactor": values}}


def test_a_texture_beside_the_file_and_one_within_it(tmp_path):
    path = tmp_path / "a.glb"
    material, document = textured(path)
    show(glb(path, material, **document), (RED, GREEN, BLUE, YELLOW))
    data = np.frombuffer((tmp_path / "panel image.png").read_bytes(), np.uint8)
    document["images"] = [{"bufferView": 3, "mimeType": "image/png"}]
    show(glb(path, material, (), [data], **document), (RED, GREEN, BLUE, YELLOW))


def test_a_texture_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "a.glb"
    material, document = textured(path)
    glb(path, material, **document | {"images": [{"uri": "gone.png"}]})
    (remark,) = load(path).remarks
    assert (remark.kind, remark.text) == ("texture", "gone.png is not found")
    basis = {"textures": [{"extensions": {"KHR_texture_basisu": {"source": 0}}}]}
    glb(path, material, **document | basis)
    assert "KHR_texture_basisu" in load(path).remarks[0].text


def test_factors_are_linear_and_times_colours_of_corners(tmp_path):
    path = tmp_path / "a.glb"
    show(glb(path, factor(0.5, 0.5, 0.5, 1)), [(188, 188, 188)] * 4)
    show(glb(path), [WHITE] * 4)
    colors = np.array([(0, 0, 255, 255)] * 4, np.uint8)
    changes = {"accessors": {3: {"normalized": True}}}
    show(glb(path, factor(1, 1, 1, 1), ["COLOR_0"], [colors], **changes), [BLUE] * 4)
    half = np.full((4, 3), 0.5, np.float32)
    show(glb(path, factor(0.5, 1, 1, 1), ["COLOR_0"], [half]), [(137, 188, 188)] * 4)


def test_light_of_its_own_with_strength(tmp_path):
    path = tmp_path / "a.glb"
    strength = {"KHR_materials_emissive_strength": {"emissiveStrength": 0.5}}
    lit = factor(0, 0, 0, 1) | {"emissiveFactor": [0, 1, 0], "extensions": strength}
    show(glb(path, lit), [(0, 188, 0)] * 4)
    _, document = textured(path)
    shining = factor(0, 0, 0, 1) | {"emissiveFactor": [1, 1, 1], "emissiveTexture": {"index": 0}}
    show(glb(path, shining, **document), (RED, GREEN, BLUE, YELLOW))


def test_modes_of_opacity(tmp_path):
    path = tmp_path / "a.glb"
    for alpha, mode, upper_right in (
        (0, "OPAQUE", GREEN),
        (0, "BLEND", None),
        (0, "MASK", None),
        (150, "MASK", GREEN),
    ):
        material, document = textured(path, alphaMode=mode)
        opacity = np.array([[255, alpha], [255, 255]], np.uint8)
        picture(tmp_path / "panel image.png", np.dstack([QUARTERS, opacity]))
        show(glb(path, material, **document), (RED, upper_right, BLUE, YELLOW))
    halves = seen(load(glb(path, factor(1, 0, 0, 0.5) | {"alphaMode": "BLEND"}), "auto"))
    assert all(each[0] == 255 and 90 < each[1] < 160 for each in halves)


@pytest.mark.parametrize("opacity_of_picture", [None, 204])
def test_a_mask_cuts_off_where_the_product_of_all_opacities_is_low(tmp_path, opacity_of_picture):
    path = tmp_path / "a.glb"
    material, document, product = factor(1, 1, 1, 0.8), {}, 0.8
    if opacity_of_picture:
        material, document = textured(path)
        opacity = np.full((2, 2), opacity_of_picture, np.uint8)
        picture(tmp_path / "panel image.png", np.dstack([QUARTERS, opacity]))
        product = opacity_of_picture / 255
    # From the left to the right, 0.4 to 1.
    colors = np.hstack([np.ones((4, 3)), [[0.4], [1], [1], [0.4]]]).astype(np.float32)

    def shown(cutoff):
        its = material | {"alphaMode": "MASK", "alphaCutoff": cutoff}
        mesh = load(glb(path, its, ["COLOR_0"], [colors], **document), "auto")
        return (Renderer(mesh).render(0, 0, 32, samples=2)[1] > 127).sum()

    whole = shown(0.3)
    assert shown(0.7 * product) == pytest.approx(whole / 2, rel=0.1)
    assert shown(0.99 * product) < whole / 10
    assert shown(1.5) == 0


def test_transform_of_a_texture_with_coordinates_of_its_own(tmp_path):
    path = tmp_path / "a.glb"
    moved = {"scale": [0.5, 0.5], "offset": [0.5, 0.0]}
    material, document = textured(path, {"extensions": {"KHR_texture_transform": moved}})
    show(glb(path, material, **document), [GREEN] * 4)
    turned = {"rotation": np.pi / 2, "offset": [0, 1]}
    material, document = textured(path, {"extensions": {"KHR_texture_transform": turned}})
    show(
        glb(path, material, **document),
        (BLUE, RED, YELLOW, GREEN),  # the picture turns clockwise,
    )
    second = np.full((4, 2), 0.75, np.float32)
    material, document = textured(path, {"texCoord": 1})
    show(glb(path, material, ["TEXCOORD_1"], [second], **document), [YELLOW] * 4)


@pytest.mark.parametrize(
    ("wrap", "expected"),
    [
        (10497, (GREEN, RED, YELLOW, BLUE)),
        (33071, (GREEN, GREEN, YELLOW, YELLOW)),
        (33648, (GREEN, GREEN, YELLOW, YELLOW)),
    ],
)
def test_what_lies_beyond_the_edges_of_a_texture(tmp_path, wrap, expected):
    path = tmp_path / "a.glb"
    material, document = textured(path)
    document |= {"samplers": [{"wrapS": wrap}], "textures": [{"source": 0, "sampler": 0}]}
    beyond = TEXTURED + np.float32([0.5, 0])
    part = {"attributes": {"POSITION": 0, "TEXCOORD_0": 3}}
    show(glb(path, material, (), [beyond], part, **document), expected)


def test_colours_of_specular_and_glossiness(tmp_path):
    glossy = {"KHR_materials_pbrSpecularGlossiness": {"diffuseFactor": [1, 0, 0, 1]}}
    show(glb(tmp_path / "a.glb", {"extensions": glossy}), [RED] * 4)


def test_whole_numbers_normalised_or_not_and_sparse_ones(tmp_path):
    path = tmp_path / "a.glb"
    material, document = textured(path)
    small = (POSITIONS * 127).astype(np.int8)
    small = np.hstack([small, np.zeros((4, 1), np.int8)])  # rows of four bytes
    coordinates = (TEXTURED * 65535).astype(np.uint16)
    changes = {
        3: {"normalized": True, "type": "VEC3"},
        4: {"normalized": True},
    }
    views = {"attributes": {"POSITION": 3, "TEXCOORD_0": 4}}
    data = gltf(
        [POSITIONS, TEXTURED, INDICES, small, coordinates],
        {
            "accessors": changes,
            "meshes": [{"primitives": [views | {"indices": 2, "material": 0}]}],
            "materials": [material],
            "extensionsRequired": ["KHR_mesh_quantization"],
        }
        | document,
        binary=False,
    )
    text = json.loads(data)
    text["bufferViews"][3]["byteStride"] = 4
    (tmp_path / "a.gltf").write_text(json.dumps(text))
    show(tmp_path / "a.gltf", (RED, GREEN, BLUE, YELLOW))
    assert np.ptp(load(tmp_path / "a.gltf").vertices, axis=0).max() == pytest.approx(2)
    # Sparse: of positions that are all 0 but for two, which lie in accessors 0 and 3.
    sparse = {
        "count": 2,
        "indices": {"bufferView": 3, "componentType": 5123},
        "values": {"bufferView": 4},
    }
    which, values = np.array([1, 2], np.uint16), np.array([[2, 0, 0], [0, 2, 0]], np.float32)
    zeros = {"bufferView": None, "sparse": sparse, "count": 3}
    data = gltf(
        [POSITIONS, TEXTURED, INDICES, which, values],
        {"accessors": {0: zeros}, "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}]},
        binary=False,
    )
    text = json.loads(data)
    del text["accessors"][0]["bufferView"]
    (tmp_path / "b.gltf").write_text(json.dumps(text))
    assert sorted(np.ptp(load(tmp_path / "b.gltf").vertices, axis=0)) == [0, 2, 2]


@pytest.mark.parametrize(("mode", "indices"), [(5, [0, 1, 3, 2]), (6, [0, 1, 2, 3])])
def test_strips_and_fans(tmp_path, mode, indices):
    path = tmp_path / "a.glb"
    material, document = textured(path)
    part = {"mode": mode, "indices": 3}
    index = np.array(indices, np.uint8)
    show(glb(path, material, (), [index], part, **document), (RED, GREEN, BLUE, YELLOW))


def test_nodes_place_mirror_and_turn(tmp_path):
    path = tmp_path / "a.glb"
    material, document = textured(path)
    nodes = [{"children": [1], "scale": [-1, 1, 1]}, {"mesh": 0, "translation": [5, 0, 0]}]
    mesh = load(glb(path, material, nodes=nodes, **document), "auto")
    assert mesh.vertices[:, 0].min() == -6
    assert_alike(seen(mesh), (GREEN, RED, YELLOW, BLUE))
    nodes = [{"mesh": 0, "children": [1]}, {"children": [0]}]
    with pytest.raises(InputError, match="loop"):
        load(glb(path, nodes=nodes))


def test_skins_and_morph_targets_stand_as_at_rest(tmp_path):
    joints, weights = np.zeros((4, 4), np.uint8), np.tile(np.float32([1, 0, 0, 0]), (4, 1))
    nodes = [{"children": [1, 2]}, {"mesh": 0, "skin": 0, "translation": [99, 0, 0]}]
    nodes += [{"translation": [7, 0, 0]}]
    names = ["JOINTS_0", "WEIGHTS_0"]
    path = glb(
        tmp_path / "a.glb", None, names, [joints, weights], nodes=nodes, skins=[{"joints": [2]}]
    )
    assert load(path, "auto").vertices[:, 0].min() == 6
    moved = np.tile(np.float32([0, 0, 3]), (4, 1))
    part = {"targets": [{"POSITION": 3}]}
    meshes = [
        {"primitives": [{"attributes": {"POSITION": 0}, "indices": 2} | part], "weights": [0.5]}
    ]
    path = glb(tmp_path / "a.glb", None, (), [moved], meshes=meshes)
    assert load(path, "auto").vertices[:, 1].max() == -1.5


@pytest.mark.parametrize(
    "name",
    ["KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_texture_basisu", "VND_new"],
)
def test_what_it_needs_and_is_not_read_is_named(tmp_path, name):
    with pytest.raises(InputError, match=name):
        load(glb(tmp_path / "a.glb", extensionsRequired=[name]))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<html><body>404", "web page"),
        (b"glTF\1\0\0\0" + bytes(40), "version 1"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"),
        (gltf([POSITIONS], {})[:-8], "it is cut"),
        (b"{ broken", "JSON"),
        (gltf([POSITIONS], {"meshes": [{"primitives": []}]}), "no faces"),
    ],
)
def test_what_is_no_whole_glb_is_refused_by_its_reason(tmp_path, data, reason):
    (tmp_path / "a.glb").write_bytes(data)
    with pytest.raises(InputError, match=reason):
        load(tmp_path / "a.glb")


def test_a_buffer_that_is_not_found_and_a_part_without_positions_are_named(tmp_path):
    buffers = {"buffers": [{"uri": "gone.bin", "byteLength": 9}]}
    with pytest.raises(InputError, match=r"gone\.bin is not found"):
        load(glb(tmp_path / "a.glb", **buffers))
    whole = {"attributes": {"POSITION": 0}, "indices": 2}
    parts = [whole, {"attributes": {"TEXCOORD_0": 1}, "indices": 2}, whole | {"mode": 1}]
    nodes = [{"mesh": 0, "extensions": {"EXT_mesh_gpu_instancing": {}}}]
    mesh = load(glb(tmp_path / "a.glb", meshes=[{"primitives": parts}], nodes=nodes))
    assert [remark.kind for remark in mesh.remarks] == ["data", "faces", "data"]
