"""Draws the mesh cases of a folder by other readers too, and prints a table: who reads what right.

    python tests/cases_by_reader.py FOLDER

Each reader's model is drawn by the same Renderer, in a process of its own, and looked at as in
`cases.csv`. Of other readers a refusal counts as right whatever it says, and none of them has to
say what is missing. Those that are not installed are left out of the table.
"""

import argparse
import collections
import csv
import importlib.util
import multiprocessing
import os
import re
from pathlib import Path

import numpy as np

from tests import cases
from tfgen.rendering import mesh_files
from tfgen.rendering.meshes.parts import PLAIN, Parts
from tfgen.rendering.shading import to_srgb

_SECONDS = 60
_GLTF = (".glb", ".gltf")
_PLACEHOLDER = (2, 2)  # the grey picture that trimesh puts where there is no material


def by_trimesh(path):
    """The Mesh of all that trimesh gives, its material's alpha mode minded."""
    import trimesh

    parts = Parts()
    scene = trimesh.load_scene(path)
    for name in scene.graph.nodes_geometry:
        matrix, key = scene.graph[name]
        mesh = scene.geometry[key]
        if not isinstance(mesh, trimesh.Trimesh):
            continue
        visual, faces = mesh.visual, mesh.faces
        vertices = trimesh.transform_points(mesh.vertices, matrix)
        if visual.kind == "texture":
            corners, image, mode = _material(visual, path)
            own = visual.vertex_attributes.get("color")
            colors = np.tile(corners, (len(faces), 3, 1))
            if own is not None:
                own = np.asarray(own, float) / (255 if np.asarray(own).dtype.kind == "u" else 1)
                colors[..., :3] *= to_srgb(own[..., :3])[faces]
            texture = -1
            if image is not None and visual.uv is not None:
                texture = parts.texture(
                    id(image), lambda image=image, mode=mode: _rgba(image, mode)
                )
            uv = visual.uv[faces] if texture >= 0 else None
            parts.add(vertices, faces, colors, texture, uv)
        elif visual.kind == "face":
            parts.add(vertices, faces, visual.face_colors / 255)
        elif visual.kind == "vertex":
            parts.add(vertices, faces, (visual.vertex_colors / 255)[faces])
        else:
            parts.add(vertices, faces)
    return parts.mesh()


def _material(visual, path):
    """(sRGB and opacity, PIL image or None, alpha mode) of trimesh's material."""
    material = visual.material
    if hasattr(material, "baseColorFactor"):
        factor = material.baseColorFactor
        factor = np.ones(4) if factor is None else np.asarray(factor, float) / 255
        factor = np.array([*to_srgb(factor[:3]), factor[3]])
        mode = material.alphaMode or "OPAQUE"
        return factor, material.baseColorTexture, mode
    image = material.image
    if image is not None and image.size != _PLACEHOLDER:
        return np.ones(4), image, "BLEND"
    return _ours_if_grey(np.asarray(material.diffuse, float) / 255, 0.4), None, "BLEND"


def _ours_if_grey(color, grey):
    """A colour, but our grey in place of a reader's own for what has no colour."""
    alike = np.allclose(color[:3], grey, atol=0.01)
    return np.array([*PLAIN, *color[3:]]) if alike else color


def by_assimp(path):
    """The Mesh of all that assimp-py gives; pictures beside the file are read here."""
    import assimp_py
    from PIL import Image

    flags = assimp_py.Process_Triangulate | assimp_py.Process_PreTransformVertices
    scene, parts = assimp_py.import_file(path, flags), Parts()
    for mesh in scene.meshes:
        material = scene.materials[mesh.material_index]
        vertices = np.asarray(mesh.vertices).reshape(-1, 3)
        faces = np.asarray(mesh.indices).reshape(-1, 3)
        color = np.asarray([*material.get("COLOR_DIFFUSE", PLAIN)][:3], float)
        color = to_srgb(color) if path.endswith(_GLTF) else color
        if not path.endswith(_GLTF):
            unnamed = material.get("NAME") in ("", "DefaultMaterial")
            color = PLAIN if unnamed else _ours_if_grey(color, 0.6)
        colors = np.tile([*color, material.get("OPACITY", 1.0)], (len(faces), 3, 1))
        if mesh.colors:
            colors[..., :3] = np.asarray(mesh.colors[0]).reshape(len(vertices), -1)[faces][..., :3]
        names = material["TEXTURES"].get(assimp_py.TextureType_DIFFUSE, [])
        texture, uv = -1, None
        if names and mesh.texcoords:
            place = Path(path).parent / names[0].replace("\\", "/").strip()
            if place.is_file():
                texture = parts.texture(
                    names[0], lambda place=place: _rgba(Image.open(place), "BLEND")
                )
        if texture >= 0:
            uv = np.asarray(mesh.texcoords[0]).reshape(len(vertices), -1)[faces][..., :2]
            colors[..., :3] = 1
        parts.add(vertices, faces, colors, texture, uv)
    return parts.mesh()


def _rgba(image, mode):
    pixels = np.asarray(image.convert("RGBA"), np.float32) / np.float32(255)
    if mode != "BLEND":
        pixels = np.dstack([pixels[..., :3], pixels[..., 3] >= (0.5 if mode == "MASK" else 0)])
    return pixels


# Name -> (module that must be there, function of a path to a Mesh in the file's axes).
READERS = {
    "tfgen": ("tfgen", None),
    "trimesh": ("trimesh", by_trimesh),
    "assimp-py": ("assimp_py", by_assimp),
}


def _child(pipe, reader, path):
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what libraries say of broken files
    if reader is not None:
        mesh_files.read_mesh = lambda source, path: reader(path)
    pipe.send(cases.render(path, "render"))


def found_by(reader, path):
    """What is found of a file, in a process of its own that may crash or hang."""
    context = multiprocessing.get_context("fork")
    mine, its = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(its, reader, path))
    process.start()
    its.close()
    try:
        found = mine.recv() if mine.poll(_SECONDS) else "hang"
    except EOFError:
        found = "crash"
    process.kill()
    process.join()
    return found


def right(expected, found, own):
    """Whether what is found is right; more is asked of our own readers."""
    if not own:
        if expected.startswith("refused"):
            return found.startswith("refused")
        expected = re.sub(r";? *says [^;]*", "", expected)
    return cases.as_expected(expected, found)


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description="A table of mesh cases by reader.")
    parser.add_argument("folder")
    folder = Path(parser.parse_args().folder)
    with cases.TABLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["command"] == "render"]
    names = [name for name, (module, _) in READERS.items() if importlib.util.find_spec(module)]
    good = collections.defaultdict(collections.Counter)
    wrong = collections.defaultdict(collections.Counter)
    files = collections.Counter(row["case"] for row in rows)
    for row in rows:
        path = str(folder / row["case"] / "in" / row["input"])
        for name in names:
            reader = READERS[name][1]
            found = found_by(reader, path)
            if right(row["expected"], found, reader is None):
                good[row["case"]][name] += 1
            else:
                kind = found.split(" ")[0]
                wrong[name][kind if kind in ("refused", "crash", "hang") else "drawn wrong"] += 1
    print("| case (files) |", " | ".join(names), "|")
    print("|---" * (1 + len(names)) + "|")
    for case, count in files.items():
        cells = [good[case][name] for name in names]
        if min(cells) < count:
            print(f"| `{case}` ({count}) |", " | ".join(map(str, cells)), "|")
    print(
        f"| all ({len(rows)}) |",
        " | ".join(str(sum(good[c][n] for c in files)) for n in names),
        "|",
    )
    for name in names:
        print(name, dict(wrong[name]))


if __name__ == "__main__":
    main()
