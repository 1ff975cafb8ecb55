"""The table of mesh formats: who reads each, which way is up in it, and what is refused."""

import dataclasses
import posixpath
import warnings
from collections.abc import Callable

import numpy as np

from tfgen.errors import InputError, one_line
from tfgen.rendering.meshes.gltf import read_gltf
from tfgen.rendering.meshes.obj import read_obj
from tfgen.rendering.meshes.off import read_off
from tfgen.rendering.meshes.ply import read_ply
from tfgen.rendering.meshes.sources import Beside
from tfgen.rendering.meshes.stl import read_stl


@dataclasses.dataclass(frozen=True)
class Format:
    """A format of mesh files.

    Attributes:
      read: function of bytes and `sources.Beside` to the Mesh, in the file's axes.
      up: axis that points up in most files, "y" or "z".
      fixed: whether the format itself says so.
      loose: whether many files have it otherwise.
    """

    read: Callable
    up: str
    fixed: bool = False
    loose: bool = False


FORMATS = {
    ".obj": Format(read_obj, "y"),
    ".glb": Format(read_gltf, "y", fixed=True),
    ".gltf": Format(read_gltf, "y", fixed=True),
    ".ply": Format(read_ply, "y", loose=True),
    ".stl": Format(read_stl, "z"),
    ".off": Format(read_off, "z", loose=True),
}
_BY_BLENDER = "open it in Blender and export it as glTF 2.0 (.glb)"
_BY_SLICER = "open it in a slicer or in Microsoft's 3D Builder and export it as STL or OBJ"
# What people have and is not read: suffix -> the way to convert it.
REFUSED = dict.fromkeys((".fbx", ".dae", ".blend", ".3ds", ".x3d", ".x3dv", ".wrl"), _BY_BLENDER)
REFUSED |= dict.fromkeys((".usd", ".usda", ".usdc", ".usdz", ".abc", ".lwo"), _BY_BLENDER)
REFUSED |= dict.fromkeys(
    (".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst"), "unpack it first"
)
REFUSED |= {
    ".3mf": _BY_SLICER,
    ".amf": _BY_SLICER,
    ".max": "export it from 3ds Max as OBJ or glTF",
    ".ma": "export it from Maya as OBJ",
    ".mb": "export it from Maya as OBJ",
    ".skp": "export it from SketchUp as OBJ or glTF",
    ".c4d": "export it from Cinema 4D as OBJ or glTF",
}
REFUSED |= dict.fromkeys(
    (".step", ".stp", ".iges", ".igs", ".dxf", ".dwg", ".ifc"), "export it from FreeCAD as OBJ"
)

_WEB_PAGE = (b"<!doctype", b"<html")


def suffix_of(path):
    """A file's suffix in lower case, ".obj"."""
    return posixpath.splitext(path)[1].lower()


def read_mesh(source, path):
    """The Mesh of a file, in the file's axes.

    Args:
      source: `sources.Disk` or `Archive`.
      path: of the file in it.

    Raises:
      InputError: it cannot be read as a mesh; the text says why, and does not name the file.
    """
    suffix = suffix_of(path)
    if suffix in REFUSED:
        raise InputError(f"{suffix[1:].upper()} is not read: {REFUSED[suffix]}")
    try:
        # What readers of strangers' files warn of is none of the user's terminal.
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            data = source.read(path)
            if not data:
                raise InputError("the file is empty")
            if data.startswith(b"version https://git-lfs"):
                raise InputError("it is a pointer of Git LFS: fetch the file with `git lfs pull`")
            if data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGE):
                raise InputError("it is a web page (HTML), no mesh: download the file itself")
            return FORMATS[suffix].read(data, Beside(source, path))
    except InputError:
        raise
    except MemoryError:
        raise InputError("it is too large for this machine's memory") from None
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror or error})") from None
    except Exception as error:  # a mistake in the file that no reader foresaw
        raise InputError(f"unreadable ({one_line(error, 150) or type(error).__name__})") from None
