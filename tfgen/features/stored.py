"""Features that were computed elsewhere, from an array on disk: a row a photograph."""

from pathlib import Path

import numpy as np
import tqdm

from tfgen.errors import InputError, one_line

_AT_A_TIME = 2**26  # bytes that are looked through at a time
_NPY, _ZIP, _MAGIC_LENGTH = b"\x93NUMPY", b"PK", 6


def stored_features(path, count=None):
    """The rows of an array on disk, not kept in memory.

    Args:
      path: of a .npy file, [n, …]: row i belongs to photograph number i.
      count: of photographs, by their sorted paths; None: not known.

    Returns:
      [n, …] array.

    Raises:
      InputError: there is no such array, it has other rows than there are photographs, or a number
        is not finite.
    """
    rows = number_array(path)
    if rows.ndim < 2 or not rows.size:
        raise InputError(
            f"`path`={path} is an array of {rows.dtype} {rows.shape}: give numbers, a row a "
            "photograph."
        )
    if count is not None and len(rows) != count:
        raise InputError(
            f"`path`={path} has {len(rows)} rows, and there are {count} photographs: give one "
            "each, by the photographs' sorted paths."
        )
    check_finite(rows, path)
    return rows


def number_array(path):
    """An array of real numbers on disk, not read before it is asked for; raises InputError."""
    try:
        if Path(path).exists() and not Path(path).is_file():  # to open a pipe waits for its writer
            raise ValueError("it is no regular file")
        with Path(path).open("rb") as file:  # NumPy takes what it does not know for a pickle
            if not file.read(_MAGIC_LENGTH).startswith((_NPY, _ZIP)):
                raise ValueError("it is no .npy file")
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # NumPy raises what it likes for files that are damaged
        reason = getattr(error, "strerror", None) or one_line(error, 100)
        raise InputError(
            f"`path`={path} cannot be read ({reason}): give a .npy of numbers."
        ) from None
    if not isinstance(array, np.ndarray):
        names = ", ".join(list(array)[:4])
        raise InputError(f"`path`={path} is an archive (.npz) of {names}: give one array, a .npy.")
    if array.dtype.kind not in "fiub":
        raise InputError(
            f"`path`={path} is an array of {array.dtype} {array.shape}: give one of real numbers."
        )
    return array


def check_finite(rows, path):
    """Raises InputError unless all numbers of rows [n, …] are finite, as float32 too."""
    if rows.dtype.kind != "f":
        return
    at_a_time = max(1, _AT_A_TIME // rows[0].nbytes)
    starts = tqdm.trange(0, len(rows), at_a_time, desc="looking at features", leave=False, delay=1)
    for start in starts:
        part = rows[start : start + at_a_time]
        with np.errstate(over="ignore"):
            finite = np.isfinite(part.astype(np.float32)).reshape(len(part), -1).all(axis=1)
        if not finite.all():
            row = finite.argmin()
            what = "is not finite" if not np.isfinite(part[row]).all() else "float32 cannot hold"
            raise InputError(
                f"`path`={path} has a number that {what} in row {start + row}: mend or leave out "
                "that photograph."
            )
