"""One page that shows a turn of each model, with its name and what was missed."""

import dataclasses
import sys

import cv2
import numpy as np
import tqdm

from tfgen.errors import InputError
from tfgen.folders import make
from tfgen.pictures.image_grid import GUTTER, TEXT_HEIGHT, put_text, text_width, write_png
from tfgen.rendering.folder import left_out
from tfgen.rendering.meshes.remarks import summary
from tfgen.rendering.turntable import Frames, evenly_spaced, render_turntables

SHEET = "sheet.png"
_MOST_VIEWS = 8
_COLUMNS_FROM = 12  # models; above so many, rows stand in two columns, and so on
_MOST_PIXELS = 200_000_000
_WARNING = (190, 60, 20)
_BACKGROUND = 235


def render_sheet(models, turntable, out, processes=0, notes=()):
    """Renders all models to one page, out/sheet.png.

    Args:
      models, turntable, out, processes, notes: as `folder.render_to_folder` takes them; of the
        views no more than a few azimuths of the middle elevation are shown.

    Returns:
      Text: notes, what the pictures do not show, how many models are on the page.

    Raises:
      InputError: the folder cannot be written, no model could be rendered, or the page would be
        too large.
    """
    out = make(out, "out")
    turntable = _turn(turntable)
    size, views = turntable.image_size, len(turntable.views)
    if len(models) * views * size**2 > _MOST_PIXELS:
        raise InputError(
            f"`meshes` has {len(models)} models, too many for one page of {views} views at {size} "
            "pixels: give fewer `azimuths` or a smaller `image_size`."
        )
    rows, skipped, remarks = [], {}, {}
    with tqdm.tqdm(total=len(models), unit="model") as bar:
        for result in render_turntables(models, turntable, processes):
            if isinstance(result, Frames):
                remarks[result.model] = list(result.remarks)
                missed = "; ".join(remark.text for remark in result.remarks)
                shown = [*map(_over_grey, result.images, result.masks)]
                rows.append(_row(result.model, missed, shown))
            else:
                skipped[result.model] = result.reason
                none = [np.full((size, size * views, 3), _BACKGROUND)]
                rows.append(_row(result.model, result.reason.split(": ", 1)[-1], none))
                bar.write(f"skipped {result.model}: {result.reason}", file=sys.stderr)
            bar.update()
    if len(skipped) == len(models):
        raise InputError(f"none of the {len(models)} models could be rendered; see above.")
    write_png(out / SHEET, _page(rows))
    last = f"{len(rows) - len(skipped)} models on {out / SHEET}, {len(skipped)} skipped"
    missed = [*summary(remarks, len(models)), *left_out(skipped, len(models))]
    return "\n".join([*notes, *missed, last])


def _turn(turntable):
    middle = turntable.elevations[len(turntable.elevations) // 2]
    azimuths = evenly_spaced(min(_MOST_VIEWS, len(turntable.azimuths)))
    return dataclasses.replace(turntable, azimuths=azimuths, elevations=(middle,))


def _over_grey(image, mask):
    """A view, its white background pale grey: white models are seen too."""
    image, mask = (
        cv2.imdecode(np.frombuffer(png, np.uint8), kind)
        for png, kind in ((image, cv2.IMREAD_COLOR), (mask, cv2.IMREAD_GRAYSCALE))
    )
    away = (255.0 - mask[..., None]) / 255 * (255 - _BACKGROUND)
    return np.rint(np.clip(image[..., ::-1] - away, 0, 255))


def _row(name, missed, images):
    """A model's views side by side, its name above, and beside it what was missed."""
    strip = np.concatenate(images, axis=1).astype(np.uint8)
    name = _ascii(name)
    width = max(strip.shape[1], text_width(name) + GUTTER)
    row = np.full((strip.shape[0] + TEXT_HEIGHT, width, 3), 255, np.uint8)
    row[TEXT_HEIGHT:, : strip.shape[1]] = strip
    put_text(row, name, 2, TEXT_HEIGHT - 4, (0, 0, 0))
    if missed:
        left = text_width(name) + 3 * GUTTER
        put_text(row, _fitting(_ascii(missed), width - left), left, TEXT_HEIGHT - 4, _WARNING)
    return row


def _ascii(text):
    """What OpenCV's letters can write."""
    return text.encode("ascii", "replace").decode()


def _fitting(text, width):
    """As much of a text as fits."""
    if text_width(text) <= width:
        return text
    while text and text_width(f"{text}...") > width:
        text = text[:-1]
    return f"{text}..." if text else ""


def _page(rows):
    """All rows, one below the other, in so many columns that the page is no ribbon."""
    columns = max(1, -(-len(rows) // _COLUMNS_FROM))
    columns = min(columns, max(1, round(np.sqrt(len(rows) / 4))))
    width = max(row.shape[1] for row in rows)
    tall = -(-len(rows) // columns)
    height = max(row.shape[0] for row in rows) + GUTTER
    page = np.full((tall * height, columns * (width + 4 * GUTTER), 3), 255, np.uint8)
    for number, row in enumerate(rows):
        column, place = divmod(number, tall)
        top, left = place * height, column * (width + 4 * GUTTER) + GUTTER
        page[top : top + row.shape[0], left : left + row.shape[1]] = row
    return page
