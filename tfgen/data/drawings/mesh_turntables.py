"""Turntables of a user's own meshes, ShapeNet's folder layout included."""

import dataclasses
import hashlib
from pathlib import Path

import tqdm

from tfgen.data.drawings.turntable_builder import TurntableBuilder, TurntableConfig
from tfgen.errors import InputError
from tfgen.rendering import orienting
from tfgen.rendering.mesh_files import find_meshes, printable
from tfgen.rendering.processes import Died, in_processes

# Counted up when the same files give other pictures.
_READERS = 3


@dataclasses.dataclass(eq=False, repr=False)
class MeshConfig(TurntableConfig):
    """A TFDS configuration of mesh files.

    Attributes:
      asked: `rendering.orienting.Request`, which way is up and front.
    """

    asked: orienting.Request = dataclasses.field(default_factory=orienting.Request)


def mesh_config(directory, turntable, asked=None, processes=0, suffix="", most=0):
    """The configuration of a folder of meshes, an archive or a single file.

    Its name holds a fingerprint of the files' paths, sizes and times, so that a folder that has not
    changed is not rendered again, and one that has is. `most` takes only the first files by name,
    unless it is 0, so that smaller collections are parts of larger ones.

    Raises:
      InputError: there is no such folder, or no mesh in it.
    """
    asked = asked or orienting.Request()
    files = find_meshes(directory)
    files = files[: most or None]
    root = Path(directory).resolve()
    name = root.name if root.is_dir() else root.stem
    facts = [_facts(file) for file in files]
    digest = hashlib.sha256(repr((_READERS, facts, asked)).encode()).hexdigest()[:12]
    return MeshConfig(
        name=f"{printable(name)}_{len(files)}x{len(turntable.azimuths)}"
        f"x{len(turntable.elevations)}_{turntable.image_size}px_{digest}{suffix}",
        turntable=turntable,
        models=tuple(files),
        processes=processes,
        asked=asked,
    )


def _facts(file):
    try:
        stat = Path(file.path).stat()
    except OSError:  # it is named as a problem when its turn comes
        return file.name, file.problem
    return file.name, file.member, file.suffix, stat.st_size, stat.st_mtime_ns


def checked(file):
    """(why a mesh file cannot be used, or None; what it lacks: list of Remark)."""
    try:
        return None, list(file.load().remarks)
    except InputError as error:
        return str(error), []


class MeshTurntables(TurntableBuilder, skip_registration=True):
    """Rendered mesh files."""

    def __init__(self, *args, **kwargs):
        self._orientation = []
        super().__init__(*args, **kwargs)

    def survey(self):
        """Decides what is up, then loads every file once.

        Styles are numbered without gaps for those that cannot be loaded.
        """
        usable, skipped, self.remarks = [], {}, {}
        config = self.builder_config
        files, self._orientation = orienting.orient(
            list(config.models), config.asked, config.processes
        )
        results = in_processes(checked, files, config.processes)
        for file, result in tqdm.tqdm(results, "checking", len(files), unit="mesh"):
            if isinstance(result, Died):
                result = f"{file.place}: reading it ended the process (too large?)", []
            reason, remarks = result
            if reason is None:
                usable.append(file)
                if remarks:
                    self.remarks[file.name] = remarks
            else:
                skipped[file.name] = reason
        return usable, skipped

    def describing_metadata(self):
        """The angles of the views, and which way is up and front."""
        return super().describing_metadata() | {"orientation": list(self._orientation)}

    def notes(self):
        """Which way is up and front, and what models lack."""
        decided = self._orientation or self.info.metadata.get("orientation") or []
        return [*decided, *super().notes()]
