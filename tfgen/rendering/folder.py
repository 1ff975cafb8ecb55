"""Turntables as PNG files: a folder of images and masks a model, a sheet and a report of all."""

import json
import os
import shutil
import sys

import cv2
import numpy as np
import tqdm

from tfgen.errors import InputError
from tfgen.files import unwritable, write_text
from tfgen.folders import make
from tfgen.image_files.finding import LeftOut
from tfgen.pictures.image_grid import image_grid, write_png
from tfgen.rendering.meshes.remarks import remarks_as_json, remarks_from_json, summary
from tfgen.rendering.turntable import Frames, render_turntables

_REPORT = "report.json"
_SHEET_VIEWS = 8
_SHEET_ROWS = 40


def render_to_folder(models, turntable, out, processes=0, overwrite=False, notes=()):
    """Renders the models whose folders are missing.

    Writes out/MODEL/image_*.png and mask_*.png, contact_sheet.png and report.json, and shows on
    stderr how far it is.

    Args:
      models: list of picklable models, see `turntable.render_model`.
      turntable: `turntable.Turntable`.
      out: folder to write to.
      processes: that render; 0 for one a core.
      overwrite: whether to render models again that are there already.
      notes: lines that the report and the returned text hold too: which way was taken to be up.

    Returns:
      Text: what the pictures do not show, a line a kind; which models were left out, and why; at
      last how many were rendered, how many were there, how many were skipped.

    Raises:
      InputError: the folder cannot be written, or no model could be rendered.
    """
    out = make(out, "out")
    there = [m.name for m in models if (out / m.name).is_dir() and not overwrite]
    missing = [model for model in models if model.name not in set(there)]
    rendered, skipped, remarks = list(there), {}, _earlier_remarks(out, there)
    with tqdm.tqdm(total=len(missing) * len(turntable.views), unit="image") as bar:
        for result in render_turntables(missing, turntable, processes):
            if isinstance(result, Frames):
                _write(out, result, turntable.views)
                rendered.append(result.model)
                if result.remarks:
                    remarks[result.model] = list(result.remarks)
            else:
                skipped[result.model] = result.reason
                bar.write(f"skipped {result.model}: {result.reason}", file=sys.stderr)
            bar.update(len(turntable.views))
    report = {
        "rendered": sorted(rendered),
        "skipped": skipped,
        "orientation": list(notes),
        "remarks": remarks_as_json(remarks),
    }
    write_text(out / _REPORT, json.dumps(report, indent=2) + "\n")
    if not rendered:
        raise InputError(f"none of the {len(models)} models could be rendered; see above.")
    _write_contact_sheet(out, sorted(rendered))
    already = f" ({len(there)} were there already)" if there else ""
    last = f"{len(rendered)} models rendered{already}, {len(skipped)} skipped: {out}"
    missed = [*summary(remarks, len(models)), *left_out(skipped, len(models))]
    return "\n".join([*notes, *missed, last])


def left_out(skipped, total):
    """Lines that say which of so many models were skipped: name -> reason, its file before it."""
    models = LeftOut("models")
    models.total = total
    models.reasons = {name: reason.split(": ", 1)[-1] for name, reason in skipped.items()}
    return models.lines()


def _earlier_remarks(out, there):
    """What an earlier run noted of models that are there."""
    try:
        noted = json.loads((out / _REPORT).read_text(encoding="utf-8"))["remarks"]
        return {name: its for name, its in remarks_from_json(noted).items() if name in set(there)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(out, frames, views):
    """Writes a model's images and masks: its folder appears when it is whole."""
    target = out / frames.model
    temporary = out / f".rendering-{os.getpid()}"
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        for (azimuth, elevation), image, mask in zip(
            views, frames.images, frames.masks, strict=True
        ):
            name = f"e{elevation:05.1f}_a{azimuth:05.1f}.png"
            (temporary / f"image_{name}").write_bytes(image)
            (temporary / f"mask_{name}").write_bytes(mask)
        shutil.rmtree(target, ignore_errors=True)
        temporary.rename(target)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise unwritable(f"`out`={out}", error) from None


def _write_contact_sheet(out, names):
    """A row of views for each of the first models."""
    rows = []
    for name in names[:_SHEET_ROWS]:
        files = sorted((out / name).glob("image_*.png"))
        chosen = np.linspace(0, len(files) - 1, min(_SHEET_VIEWS, len(files))).round().astype(int)
        images = [cv2.imread(str(files[i])) for i in chosen]
        rows.append([image[..., ::-1] for image in images if image is not None])
    if any(rows):
        write_png(out / "contact_sheet.png", image_grid(rows, names[:_SHEET_ROWS]))
