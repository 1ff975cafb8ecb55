"""The data sets by name. Adding one: a builder in a file of its own, and a row in DATASETS."""

import hashlib

from tfgen.data.drawings.aubry_chairs import AubryChairs, aubry_config
from tfgen.data.drawings.beam import Beam
from tfgen.data.drawings.builder import prepare as prepare_builder
from tfgen.data.drawings.mesh_turntables import MeshTurntables, mesh_config
from tfgen.data.drawings.parametric_turntables import (
    ParametricTurntables,
    parametric_config,
    usual_turntable,
)
from tfgen.errors import InputError, renamed
from tfgen.folders import make
from tfgen.rendering import orienting
from tfgen.rendering.turntable import Turntable, evenly_spaced
from tfgen.shapes.classes import SHAPES


def _parametric(category):
    def build(config):
        turntable, suffix = _turntable(config, category)
        builder_config = parametric_config(
            category, config.models, config.data_seed, turntable, config.processes, suffix
        )
        return ParametricTurntables(config=builder_config, data_dir=config.data_dir)

    return build


def _meshes(config):
    if not config.meshes:
        raise InputError("`dataset`=meshes needs `meshes`: give the folder of the mesh files.")
    turntable, suffix = _turntable(config, "meshes")
    builder_config = mesh_config(
        config.meshes,
        turntable,
        orienting.request(config.up, config.yaw, config.orientations),
        config.processes,
        suffix,
        config.max_meshes,
    )
    return MeshTurntables(config=builder_config, data_dir=config.data_dir)


def _aubry_chairs(config):
    if not config.rendered_chairs:
        raise InputError(
            "`dataset`=aubry_chairs needs `rendered_chairs`: give the folder of that name."
        )
    builder_config = aubry_config(
        config.rendered_chairs, config.image_size, config.keep, config.processes
    )
    return AubryChairs(config=builder_config, data_dir=config.data_dir)


# Name -> function of `config.data.TurntableConfig` to an unprepared builder.
DATASETS = {category: _parametric(category) for category in SHAPES} | {
    "meshes": _meshes,
    "aubry_chairs": _aubry_chairs,
}


def _turntable(config, category):
    """The views that the settings ask for, and what of them the name must tell."""
    usual = usual_turntable(category, config.image_size)
    turntable = Turntable(
        evenly_spaced(config.azimuths) if config.azimuths else usual.azimuths,
        config.elevations or usual.elevations,
        config.image_size,
        config.samples,
        config.margin,
    )
    facts = turntable.elevations, turntable.samples, turntable.margin
    if facts == (usual.elevations, usual.samples, usual.margin):
        return turntable, ""
    return turntable, "_" + hashlib.sha256(repr(facts).encode()).hexdigest()[:8]


def builders(config):
    """The builders of all data sets that `dataset` names, prepared or not.

    Args:
      config: `config.data.TurntableConfig`.

    Raises:
      InputError: a name is not in DATASETS, what its data set needs is missing, or its images have
        another size than `image_size`.
    """
    _beam(config)  # mistakes are told before the work
    names = [name.strip() for name in config.dataset.split(",")]
    for name in names:
        if name not in DATASETS:
            raise InputError(f"`dataset`={name} is not known: choose among {', '.join(DATASETS)}.")
    make(config.data_dir, "data_dir")
    built = [DATASETS[name](config) for name in names]
    for name, size in zip(names, [builder.image_size for builder in built], strict=True):
        if size != config.image_size:
            raise InputError(
                f"`image_size`={config.image_size} does not fit: {name} is {size} px; "
                f"give `image_size`={size}."
            )
    return built


def prepare(config):
    """The prepared builders of all data sets that `dataset` names; renders what is missing.

    Args:
      config: `config.data.TurntableConfig`.

    Raises:
      InputError: as `builders`, or none of a data set's models can be used.
    """
    return [prepare_builder(builder, _beam(config)) for builder in builders(config)]


def _beam(config):
    if not config.beam_runner:
        return None
    with renamed(runner="beam_runner", options="beam_options"):
        return Beam(config.beam_runner, config.beam_options)
