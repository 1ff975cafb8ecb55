"""Checksums of an exported version, which tell damage that TensorFlow's own do not reach.

TensorFlow keeps one of every variable, none of the graph, the assets and the warm-up requests.
"""

import hashlib
from pathlib import Path

# As coreutils write it: `sha256sum --check checksums.sha256` does without tfgen.
CHECKSUMS_FILE = "checksums.sha256"


def write(folder):
    """Writes the checksums of all files of a version beside them.

    Args:
      folder: of the version, while nobody reads it yet.

    Raises:
      OSError: it cannot be written.
    """
    lines = [f"{_sum(path)}  {name}\n" for name, path in _files(folder).items()]
    (Path(folder) / CHECKSUMS_FILE).write_text("".join(lines), encoding="utf-8")


def exist(folder):
    """Whether a version has checksums; those that were exported by earlier tfgen have none."""
    return (Path(folder) / CHECKSUMS_FILE).is_file()


def damage(folder):
    """What does not match a version's checksums; "" of a whole one. Reads all of it.

    Args:
      folder: of a version that has checksums.

    Returns:
      Words that name each file that is missing, or another than was exported.
    """
    there = _files(folder)
    text = (Path(folder) / CHECKSUMS_FILE).read_text(encoding="utf-8", errors="replace")
    wrong = []
    for line in text.splitlines():
        total, separator, name = line.partition("  ")
        if not separator or len(total) != hashlib.sha256().digest_size * 2:
            return f"{CHECKSUMS_FILE} is damaged"
        if name not in there:
            wrong.append(f"{name} is missing")
        elif _sum(there[name]) != total:
            wrong.append(f"{name} is damaged")
    return "; ".join(wrong) if text else f"{CHECKSUMS_FILE} is empty"


def _files(folder):
    """Files of a version by their names within it, but for the checksums'."""
    paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    names.pop(CHECKSUMS_FILE, None)
    return names


def _sum(path):
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest()
