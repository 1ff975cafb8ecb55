"""Text of mesh files: any encoding, any line ends, numbers by the million."""

import codecs
import warnings

import numpy as np

from tfgen.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


_FIRST = 8  # bytes, all of letters that UTF-16 has with a zero


def decoded(data):
    """The text of bytes: by their mark, else UTF-8, else Latin-1; lines end in a line feed.

    UTF-16 without a mark is told by the zeros in its first letters.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            break
    else:
        first = [data[:_FIRST][k::2].count(0) for k in (0, 1)]
        wide = {(0, _FIRST // 2): "utf-16-le", (_FIRST // 2, 0): "utf-16-be"}.get(tuple(first))
        try:
            text = data.decode(wide or "utf-8", "replace" if wide else "strict")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def numbers(text, dtype=np.float64):
    """All numbers of a text, parted by white space.

    Raises:
      InputError: something in it is no number; it is named.
    """
    if not text or text.isspace():
        return np.zeros(0, dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return np.fromstring(text, dtype, sep=" ")
        except (DeprecationWarning, ValueError, OverflowError):
            pass
    kind = float if np.issubdtype(dtype, np.floating) else int
    values = []
    for word in text.split():
        try:
            values.append(kind(word))
        except ValueError:
            comma = " (a comma in place of the point)" if "," in word else ""
            raise InputError(f'"{word[:40]}" is no number{comma}') from None
    try:
        return np.array(values, dtype)
    except OverflowError:
        raise InputError("a number in it is too large") from None


def table(rows, least):
    """Rows of numbers as an array [n, k]; nan where a row is shorter than the longest.

    Args:
      rows: list of str.
      least: numbers that a row must have.

    Raises:
      InputError: something is no number, or a row is too short.
    """
    if not rows:
        return np.zeros((0, least))
    joined = "\n".join(rows)
    if "#" in joined:
        whole, rows = rows, [row.partition("#")[0] for row in rows]
        joined = "\n".join(rows)
    else:
        whole = rows
    widths = np.array([len(row.split()) for row in rows])
    if widths.min() < least:
        short = whole[int(widths.argmin())].strip()
        raise InputError(f'"{short[:40]}" has {widths.min()} numbers in place of {least}')
    values = numbers(joined)
    if (widths == widths[0]).all():
        return values.reshape(len(rows), widths[0])
    filled = np.full((len(rows), widths.max()), np.nan)
    filled[np.arange(widths.max()) < widths[:, None]] = values
    return filled
