"""Features that were computed elsewhere, from an array on disk: a row a photograph."""

import numpy as np

from tfgen.errors import InputError, one_line


def stored_features(path, count=None):
    """The rows of an array on disk, not read before they are asked for.

    Args:
      path: of a .npy file, [n, …]: row i belongs to photograph number i.
      count: of photographs, by their sorted paths; None: not known.

    Returns:
      [n, …] array.

    Raises:
      InputError: there is no such array, or it has other rows than there are photographs.
    """
    try:
        rows = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"`path`={path} cannot be read ({one_line(error)}): give a .npy."
        ) from None
    if rows.ndim < 2 or rows.dtype.kind not in "fiub":
        raise InputError(
            f"`path`={path} is an array of {rows.dtype} {rows.shape}: give numbers, a row a "
            "photograph."
        )
    if count is not None and len(rows) != count:
        raise InputError(
            f"`path`={path} has {len(rows)} rows, and there are {count} photographs: give one "
            "each, by the photographs' sorted paths."
        )
    return rows
