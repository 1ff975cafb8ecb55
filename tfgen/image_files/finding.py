"""Which files of a folder are pictures; what is left out is kept by name, with the reason."""

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tqdm

from tfgen.errors import InputError
from tfgen.files import is_sidecar
from tfgen.image_files.reading import MAX_MEGAPIXELS, SUFFIXES, BrokenPictureError, examine, shown

MOST_BROKEN = 0.5  # of a folder's pictures: beyond that the folder is not what was meant
_NAMED = 10
_TOO_FEW = "fewer than"


class LeftOut:
    """What could not be used of how many things, each with a reason.

    Args:
      what: they are: "pictures".

    Attributes:
      total: how many there were, with those that were left out.
      reasons: name -> why it was left out.
      others: suffix -> how many files of it were passed over, as they are something else.
    """

    def __init__(self, what="pictures"):
        self._what = what
        self.total = 0
        self.reasons = {}
        self.others = {}

    def add(self, other):
        """Counts what another LeftOut counts, too."""
        self.total += other.total
        self.reasons |= other.reasons
        for suffix, count in other.others.items():
            self.others[suffix] = self.others.get(suffix, 0) + count

    def pass_over(self, name):
        """Counts a file that is something else, by its name."""
        suffix = Path(shown(name)).suffix.lower() or "without suffix"
        self.others[suffix] = self.others.get(suffix, 0) + 1

    def lines(self):
        """What to tell: how many of how many, and the first ten with their reasons."""
        lines, count = [], len(self.reasons)
        if count:
            lines.append(f"left out: {count} of {self.total} {self._what}")
        few = list(self.reasons.items())[:_NAMED]
        lines += [f"  {name}: {reason}" for name, reason in few]
        if count > len(few):
            lines.append(f"  and {count - len(few)} more")
        if self.others:
            kinds = ", ".join(f"{n} {suffix}" for suffix, n in sorted(self.others.items()))
            lines.append(f"passed over, as they are no {self._what}: {kinds}")
        return lines


def find_pictures(folder, max_megapixels=MAX_MEGAPIXELS, min_side=1):
    """The pictures below a folder, sorted by path, each looked at but not decoded.

    Links to folders are followed, each folder once; files that other systems leave beside pictures
    (`._a.jpg`, `Thumbs.db`) and what is hidden are passed over.

    Args:
      folder: path.
      max_megapixels: most million pixels of one.
      min_side: fewest pixels of its shorter side.

    Returns:
      (list of Path, LeftOut).

    Raises:
      InputError: there is no such folder or no picture in it, or most of them are broken.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(f"`photos`={shown(folder)} is no folder: give one of pictures.")
    left_out = LeftOut()
    files = sorted(_pictures_below(root, left_out))
    left_out.total = len(files) + len(left_out.reasons)
    if not left_out.total:
        others = ", ".join(f"{n} {suffix}" for suffix, n in sorted(left_out.others.items())[:4])
        raise InputError(
            f"`photos`={shown(folder)} holds no picture{others and f' (but {others})'}: give a "
            "folder of JPEG or PNG files."
        )
    whole = _examined(files, root, left_out, max_megapixels, min_side)
    if len(left_out.reasons) > MOST_BROKEN * left_out.total:
        name, reason = next(iter(left_out.reasons.items()))
        small = _TOO_FEW in reason
        remedy = "a smaller `image_size`, or larger ones" if small else "a folder of sound ones"
        raise InputError(
            f"`photos`={shown(folder)} has {len(left_out.reasons)} of {left_out.total} pictures "
            f"that cannot be used, {name} first ({reason}): give {remedy}."
        )
    return whole, left_out


def _pictures_below(root, left_out):
    """Yields files with a picture's suffix; counts others by suffix."""
    been = set()

    def unreadable(error):
        name = shown(os.path.relpath(error.filename, root))
        left_out.reasons[f"{name}/"] = f"the folder cannot be read ({error.strerror})"

    for here, folders, names in os.walk(root, followlinks=True, onerror=unreadable):
        status = Path(here).stat()
        if (status.st_dev, status.st_ino) in been:
            folders.clear()
            continue
        been.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not is_sidecar(name))
        for name in names:
            if is_sidecar(name):
                continue
            if Path(shown(name)).suffix.lower() in SUFFIXES:
                yield Path(here) / name
            else:
                left_out.pass_over(name)


def _examined(files, root, left_out, max_megapixels, min_side):
    """Those that can be used, as far as can be known without decoding them."""

    def problem(path):
        try:
            width, height = examine(path, max_megapixels)
        except BrokenPictureError as error:
            return error.reason.replace("`", "")
        small = min(width, height) < min_side
        return f"it has {width} x {height} pixels, {_TOO_FEW} {min_side}" if small else None

    whole = []
    with ThreadPoolExecutor() as threads:
        found = threads.map(problem, files)
        if multiprocessing.parent_process() is None:  # workers show nothing
            found = tqdm.tqdm(found, "looking at pictures", len(files), leave=False, delay=1)
        for path, reason in zip(files, found, strict=True):
            if reason is None:
                whole.append(path)
            else:
                left_out.reasons[shown(path.relative_to(root))] = reason
    return whole
