"""Turntables: every view of many models, rendered in processes over all cores."""

import dataclasses
import functools

from tfgen.pictures.image_grid import encode_png
from tfgen.rendering.meshes.remarks import Remark
from tfgen.rendering.processes import Died, in_processes


@dataclasses.dataclass(frozen=True)
class Turntable:
    """Which views to render, and how.

    Attributes:
      azimuths, elevations: degrees.
      image_size: height and width in pixels.
      samples: rays a pixel along each side.
      margin: distance of the camera, see `camera.orbit`.
    """

    azimuths: tuple
    elevations: tuple
    image_size: int
    samples: int = 4
    margin: float = 1.0

    @property
    def views(self):
        """(azimuth, elevation) of all views, elevation by elevation."""
        return [(a, e) for e in self.elevations for a in self.azimuths]


@dataclasses.dataclass(frozen=True)
class Frames:
    """All views of a model, as PNG: RGB images and gray masks in the order of `views`.

    `remarks`, of `meshes.remarks.Remark`, name what of the model they do not show.
    """

    model: str
    images: list
    masks: list
    remarks: tuple = ()


@dataclasses.dataclass(frozen=True)
class Failure:
    """A model that could not be rendered, and why in a few words."""

    model: str
    reason: str


def evenly_spaced(count):
    """That many azimuths over a full turn, in degrees, from 0 on."""
    return tuple(360.0 * i / count for i in range(count))


def render_model(model, turntable):
    """Renders all views of one model; a Failure where that does not work.

    Args:
      model: has `name` and `load()` -> `shapes.mesh.Mesh`.
      turntable: Turntable.
    """
    # Imported in the worker: a process that only hands out work needs no ray caster.
    from tfgen.rendering.renderer import Renderer

    try:
        mesh = model.load()
        renderer = Renderer(mesh)
        images, masks, empty = [], [], 0
        for azimuth, elevation in turntable.views:
            rgb, mask = renderer.render(
                azimuth, elevation, turntable.image_size, turntable.samples, turntable.margin
            )
            images.append(encode_png(rgb))
            masks.append(encode_png(mask))
            empty += not mask.any()
    except Exception as error:  # whatever a stranger's file makes libraries raise: told by name
        return Failure(model.name, f"{error}" or type(error).__name__)
    if empty == len(images):
        return Failure(model.name, "nothing of it is seen")
    remarks = tuple(mesh.remarks)
    if empty:
        remarks += (Remark("views", f"nothing in {empty} of {len(images)}"),)
    return Frames(model.name, images, masks, remarks)


def render_turntables(models, turntable, processes=None):
    """Renders many models in processes.

    Args:
      models: iterable of picklable models, see `render_model`.
      turntable: Turntable.
      processes: how many; None for one a core.

    Yields:
      Frames or Failure of each model, in order.
    """
    render = functools.partial(render_model, turntable=turntable)
    for model, result in in_processes(render, models, processes):
        yield (
            Failure(model.name, "its process died while rendering it")
            if isinstance(result, Died)
            else result
        )
