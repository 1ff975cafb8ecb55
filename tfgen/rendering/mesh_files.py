"""A user's meshes: files, folders of them and ZIP archives, found and named.

Formats stand in `rendering/meshes/readers.py`, which way is up and front in
`rendering/orientation.py`.
"""

import collections
import dataclasses
import hashlib
import os
import posixpath
from pathlib import Path

from tfgen.errors import InputError
from tfgen.files import files_below, is_sidecar
from tfgen.image_files.finding import LeftOut
from tfgen.image_files.reading import SUFFIXES
from tfgen.rendering.meshes.readers import FORMATS, REFUSED, read_mesh, suffix_of
from tfgen.rendering.meshes.sources import Archive, Disk
from tfgen.rendering.orientation import is_shapenet, turned, usual_frame
from tfgen.rendering.twins import find_twins

_ARCHIVE = ".zip"
_KNOWN = (*FORMATS, *REFUSED, _ARCHIVE)
_COMPANIONS = (".mtl", ".bin", *SUFFIXES)
# What file systems take as a name, with room for what is put before it.
_MOST_BYTES_OF_NAME = 150


@dataclasses.dataclass(frozen=True)
class MeshFile:
    """One mesh on disk.

    Attributes:
      path: of the file, or of the archive that holds it.
      name: of the model.
      category: of the model; ShapeNet's synset, else the folder's name.
      up: "auto" for its format's usual, or the axis that points up: "y", "-z"; see `orienting`.
      yaw: degrees by which the object is turned counter-clockwise, seen from above.
      member: path within the archive; empty for a file of its own.
      problem: why it cannot be read, if that is known already.
    """

    path: str
    name: str
    category: str
    up: str = "auto"
    yaw: float = 0.0
    member: str = ""
    problem: str = ""

    @property
    def suffix(self):
        """Of the file, in lower case."""
        return suffix_of(self.member or self.path)

    @property
    def place(self):
        """What errors call it: its path, that within its archive behind it."""
        return printable(posixpath.join(self.path, self.member) if self.member else self.path)

    def load(self):
        """The Mesh, in our frame: z up, front at -y; its remarks name what it lacks.

        Raises:
          InputError: the file cannot be read as a mesh; the text names it and says why.
        """
        mesh = self.read()
        frame = usual_frame(self)
        up = frame.up if self.up == "auto" else self.up
        mesh.vertices = turned(mesh.vertices, up, self.yaw + frame.yaw)
        return mesh

    def read(self):
        """The Mesh in the file's own axes; raises as `load`."""
        try:
            if self.problem:
                raise InputError(self.problem)
            source = Archive(self.path) if self.member else Disk()
            mesh = read_mesh(source, self.member or self.path)
            mesh.twins = find_twins(mesh.vertices, mesh.faces)
            return mesh
        except InputError as error:
            raise InputError(f"{self.place}: {error}") from None


def find_meshes(meshes):
    """The mesh files of a folder and all below it, of an archive, or a single one.

    Models of ShapeNet's layout are named by model and have their synset as category. Others are
    named by file; where names repeat, by path. What cannot be read, a format or a folder, is among
    them with its `problem`, so that a run names and counts it.

    Raises:
      InputError: there is no such file or folder, or no mesh in it.
    """
    root = Path(meshes)
    if root.is_dir():
        paths, unread = files_below(root)
    elif root.is_file():
        if suffix_of(root.name) not in _KNOWN:
            raise InputError(f"`meshes`={meshes} is no mesh: give one of {', '.join(FORMATS)}.")
        paths, unread, root = [root], {}, root.parent
    else:
        raise InputError(
            f"`meshes`={printable(meshes)} is no folder and no file: give one with mesh files."
        )
    files = [
        _problem(root, path, f"it cannot be read ({why})")
        for path, why in unread.items()
        if path.is_dir() or suffix_of(path.name) in _KNOWN
    ]
    for path in paths:
        files += _files_of(root, path)
    if not files:
        raise InputError(
            f"`meshes`={printable(meshes)} holds no mesh: give a folder with "
            f"{', '.join(FORMATS)} files."
        )
    return sorted(_told_apart(root, files), key=lambda file: (file.path, file.member))


def passed_over(meshes):
    """Lines that count what a folder holds beside models and what these name: notes, films."""
    others = LeftOut("meshes")
    for path in files_below(meshes)[0] if Path(meshes).is_dir() else ():
        if suffix_of(path.name) not in (*_KNOWN, *_COMPANIONS):
            others.pass_over(path.name)
    return others.lines()


def printable(path):
    """A path as text that any terminal and file takes; names that are not UTF-8 as Latin-1."""
    try:
        return os.fsencode(str(path)).decode("utf-8")
    except UnicodeDecodeError:
        return os.fsencode(str(path)).decode("latin-1")


def _files_of(root, path):
    """The MeshFiles that a path stands for: none, one, or those of an archive."""
    suffix = suffix_of(path.name)
    if suffix not in _KNOWN:
        return []
    if suffix in REFUSED:
        return [_problem(root, path, f"{suffix[1:].upper()} is not read: {REFUSED[suffix]}")]
    if suffix == _ARCHIVE:
        return _files_in(root, path)
    if is_shapenet(path):
        model = path.parent.parent if path.parent.name == "models" else path.parent
        name, category = model.name, model.parent.name
    else:
        name = path.stem
        category = path.parent.name if path.parent != root else root.resolve().name
    return [MeshFile(str(path), _named(name), printable(category))]


def _files_in(root, path):
    try:
        archive = Archive(path)
    except InputError as error:
        return [_problem(root, path, str(error))]
    files = []
    for member in [*archive.paths, *archive.outside]:
        suffix, name = suffix_of(member), posixpath.basename(member)
        outside = member in archive.outside
        if not outside and (suffix not in _KNOWN or any(map(is_sidecar, member.split("/")))):
            continue
        if outside:
            problem = f"its place, {member}, is outside of its archive: pack it anew"
        elif suffix == _ARCHIVE:
            problem = "it is an archive within an archive: unpack it first"
        elif suffix in REFUSED:
            problem = f"{suffix[1:].upper()} is not read: {REFUSED[suffix]}"
        else:
            problem = ""
        category = posixpath.basename(posixpath.dirname(member)) or path.stem
        name = _named(posixpath.splitext(name)[0])
        files.append(MeshFile(str(path), name, printable(category), member=member, problem=problem))
    return files or [_problem(root, path, "it holds no mesh")]


def _problem(root, path, problem):
    category = path.parent.name if path.parent != root else root.resolve().name
    return MeshFile(str(path), _named(path.name), printable(category), problem=problem)


def _told_apart(root, files):
    """The files, those whose names repeat named by their paths."""
    times = collections.Counter(file.name.casefold() for file in files)
    told = []
    for file in files:
        if times[file.name.casefold()] > 1:
            parts = [*Path(file.path).relative_to(root).parts, *file.member.split("/")]
            file = dataclasses.replace(file, name=_named("_".join(filter(None, parts))))
        told.append(file)
    return told


def _named(name):
    """A name that is a folder's too: without line ends, not too long, none of `.` and `..`."""
    name = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in printable(name))
    data = name.encode()
    if len(data) > _MOST_BYTES_OF_NAME:
        digest = hashlib.sha256(data).hexdigest()[:8]
        name = f"{data[: _MOST_BYTES_OF_NAME - 9].decode(errors='ignore')}_{digest}"
    return name if name.strip(".") else f"_{name}"
