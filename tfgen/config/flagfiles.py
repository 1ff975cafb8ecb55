"""Command lines with their flagfiles put in, as people write them; who said what is kept.

A flagfile has one flag a line, `--name=value`. Lines that start with # or // are comments, and so
is what follows a blank and a # after a value. Values may stand between quotes. `--flagfile` puts
another file in. In values, here and on the command line, `~` and `$HOME` are what a shell would
make of them: a shell itself leaves `--out=~/a` alone.
"""

import codecs
import os
import re
from pathlib import Path

from tfgen.errors import InputError

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_FLAG = re.compile(r"(--?[A-Za-z_][\w.-]*)(?:\s*=\s*|\s+|$)(.*)", re.DOTALL)
_SECOND_FLAG = re.compile(r"\s--[A-Za-z]\w*(=|$)")
_COMMENT = re.compile(r"\s#.*$")
_HOME = re.compile(r"(?:^|(?<=[,=@]))~[\w.-]*(?=/|,|$)")
_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([^}]*)\})")
_NEGATIVE = re.compile(r"-\.?\d.*")  # a value, no flag
_MOST_NESTED = 64


def expanded(argv):
    """A command line without --flagfile: the flags of the files stand in its place.

    Args:
      argv: list of str, the program first.

    Returns:
      (list of str, the program first; list of where each came from: "FILE line N: ", or "" for the
      command line).

    Raises:
      InputError: a flagfile cannot be read, puts itself in, or has a line that is no flag; a value
        names a user or a variable that there is not.
    """
    given, places = list(argv[:1]), [""] * len(argv[:1])
    rest = list(argv[1:])
    while rest:
        argument = rest.pop(0)
        if argument == "--":  # what follows are no flags
            return given + [argument, *rest], places + [""] * (1 + len(rest))
        name, equals, value = argument.partition("=")
        if name in ("--flagfile", "-flagfile"):
            value = value if equals or not rest else rest.pop(0)
            for each, place in _of_files(value, (), ""):
                given.append(each)
                places.append(place)
            continue
        is_flag = equals and name[:1] == "-"
        given.append(f"{name}={with_home(value, f'{name}=')}" if is_flag else argument)
        places.append("")
    return given, places


def place_of(flag, argv, places):
    """Where a flag was given last: "FILE line N: ", or "".

    Args:
      flag: its name, without dashes.
      argv, places: as `expanded` gives them.
    """
    found = ""
    for argument, place in zip(argv, places, strict=True):
        name = argument.lstrip("-").partition("=")[0]
        if argument[:1] == "-" and name in (flag, f"no{flag}"):
            found = place
    return found


def with_home(value, flag=""):
    """A flag's value, `~` and `$NAME` in it put in as a shell does where it looks at them.

    Args:
      value: text.
      flag: what stands before it, "--out=", and where.

    Raises:
      InputError: there is no such user, or no such variable.
    """

    def home(found):
        folder = os.path.expanduser(found[0])  # noqa: PTH111 (pathlib's raises)
        if folder == found[0]:
            raise InputError(
                f"{flag}{value}: there is no user {found[0][1:]}, or no folder of that user: give "
                "the path itself."
            )
        return folder

    def variable(found):
        name = found[1] or found[2] or ""
        if name not in os.environ:
            raise InputError(
                f"{flag}{value}: the environment has no {found[0]}: set it, or give the path."
            )
        return os.environ[name]

    return _VARIABLE.sub(variable, _HOME.sub(home, value))


def _of_files(value, above, where):
    """Yields (flag, place) of the files that a --flagfile names, parted by commas."""
    if not value:
        raise InputError(f"{where}--flagfile has no file: give --flagfile=FILE.")
    for path in value.split(","):
        yield from _of_file(with_home(path, f"{where}--flagfile="), above)


def _of_file(path, above):
    """Yields (flag, place) of a flagfile; `above` are the files that put it in."""
    file = Path(path)
    if len(above) > _MOST_NESTED:
        raise InputError(
            f"--flagfile={path} is put in by more than {_MOST_NESTED} files, one in the other, "
            f"{above[0]} first: put some together."
        )
    if above and not file.is_file():  # beside the one that names it
        file = above[-1].parent / path
    if file.resolve() in [each.resolve() for each in above]:
        chain = ", ".join(str(each) for each in above)
        raise InputError(f"--flagfile={path} puts itself in, by {chain}: leave that line out.")
    value_follows = False
    for number, line in enumerate(re.split(r"\r\n|\r|\n", _text(file)), 1):
        line = line.strip()
        if not line or line.startswith(("#", "//")):
            continue
        place = f"{path} line {number}: "
        if value_follows and (line[0] != "-" or _NEGATIVE.fullmatch(line)):  # as on a command line
            yield with_home(line, place), place
            value_follows = False
            continue
        name, value = _flag(line, f"--flagfile={path} line {number}")
        value_follows = value is None
        if name in ("--flagfile", "-flagfile"):
            yield from _of_files(value, (*above, file), place)
        else:
            filled = None if value is None else with_home(value, f"{place}{name}=")
            yield name if filled is None else f"{name}={filled}", place


def _text(file):
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"--flagfile={file} cannot be read ({error.strerror}): give an existing file."
        ) from None
    encodings = [e for mark, e in _BYTE_ORDER_MARKS.items() if data.startswith(mark)] or ["utf-8"]
    # What is not UTF-8 was written by an editor of older days: its letters matter little.
    for encoding in (*encodings, "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
    raise InputError(f"--flagfile={file} is no text file: give one flag a line, --name=value.")


def _flag(line, where):
    """(name with its dashes, value or None) of a line."""
    if line[0] in "\"'" and line[-1] == line[0] and len(line) > 1:
        line = line[1:-1]
    match = _FLAG.fullmatch(line)
    if not match:
        wanted = line.lstrip("-\u2013\u2014").strip()
        raise InputError(
            f"{where} is no flag ({line[:60]!r}): write --name=value"
            f"{f', as in --{wanted}' if re.fullmatch(r'[a-z_]+ *=.*', wanted) else ''}."
        )
    name, value = match.groups()
    quote = value[:1]
    if quote and quote in "\"'" and (end := value.find(quote, 1)) > 0:
        rest = value[end + 1 :].strip()
        if not rest or rest.startswith("#"):
            return name, value[1:end]
    value = _COMMENT.sub("", f" {value}").strip()
    if _SECOND_FLAG.search(f" {value}"):
        raise InputError(f"{where} has two flags ({line[:60]!r}): give each a line of its own.")
    return name, value if value or "=" in line else None
