"""Turntables of a user's own meshes, ShapeNet's folder layout included."""

import hashlib
from pathlib import Path

import tqdm

from tfgen.data.drawings.turntable_builder import TurntableBuilder, TurntableConfig
from tfgen.errors import InputError
from tfgen.rendering.mesh_files import find_meshes
from tfgen.rendering.processes import Died, in_processes


def mesh_config(directory, turntable, up="auto", yaw=0.0, processes=0, suffix="", most=0):
    """The configuration of a folder of meshes.

    Its name holds a fingerprint of the files' paths, sizes and times, so that a folder that has not
    changed is not rendered again, and one that has is. `most` takes only the first files by name,
    unless it is 0, so that smaller collections are parts of larger ones.

    Raises:
      InputError: there is no such folder, or no mesh in it.
    """
    files = find_meshes(directory, up, yaw)
    files = files[: most or None]
    root = Path(directory)
    stats = [(Path(file.path), Path(file.path).stat()) for file in files]
    facts = [(str(p.relative_to(root)), stat.st_size, stat.st_mtime_ns) for p, stat in stats]
    digest = hashlib.sha256(repr((facts, up, yaw)).encode()).hexdigest()[:12]
    return TurntableConfig(
        name=f"{root.resolve().name}_{len(files)}x{len(turntable.azimuths)}"
        f"x{len(turntable.elevations)}_{turntable.image_size}px_{digest}{suffix}",
        turntable=turntable,
        models=tuple(files),
        processes=processes,
    )


def why_unusable(file):
    """None for a mesh file that loads, else why it does not."""
    try:
        file.load()
    except InputError as error:
        return str(error)
    return None


class MeshTurntables(TurntableBuilder, skip_registration=True):
    """Rendered mesh files."""

    def survey(self):
        """Loads every file once: styles are numbered without gaps for those that cannot be."""
        usable, skipped = [], {}
        config = self.builder_config
        checked = in_processes(why_unusable, config.models, config.processes)
        for file, reason in tqdm.tqdm(checked, "checking", len(config.models), unit="mesh"):
            if isinstance(reason, Died):
                reason = f"{file.path}: reading it ended the process (too large?)"
            if reason is None:
                usable.append(file)
            else:
                skipped[file.name] = reason
        return usable, skipped
