"""Renders turntables of your own meshes, or of the parametric shapes, to PNG files.

    python scripts/render.py --meshes=DIR --out=turntables
    python scripts/render.py --category=chairs --models=10 --out=turntables

Each model gets a folder of images and masks; contact_sheet.png shows them all, report.json tells
what was left out and why. Started again, it goes on with the models that are missing.
"""

import json
import shutil
import sys
from pathlib import Path

import cv2
import numpy as np
import tqdm
from absl import flags

from tfgen import command_line
from tfgen.config import flags as settings
from tfgen.errors import InputError
from tfgen.rendering.mesh_files import find_meshes
from tfgen.rendering.turntable import Frames, Turntable, evenly_spaced, render_turntables
from tfgen.shapes.catalog import SHAPES, ParametricModel

flags.DEFINE_string("meshes", "", "Folder of OBJ, GLB, PLY, STL or OFF files.")
flags.DEFINE_string("category", "", f"Parametric shapes instead: one of {', '.join(SHAPES)}.")
flags.DEFINE_integer("models", 10, "Number of parametric shapes.", lower_bound=1)
flags.DEFINE_string("out", "turntables", "Folder to write to.")
flags.DEFINE_integer("image_size", 128, "Height and width in pixels.", 8, 4096)
flags.DEFINE_integer("azimuths", 36, "Azimuths in a full turn.", lower_bound=1)
flags.DEFINE_list("elevations", ["0", "10", "20", "30", "40"], "Elevations in degrees.")
flags.DEFINE_enum("up", "auto", ["auto", "y", "z"], "Axis of the meshes that points up.")
flags.DEFINE_float("yaw", 0.0, "Degrees to turn the meshes about the up axis.")
flags.DEFINE_integer("samples", 4, "Rays a pixel along each side.", 1, 16)
flags.DEFINE_float("margin", 1.0, "Distance of the camera: 1 fills the frame.", lower_bound=0.2)
flags.DEFINE_integer("processes", 0, "Processes that render; 0: one a core.", lower_bound=0)
flags.DEFINE_bool("overwrite", False, "Render models again that are there already.")

_SHEET_VIEWS = 8
_SHEET_ROWS = 40


def _models(values):
    if bool(values.meshes) == bool(values.category):
        raise InputError("--meshes or --category is missing: give one of them.")
    if values.meshes:
        return find_meshes(values.meshes, values.up, values.yaw)
    if values.category not in SHAPES:
        raise InputError(f"--category={values.category} is not known: {', '.join(SHAPES)}.")
    return [ParametricModel(values.category, seed) for seed in range(values.models)]


def _turntable(values):
    elevations = settings.numbers("elevations", values.elevations)
    if not elevations:
        raise InputError("--elevations is empty: give at least one.")
    return Turntable(
        evenly_spaced(values.azimuths),
        elevations,
        values.image_size,
        values.samples,
        values.margin,
    )


def _write(out, frames, views):
    """Writes a model's images and masks: its folder appears when it is whole."""
    target = out / frames.model
    temporary = out / f".rendering-{frames.model}"
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
        raise InputError(f"--out={out} cannot be written ({error.strerror}).") from None


def _contact_sheet(out, names):
    """A row of views for each of the first models."""
    from tfgen.pictures.image_grid import image_grid, write_png

    rows = []
    for name in names[:_SHEET_ROWS]:
        files = sorted((out / name).glob("image_*.png"))
        chosen = np.linspace(0, len(files) - 1, min(_SHEET_VIEWS, len(files))).round().astype(int)
        images = [cv2.imread(str(files[i])) for i in chosen]
        rows.append([image[..., ::-1] for image in images if image is not None])
    if any(rows):
        write_png(out / "contact_sheet.png", image_grid(rows, names[:_SHEET_ROWS]))


def main(argv):
    """Renders what is missing."""
    del argv
    values = flags.FLAGS
    models, turntable = _models(values), _turntable(values)
    out = Path(values.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out={out} cannot be written ({error.strerror}).") from None
    there = [m.name for m in models if (out / m.name).is_dir() and not values.overwrite]
    missing = [model for model in models if model.name not in set(there)]
    rendered, skipped = list(there), {}
    with tqdm.tqdm(total=len(missing) * len(turntable.views), unit="image") as bar:
        for result in render_turntables(missing, turntable, values.processes):
            if isinstance(result, Frames):
                _write(out, result, turntable.views)
                rendered.append(result.model)
            else:
                skipped[result.model] = result.reason
                bar.write(f"skipped {result.model}: {result.reason}", file=sys.stderr)
            bar.update(len(turntable.views))
    report = {"rendered": sorted(rendered), "skipped": skipped}
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if not rendered:
        raise InputError(f"none of the {len(models)} models could be rendered; see above.")
    _contact_sheet(out, sorted(rendered))
    already = f" ({len(there)} were there already)" if there else ""
    print(f"{len(rendered)} models rendered{already}, {len(skipped)} skipped: {out}")


if __name__ == "__main__":
    command_line.run(main)
