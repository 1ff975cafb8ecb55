"""Pictures made of pictures: labelled grids of uint8 images, and writing them."""

import cv2
import numpy as np

from tfgen.files import write_bytes

# Cells are enlarged by a whole factor until they are at least so many pixels wide.
MIN_CELL = 96
GUTTER = 4
TEXT_HEIGHT = 16
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FONT_SCALE = 0.38
_INK = (40, 40, 40)


def text_width(text):
    """Pixels that a label takes."""
    return cv2.getTextSize(text, _FONT, _FONT_SCALE, 1)[0][0]


def put_text(picture, text, x, y, color=_INK):
    """Writes a label into a picture, in place; (x, y) is the left end of its baseline."""
    cv2.putText(picture, text, (int(x), int(y)), _FONT, _FONT_SCALE, color, 1, cv2.LINE_AA)


def as_rgb(image):
    """[h, w, 1] or [h, w, 3] uint8 to [h, w, 3]."""
    return np.repeat(image, 3, axis=-1) if image.shape[-1] == 1 else image


def enlarged(image, factor):
    """Each pixel as a square of `factor` pixels: nothing is smoothed that is not smooth."""
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def image_grid(rows, row_labels=(), column_labels=(), title=""):
    """A grid of images on white.

    Args:
      rows: list of rows; a row is a list of [h, w, 1 or 3] uint8 images of one size, or None for an
        empty cell.
      row_labels, column_labels: text at the left of rows and above columns.
      title: text above all.

    Returns:
      [H, W, 3] uint8.
    """
    some = next(image for row in rows for image in row if image is not None)
    factor = max(1, -(-MIN_CELL // some.shape[1]))
    height, width = some.shape[0] * factor, some.shape[1] * factor
    columns = max(len(row) for row in rows)
    left = max((text_width(label) for label in row_labels), default=0)
    left += 2 * GUTTER if left else GUTTER
    header = (TEXT_HEIGHT + GUTTER if title else 0) + (TEXT_HEIGHT if any(column_labels) else 0)
    header += GUTTER
    total_width = max(left + columns * (width + GUTTER), text_width(title) + 2 * GUTTER)
    picture = np.full((header + len(rows) * (height + GUTTER), total_width, 3), 255, np.uint8)
    if title:
        put_text(picture, title, GUTTER, TEXT_HEIGHT - 2, (0, 0, 0))
    for j, label in enumerate(column_labels):
        x = left + j * (width + GUTTER) + max(0, (width - text_width(label)) // 2)
        put_text(picture, label, x, header - GUTTER - 2)
    for i, row in enumerate(rows):
        top = header + i * (height + GUTTER)
        if i < len(row_labels):
            put_text(picture, row_labels[i], GUTTER, top + height // 2 + 4)
        for j, image in enumerate(row):
            if image is not None:
                x = left + j * (width + GUTTER)
                picture[top : top + height, x : x + width] = enlarged(as_rgb(image), factor)
    return picture


def encode_png(picture):
    """[h, w, 1, 3 or 4] uint8 (gray, RGB, RGBA) to the bytes of a PNG file."""
    order = {1: None, 3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}[picture.shape[-1]]
    pixels = picture if order is None else cv2.cvtColor(np.ascontiguousarray(picture), order)
    return cv2.imencode(".png", pixels)[1].tobytes()


def write_png(path, picture):
    """Writes a picture as `encode_png` takes it; raises as `files.write_bytes`."""
    write_bytes(path, encode_png(picture))
