"""Decides which way is up and front, once for all files of a set, and tells how clearly."""

import collections
import dataclasses
import math
from pathlib import Path

import numpy as np

from tfgen.errors import InputError
from tfgen.rendering.orientation import ROTATIONS, usual_frame
from tfgen.rendering.plausibility import vote
from tfgen.rendering.processes import Died, in_processes

# Models that are asked, of a set; few are asked here, without processes.
_MOST_ASKED = 32
_FEW = 3
# How clear votes must be on average to overrule a format's usual frame: of one model, and of many.
_CLEAR, _CLEAR_IF_LOOSE, _CLEAR_OF_MANY = 2.0, 1.0, 0.75
_CLEAR_FRONT, _CLEAR_FRONT_OF_MANY = 0.25, 0.1
_MOST_NAMED = 8


@dataclasses.dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
      up: "auto", or the axis that points up in all files.
      yaw: degrees by which all are turned, or "auto".
      listed: of single files: name -> (up, yaw in degrees), as `read_list` gives it.
    """

    up: str = "auto"
    yaw: float | str = 0.0
    listed: dict = dataclasses.field(default_factory=dict)


def request(up="auto", yaw="0", orientations=""):
    """The Request that settings ask for.

    Args:
      up: "auto" or an axis.
      yaw: "auto" or degrees, as text or number.
      orientations: path of a list, see `read_list`; empty for none.

    Raises:
      InputError: one of them is wrong.
    """
    if up not in ("auto", *ROTATIONS):
        raise InputError(f"`up`={up} is no axis: choose among auto, {', '.join(ROTATIONS)}.")
    try:
        yaw = yaw if yaw == "auto" else float(yaw)
    except ValueError:
        raise InputError(f"`yaw`={yaw} is no number: give degrees, or auto.") from None
    return Request(up, yaw, read_list(orientations) if orientations else {})


def read_list(path):
    """Name -> (up, yaw) of a text file: "horse.ply z 90" in each line; # begins a comment.

    Names are those of files, with their folders or without, or of models; yaw may be left out.

    Raises:
      InputError: it cannot be read, or a line is none.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8"
        raise InputError(f"`orientations`={path} cannot be read ({reason}).") from None
    listed = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        yaw = words.pop() if len(words) > 2 and words[-1] not in ROTATIONS else "0"
        try:
            name, up, degrees = " ".join(words[:-1]), words[-1], float(yaw)
        except ValueError:
            name = ""
        if not name or up not in ROTATIONS or not math.isfinite(degrees):
            raise InputError(
                f'`orientations`={path} has in line {number} "{line.strip()}": give a file, the '
                f"axis that is up ({', '.join(ROTATIONS)}) and degrees, if any."
            )
        listed[name] = up, degrees
    return listed


def orient(files, asked, processes=0):
    """The files with the frame of each decided, and what was decided.

    Files that say their frame, by format or ShapeNet's layout, keep it. The others of one format,
    and of one archive, are a set: a sample of them votes on the axis that is up, and on the one
    along which they look; where that is not clear, the format's usual frame is taken.

    Args:
      files: list of `mesh_files.MeshFile`.
      asked: Request.
      processes: that read the sample; 0 for one a core.

    Returns:
      (list of MeshFiles, in their order; list of str: what was decided, and how clearly).

    Raises:
      InputError: the list names a file that there is not.
    """
    listed = _listed(files, asked.listed)
    decided, said, sets = {}, [], collections.defaultdict(list)
    of_all = asked.up, 0.0 if asked.yaw == "auto" else asked.yaw
    told = asked.up != "auto" and asked.yaw != "auto"
    for file in files:
        if file in listed:
            decided[file] = listed[file]
        elif file.problem or told or usual_frame(file).fixed:
            decided[file] = of_all
        else:
            sets[file.suffix, file.path if file.member else ""].append(file)
    if asked.up != "auto":
        said.append(f"up is {asked.up}, as asked")
    elif any(usual_frame(file).fixed for file in files):
        count = sum(usual_frame(file).fixed for file in files)
        said.append(f"up is y in {count} models, as their format says")
    if listed:
        said.append(f"{len(listed)} models stand as the list says")
    for (suffix, archive), members in sets.items():
        up, yaw, lines = _decide(members, asked, processes)
        decided |= dict.fromkeys(members, (up, yaw))
        place = f" of {Path(archive).name}" if archive else ""
        said += [f"{len(members)} {suffix} models{place}: {line}" for line in lines]
    oriented = [
        dataclasses.replace(file, up=decided[file][0], yaw=decided[file][1]) for file in files
    ]
    return oriented, said


def _listed(files, listed):
    """MeshFile -> (up, yaw) of those that a list names."""
    found, left = {}, dict(listed)
    for file in files:
        for name in (file.place, file.name, Path(file.place).name, *_ends(file.place)):
            if name in listed:
                found[file] = listed[name]
                left.pop(name, None)
                break
    if left:
        raise InputError(
            f"`orientations` names {', '.join(list(left)[:3])}, and there is no such mesh."
        )
    return found


def _ends(path):
    """The last two, three … parts of a path."""
    parts = path.split("/")
    return ["/".join(parts[first:]) for first in range(1, len(parts))]


def _decide(files, asked, processes):
    """(up, yaw, what is said) of files of one set."""
    usual = usual_frame(files[0])
    votes = _votes(files, processes)
    up, yaw, lines = asked.up, asked.yaw, []
    if up == "auto":
        up, line = _up(votes, usual, len(files))
        lines.append(line)
    if yaw == "auto":
        yaw, line = _yaw(votes, up)
        lines.append(line)
    return up, yaw, lines


def _votes(files, processes):
    """Name -> Vote of a sample of files; of those that can be read."""
    places = np.linspace(0, len(files) - 1, min(len(files), _MOST_ASKED)).round().astype(int)
    sample = [files[place] for place in places]
    if len(sample) <= _FEW:
        results = [(file, _vote_of(file)) for file in sample]
    else:
        results = in_processes(_vote_of, sample, processes)
    return {file.name: its for file, its in results if not (its is None or isinstance(its, Died))}


def _vote_of(file):
    try:
        return vote(file.read())
    except Exception:  # it will be named as one that cannot be read when its turn comes
        return None


def _up(votes, usual, total):
    if not votes:
        return usual.up, f"up is {usual.up}, as usual: none can be asked"
    mean = float(np.mean([each.up for each in votes.values()]))
    of_one = _CLEAR_IF_LOOSE if usual.loose else _CLEAR
    clear = max(of_one / math.sqrt(len(votes)), _CLEAR_OF_MANY)
    up = usual.up
    if abs(mean) > clear:
        up = "z" if mean > 0 else "y"
    sign = 1 if up == "z" else -1
    for_it = sum(each.up * sign > 0 for each in votes.values())
    clarity = f"({abs(mean):.1f}, clear at {clear:.1f})"
    if abs(mean) > clear:
        how = f"{for_it} of {len(votes)} asked stand better so {clarity}"
    else:
        how = f"as usual in this format: their shapes do not tell {clarity}"
    against = [name for name, each in votes.items() if each.up * -sign > _CLEAR]
    if against and total > 1:
        more = f" and {len(against) - _MOST_NAMED} more" if len(against) > _MOST_NAMED else ""
        other = "y" if up == "z" else "z"
        how += (
            f"; {', '.join(against[:_MOST_NAMED])}{more} may lie, and stand with {other} up: "
            "say so with a list of orientations"
        )
    return up, f"up is {up}, {how}"


def _yaw(votes, up):
    fronts = [each.front_of_z if up == "z" else each.front_of_y for each in votes.values()]
    if not fronts:
        return 0.0, "front as usual: none can be asked"
    mean = float(np.mean(fronts))
    clear = max(_CLEAR_FRONT / math.sqrt(len(fronts)), _CLEAR_FRONT_OF_MANY)
    if abs(mean) <= clear:
        how = f"({abs(mean):.2f}, clear at {clear:.2f})"
        return 0.0, f"front as usual: their shapes do not tell {how}"
    how = f"by their symmetry ({abs(mean):.2f}, clear at {clear:.2f}); which end is unknown"
    if mean > 0:
        return 0.0, f"front as usual, {how}"
    return -90.0, f"front at +x, {how}"
