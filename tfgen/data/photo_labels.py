"""Classes of photographs: from their folders, from their names, or from a table."""

import csv
import re
from pathlib import Path

from tfgen.errors import InputError
from tfgen.image_files.reading import shown

# What a name like "tabby_cat-012.jpg" ends with after its class.
_ENDING = re.compile(r"[\s_.\-]*\d*$")


def class_names(files, root, labels, several=False):
    """The class of each photograph of a folder.

    Args:
      files: paths.
      root: the folder they were searched in.
      labels: "folders", the path of each file's folder below the root; "names", the file's name
        without what numbers it; or the path of a CSV table with columns `file`, relative to the
        root or the bare name, and `label`.
      several: whether there are other roots: then folders' names begin with the root's.

    Returns:
      list of str.

    Raises:
      InputError: the table cannot be read, or a file is not in it.
    """
    if labels == "folders":
        names = [shown(path.parent.relative_to(root)) for path in files]
        root_name = Path(shown(root.resolve().name))
        return [str(root_name / name) for name in names] if several else names
    if labels == "names":
        return [_ENDING.sub("", stem) or stem for stem in (shown(path.stem) for path in files)]
    table = read_table(labels)
    return [_row(table, path, root, labels) for path in files]


def read_table(labels):
    """File name -> label, of a CSV table; InputError if there is none."""
    try:
        with Path(labels).open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"`labels`={labels} cannot be read ({error}): give folders, names, or a CSV table."
        ) from None
    if not rows or not {"file", "label"} <= rows[0].keys():
        columns = ", ".join(rows[0]) if rows else "no rows"
        raise InputError(
            f"`labels`={labels} has {columns}: give a CSV table with the columns file and label."
        )
    table = {}
    for number, row in enumerate(rows, 2):
        if not row["file"] or not row["label"]:
            raise InputError(
                f"`labels`={labels} line {number} lacks a file or a label: complete it."
            )
        table[row["file"].strip()] = row["label"].strip()
    return table


def _row(table, path, root, labels):
    for name in (shown(path.relative_to(root).as_posix()), shown(path.name)):
        if name in table:
            return table[name]
    raise InputError(f"`labels`={labels} has no row for {shown(path.relative_to(root))}: add one.")
