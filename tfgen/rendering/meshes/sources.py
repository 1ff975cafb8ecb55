"""Where mesh files lie, and what lies beside them: folders and ZIP archives, read alike."""

import posixpath
import re
import unicodedata
import zipfile
from pathlib import Path
from urllib.parse import unquote

from tfgen.errors import InputError

# Of one file, unpacked: what claims more is a mistake or a trap, as is what grows that much.
MOST_BYTES = 4 * 2**30
_MOST_GROWTH, _GROWTH_COUNTS_FROM = 200, 2**26
_SAYS_UTF_8 = 0x800  # bit of a member's flags
# Where exporters and shops put textures, beside a model or beside its folder.
_TEXTURE_FOLDERS = ("textures", "texture", "images", "maps", "tex", "materials")


class Disk:
    """The file system.

    Paths are strings; there is no file but regular ones: pipes and sockets would never end.
    """

    def folders(self, path):
        """Where files beside a file are looked for: its folder, and that of what it links to."""
        path = Path(path)
        return [str(path.parent.resolve()), str(path.resolve().parent)]

    def is_file(self, path):
        """Whether a regular file stands there."""
        try:
            return Path(path).is_file()
        except (OSError, ValueError):  # too long a name; one with a zero byte
            return False

    def names(self, folder):
        """Names of files and folders in a folder; none if there is no such folder."""
        try:
            return [path.name for path in Path(folder or ".").iterdir()]
        except (OSError, ValueError):
            return []

    def read(self, path):
        """The bytes of a file."""
        if Path(path).stat().st_size > MOST_BYTES:
            raise InputError(f"it is larger than {MOST_BYTES >> 30} GiB")
        return Path(path).read_bytes()


class Archive:
    """A ZIP archive; paths are those of its members.

    Attributes:
      outside: names of members that would lie above it, of which nothing is read.

    Raises:
      InputError: it is broken.
    """

    def __init__(self, path):
        try:
            self._zip = zipfile.ZipFile(path)
            self._members, self.outside = {}, []
            for info in self._zip.infolist():
                name = posixpath.normpath(_member_name(info).replace("\\", "/")).lstrip("/")
                if name.split("/")[0] == "..":
                    self.outside.append(name)
                elif not info.is_dir():
                    self._members[name] = info
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise InputError(f"it is no ZIP archive that can be read ({error})") from None
        self._folders = {}
        for name in self._members:
            while name:
                folder, name = posixpath.split(name)
                inside = self._folders.setdefault(folder, set())
                if name in inside:
                    break
                inside.add(name)
                name = folder

    @property
    def paths(self):
        """Of all files in it, sorted."""
        return sorted(self._members)

    def folders(self, path):
        """Where files beside a file are looked for."""
        return [posixpath.dirname(path)]

    def is_file(self, path):
        """Whether a file stands there."""
        return path in self._members

    def names(self, folder):
        """Names of files and folders in a folder."""
        return self._folders.get(folder, ())

    def read(self, path):
        """The bytes of a file."""
        info = self._members[path]
        if info.file_size > MOST_BYTES:
            raise InputError(f"{path} is larger than {MOST_BYTES >> 30} GiB when unpacked")
        growth = info.file_size / max(1, info.compress_size)
        if info.file_size > _GROWTH_COUNTS_FROM and growth > _MOST_GROWTH:
            raise InputError(f"{path} grows {growth:,.0f} times when unpacked: unpack it yourself")
        if info.flag_bits & 1:
            raise InputError("the archive has a password: unpack it first")
        try:
            with self._zip.open(info) as file:
                return file.read(info.file_size)  # and no more than it says
        except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
            raise InputError(f"{path} cannot be unpacked ({error})") from None


def _member_name(info):
    """A member's name: UTF-8 if it is that, though many archives do not say so."""
    if info.flag_bits & _SAYS_UTF_8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")  # as which it was taken
    except UnicodeError:
        return info.filename


class Beside:
    """The files beside one mesh file.

    Args:
      source: Disk or Archive.
      path: of the mesh file in it.
    """

    def __init__(self, source, path):
        self._source = source
        self._folders = list(dict.fromkeys(source.folders(path)))
        self._lower = {}  # folder -> plain name -> name

    def find(self, name):
        """The path of the file that a mesh file means by a name, or None.

        Files travel: what was written on another system names folders of that system, other
        slashes, other capitals. The nearest reading that there is a file for is taken.
        """
        for folder in self._folders:
            for spelling in dict.fromkeys(_spellings(name)):
                for path in _places(folder, spelling):
                    found = self._as_spelt(path)
                    if found is not None:
                        return found
        return None

    def read(self, path):
        """The bytes of a file that `find` found."""
        return self._source.read(path)

    def _as_spelt(self, path):
        """A path, capitals or not, or None."""
        path = posixpath.normpath(path)
        if self._source.is_file(path):
            return path
        found = "/" if path.startswith("/") else ""
        for part in path.strip("/").split("/"):
            if part == "..":
                found = posixpath.join(found, part)
                continue
            part = self._names(found).get(_plain(part))
            if part is None:
                return None
            found = posixpath.join(found, part)
        return found if self._source.is_file(found) else None

    def _names(self, folder):
        if folder not in self._lower:
            names = sorted(self._source.names(folder))
            self._lower[folder] = {_plain(name): name for name in names}
        return self._lower[folder]


def _plain(name):
    """A name without regard to capitals, and to how letters with accents are composed."""
    return unicodedata.normalize("NFC", name).casefold()


def _spellings(name):
    """How a name in a file may be meant."""
    name = name.strip().strip("\"'").strip()
    yield name
    uncommented = name.partition(" #")[0].strip().strip("\"'")
    for spelling in (name, unquote(name), uncommented):
        spelling = re.sub(r"^file:(//)?", "", spelling)
        spelling = re.sub(r"[\\/]+", "/", spelling)
        yield re.sub(r"^/?[A-Za-z]:/?", "", spelling)


def _places(folder, name):
    """Where a file of that name may stand, seen from a folder; the nearest reading first."""
    yield posixpath.join(folder, name)
    # Of a path of another machine: ever less of its beginning.
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    for first in range(len(parts)):
        yield posixpath.join(folder, *parts[first:])
    if parts:
        for above in (folder, posixpath.join(folder, "..")):
            for beside in _TEXTURE_FOLDERS:
                yield posixpath.join(above, beside, parts[-1])
