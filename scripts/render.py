"""Renders turntables of your own meshes, or of the parametric shapes, to PNG files.

    python scripts/render.py --meshes=DIR --out=turntables
    python scripts/render.py --meshes=DIR --out=turntables --sheet
    python scripts/render.py --category=chairs --models=10 --out=turntables

`--sheet` writes one page instead, sheet.png: a turn of each model, and what was missed. Without it,
each model gets a folder of images and masks; contact_sheet.png shows them all, report.json tells
what was left out and why. Started again, it goes on with the models that are missing.
"""

from absl import flags

from tfgen import command_line
from tfgen.config import flags as settings
from tfgen.config.data import TurntableConfig
from tfgen.errors import InputError
from tfgen.rendering import orienting
from tfgen.rendering.folder import render_to_folder
from tfgen.rendering.mesh_files import find_meshes, passed_over
from tfgen.rendering.sheet import render_sheet
from tfgen.rendering.turntable import Turntable, evenly_spaced
from tfgen.shapes.classes import SHAPES, ParametricModel

settings.define_like(TurntableConfig, "meshes")
flags.DEFINE_string("category", "", f"Parametric shapes instead: one of {', '.join(SHAPES)}.")
flags.DEFINE_integer("models", 10, "Number of parametric shapes.", lower_bound=1)
flags.DEFINE_string("out", "turntables", "Folder to write to.")
settings.define_like(TurntableConfig, "image_size", default=128, lower=8, upper=4096)
flags.DEFINE_integer("azimuths", 36, "Azimuths in a full turn.", lower_bound=1)
flags.DEFINE_list("elevations", ["0", "10", "20", "30", "40"], "Elevations in degrees.")
for _name in ("up", "yaw", "orientations", "samples", "processes"):
    settings.define_like(TurntableConfig, _name)
settings.define_like(TurntableConfig, "margin", lower=0.2)
flags.DEFINE_bool("sheet", False, "Write one page with a turn of each model, and nothing else.")
flags.DEFINE_bool("overwrite", False, "Render models again that are there already.")


def _models(values):
    """(models, what was passed over and how it was decided which way is up)."""
    if bool(values.meshes) == bool(values.category):
        raise InputError("--meshes or --category is missing: give one of them.")
    if values.meshes:
        asked = orienting.request(values.up, values.yaw, values.orientations)
        models, notes = orienting.orient(find_meshes(values.meshes), asked, values.processes)
        return models, [*passed_over(values.meshes), *notes]
    if values.category not in SHAPES:
        raise InputError(f"--category={values.category} is not known: {', '.join(SHAPES)}.")
    return [ParametricModel(values.category, seed) for seed in range(values.models)], []


def _turntable(values):
    elevations = settings.numbers("elevations", values.elevations)
    if not elevations:
        raise InputError("--elevations is empty: give at least one.")
    azimuths = evenly_spaced(values.azimuths)
    return Turntable(azimuths, elevations, values.image_size, values.samples, values.margin)


def main(argv):
    """Renders what is missing."""
    del argv
    values = flags.FLAGS
    (models, notes), turntable = _models(values), _turntable(values)
    if values.sheet:
        print(render_sheet(models, turntable, values.out, values.processes, notes))
        return
    where = values.out, values.processes, values.overwrite
    print(render_to_folder(models, turntable, *where, notes))


if __name__ == "__main__":
    command_line.run(main)
