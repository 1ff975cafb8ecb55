"""Runs all cases of a folder and prints what was expected and what was found.

    python tests/cases.py FOLDER [--only=TEXT] [--table=FILE]

FOLDER holds a folder NAME/in for each case; `cases.csv` beside this file has a row for each thing
that is tried of one:

    case      NAME
    input     a file in NAME/in; `.` for the folder itself
    command   one of COMMANDS, or a script and its arguments, in which {input} and {out} are filled
              in
    expected  parted by `;`: `refused REGEX`, or of
              render    `front R G B SHARE`, `back R G B SHARE` (the mean colour in the mask at 0
                        and 180 degrees, and the share of the picture that it covers), `says REGEX`
              picture   `size W x H`, `mean R G B` over white
              photos    `photos N`, `says REGEX` of what is left out
              features  `shape REGEX`
              flagfile  `flags REGEX`
              a script  `exit CODE REGEX`

A kind of case that needs something else is a function more in COMMANDS. Ends with 1 if anything
differs from what was expected.
"""

import argparse
import csv
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from tfgen.config.flagfiles import expanded
from tfgen.errors import InputError
from tfgen.features.stored import stored_features
from tfgen.image_files.finding import find_pictures
from tfgen.image_files.reading import read_rgb
from tfgen.rendering.mesh_files import find_meshes
from tfgen.rendering.orienting import Request, orient
from tfgen.rendering.turntable import Failure, Turntable, render_model

ROOT = Path(__file__).parents[1]
TABLE = Path(__file__).with_suffix(".csv")
_TURNTABLE = Turntable((0.0, 180.0), (15.0,), 64, samples=2)
_SECONDS = 300
# How far a mean colour, of 255, and a share may be off.
_COLOR, _SHARE = 12, 0.03


def render(path, command):
    """What is found of a mesh file: `refused REASON`, or its colours and what is said."""
    del command
    try:
        files, _ = orient(find_meshes(path), Request())
    except InputError as error:
        return f"refused {error}"
    result = render_model(files[0], _TURNTABLE)
    if isinstance(result, Failure):
        return f"refused {result.reason.split(': ', 1)[-1]}"
    found = []
    for side, image, mask in zip(("front", "back"), result.images, result.masks, strict=True):
        image, mask = (
            cv2.imdecode(np.frombuffer(each, np.uint8), cv2.IMREAD_UNCHANGED)
            for each in (image, mask)
        )
        found.append(f"{side} {colors(image[..., ::-1], mask)}")
    found += [f"says {remark.text}" for remark in result.remarks]
    return "; ".join(found)


def colors(image, mask):
    """`R G B SHARE` of an image [h, w, 3] within its mask [h, w], uint8."""
    share = mask.mean() / 255
    if not share:
        return "0 0 0 0.00"
    weights = mask[..., None] / 255
    # Images stand over white.
    mean = ((image.astype(float) - 255 * (1 - weights)).sum((0, 1)) / weights.sum()).clip(0, 255)
    return " ".join(f"{each:.0f}" for each in mean) + f" {share:.2f}"


def script(path, command):
    """`exit CODE` of a script, and what it says."""
    with tempfile.TemporaryDirectory() as out:
        words = [word.format(input=path, out=out) for word in command.split()]
        arguments = [sys.executable, str(ROOT / "scripts" / words[0]), *words[1:]]
        try:
            done = subprocess.run(arguments, capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return f"exit none after {_SECONDS} s"
    text = (done.stdout + done.stderr).decode(errors="replace")
    return f"exit {done.returncode} {' '.join(text.split())[-2000:]}"


def _or_refused(function):
    """A command of a function of a path to what is found of it."""

    def command(path, _):
        try:
            return function(path)
        except InputError as error:
            return f"refused {str(error).replace(';', ',')}"

    return command


def _picture(path):
    pixels = read_rgb(path)
    mean = " ".join(f"{each:.0f}" for each in pixels.mean((0, 1)))
    return f"size {pixels.shape[1]} x {pixels.shape[0]}; mean {mean}"


def _photos(path):
    files, left_out = find_pictures(path)
    return "; ".join([f"photos {len(files)}", *(f"says {line}" for line in left_out.lines())])


# First word of `command` -> function of a path and the command to what is found; else `script`.
COMMANDS = {
    "render": render,
    "picture": _or_refused(_picture),
    "photos": _or_refused(_photos),
    "features": _or_refused(lambda path: f"shape {stored_features(str(path)).shape}"),
    "flagfile": _or_refused(
        lambda path: f"flags {' '.join(expanded(['', f'--flagfile={path}'])[0][1:])}"
    ),
}


def as_expected(expected, found):
    """Whether what was found is what was expected, each a text as the commands write it."""
    parts = [part.strip() for part in found.split(";")]
    for part in filter(None, map(str.strip, expected.split(";"))):
        word, _, rest = part.partition(" ")
        if word in ("front", "back"):
            if not any(_alike(part, each) for each in parts):
                return False
        elif word == "exit":
            code, _, pattern = rest.partition(" ")
            if not re.match(rf"exit {code}\b", found) or not re.search(pattern, found, re.I):
                return False
        elif not any(re.search(rf"{word}\b.*(?:{rest})", each, re.I) for each in parts):
            return False
    return True


def _alike(expected, found):
    side, *numbers = expected.split()
    its_side, *its = found.split()
    if its_side != side:
        return False
    numbers, its = np.array(numbers, float), np.array(its, float)
    return bool((np.abs(numbers - its)[:3] <= _COLOR).all() and abs(numbers[3] - its[3]) <= _SHARE)


def run(folder, rows):
    """Yields (row, what was found, whether that was expected) of each row of the table."""
    for row in rows:
        path = Path(folder) / row["case"] / "in" / row["input"]
        if not path.exists():
            yield row, "there is no such input", False
            continue
        command = COMMANDS.get(row["command"].split()[0], script)
        found = command(path, row["command"])
        yield row, found, as_expected(row["expected"], found)


def main():
    """Prints the table; returns the exit code."""
    parser = argparse.ArgumentParser(description="Runs all cases of a folder.")
    parser.add_argument("folder")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--table", default=str(TABLE), help="CSV of what is expected")
    given = parser.parse_args()
    with Path(given.table).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if given.only in row["case"]]
    wrong = 0
    for row, found, good in run(given.folder, rows):
        wrong += not good
        name = f"{row['case']}/{row['input']}"
        print(f"{'ok   ' if good else 'WRONG'} {name:50} {row['expected'][:60]:60} {found[:100]}")
    print(f"{len(rows) - wrong} of {len(rows)} as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
