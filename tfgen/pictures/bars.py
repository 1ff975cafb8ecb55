"""Bar charts: numbers side by side, in groups."""

import cv2
import numpy as np

from tfgen.pictures.curves import COLORS
from tfgen.pictures.image_grid import put_text, text_width

_BAR, _GAP, _SPACE = 16, 3, 14
_LONGEST = 320


def bar_chart(groups, title, mark=None):
    """Draws horizontal bars with their numbers.

    Args:
      groups: name of a group -> name of a bar -> number of at least 0; the same bars in each.
      title: text above.
      mark: a number to draw a line at, or None.

    Returns:
      [h, w, 3] uint8.
    """
    names = list(next(iter(groups.values())))
    left = 16 + max(text_width(group) for group in groups)
    width = max(left + _LONGEST + 60, 20 + text_width(title), *_legend(names, left)[-1:])
    height = 56 + len(groups) * (len(names) * (_BAR + _GAP) + _SPACE)
    picture = np.full((height, width, 3), 255, np.uint8)
    put_text(picture, title, 8, 14, (0, 0, 0))
    for name, x, color in zip(names, _legend(names, left), COLORS, strict=False):
        cv2.rectangle(picture, (x, 26), (x + 10, 36), color, -1)
        put_text(picture, name, x + 14, 35)
    largest = max(value for bars in groups.values() for value in bars.values()) or 1.0
    y = 50
    for group, bars in groups.items():
        middle = y + (len(names) * (_BAR + _GAP)) // 2 + 4
        put_text(picture, group, 8, middle, (0, 0, 0))
        for name, color in zip(names, COLORS, strict=False):
            if name in bars:
                end = left + round(_LONGEST * bars[name] / largest)
                cv2.rectangle(picture, (left, y), (end, y + _BAR), color, -1)
                put_text(picture, f"{bars[name]:.3g}", end + 6, y + _BAR - 4)
            y += _BAR + _GAP
        y += _SPACE
    if mark is not None and mark <= largest:
        x = left + round(_LONGEST * mark / largest)
        cv2.line(picture, (x, 44), (x, height - 8), (60, 60, 60), 1)
    return picture


def _legend(names, left):
    """Where each name's square stands, and where the last name ends."""
    places = [left]
    for name in names:
        places.append(places[-1] + text_width(name) + 34)
    return places
