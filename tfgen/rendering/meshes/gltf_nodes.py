"""glTF's scene: which mesh stands where, how skins and morph targets move it."""

import numpy as np

from tfgen.errors import InputError

_MOST_NODES = 1_000_000


def placed(document):
    """Yields (mesh, node, 4x4 of the node in the world) of every mesh of the scene."""
    for number, matrix in world_matrices(document):
        node = document.get("nodes", number)
        if "mesh" in node:
            yield document.get("meshes", node["mesh"]), node, matrix


def world_matrices(document):
    """Yields (number, [4, 4] float64) of every node of the scene."""
    nodes, scenes = document.json.get("nodes", []), document.json.get("scenes", [])
    if scenes:
        roots = document.get("scenes", document.json.get("scene", 0)).get("nodes", [])
    else:
        children = {child for node in nodes for child in node.get("children", [])}
        roots = sorted(set(range(len(nodes))) - children)
    waiting, steps = [(root, np.eye(4), ()) for root in reversed(roots)], 0
    while waiting:
        number, parent, above = waiting.pop()
        steps += 1
        if number in above or steps > _MOST_NODES:
            raise InputError("its nodes form a loop")
        node = document.get("nodes", number)
        matrix = parent @ _local(node)
        yield number, matrix
        children = node.get("children", [])
        waiting += [(child, matrix, (*above, number)) for child in reversed(children)]


def _local(node):
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    matrix = np.eye(4)
    rotation = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, :3] = np.array(rotation) * node.get("scale", (1, 1, 1))
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def morphed(document, mesh, node, primitive, vertices):
    """Vertices [n, 3] with the weights that morph targets have at rest."""
    weights = node.get("weights", mesh.get("weights", []))
    for weight, target in zip(weights, primitive.get("targets", []), strict=False):
        if weight and "POSITION" in target:
            vertices = vertices + weight * document.array(target["POSITION"]).astype(float)
    return vertices


def to_world(document, node, matrix, primitive, vertices):
    """Vertices [n, 3] in the world, and whether that mirrors them.

    A skin's joints move the vertices in place of their node.
    """
    attributes = primitive["attributes"]
    if "skin" in node and {"JOINTS_0", "WEIGHTS_0"} <= set(attributes):
        return _skinned(document, node, attributes, vertices), False
    moved = vertices @ matrix[:3, :3].T + matrix[:3, 3]
    return moved, np.linalg.det(matrix[:3, :3]) < 0


def _skinned(document, node, attributes, vertices):
    skin = document.get("skins", node["skin"])
    world = dict(world_matrices(document))
    joints = np.array([world.get(joint, np.eye(4)) for joint in skin["joints"]])
    if "inverseBindMatrices" in skin:
        inverse = document.array(skin["inverseBindMatrices"]).astype(float)
        joints = joints @ inverse[: len(joints)].reshape(-1, 4, 4).transpose(0, 2, 1)
    which = document.array(attributes["JOINTS_0"]).astype(int)
    weights = document.array(attributes["WEIGHTS_0"]).astype(float)
    if which.max(initial=0) >= len(joints):
        raise InputError(f"its skin names joint {which.max()} of {len(joints)}")
    total = weights.sum(axis=1, keepdims=True)
    weights = np.where(total > 0, weights / np.where(total > 0, total, 1), 0)
    whole = np.hstack([vertices, np.ones((len(vertices), 1))])
    moved = np.zeros((len(vertices), 3))
    for k in range(which.shape[1]):
        by_joint = np.einsum("nij,nj->ni", joints[which[:, k], :3], whole)
        moved += weights[:, k, None] * by_joint
    return np.where(total > 0, moved, vertices)
