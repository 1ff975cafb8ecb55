"""Turntables as TFDS data sets: models seen from azimuths and elevations."""

import dataclasses
import functools

import tensorflow_datasets as tfds

from tfgen.conditions.description import Condition
from tfgen.data.drawings.builder import DrawingBuilder
from tfgen.rendering.turntable import Turntable, render_model


@dataclasses.dataclass(eq=False, repr=False)
class TurntableConfig(tfds.core.BuilderConfig):
    """A TFDS configuration of turntables.

    Attributes:
      turntable: `rendering.turntable.Turntable`, the views of every model.
      models: tuple of picklable models with name, category and load().
      processes: that render; 0 for one a core.
    """

    turntable: Turntable | None = None
    models: tuple = ()
    processes: int = 0

    def __repr__(self):
        return self.name  # TFDS logs configurations: thousands of models would be too much


class TurntableBuilder(DrawingBuilder, skip_registration=True):
    """Turntables: style, azimuth and elevation; both angles are one stream, the viewpoint.

    Dosovitskiy et al., "Learning to Generate Chairs, Tables and Cars", section 3.1.
    """

    streams = {"viewpoint": ("azimuth", "elevation")}  # noqa: RUF012

    @property
    def image_size(self):
        """Height and width of the images."""
        return self.builder_config.turntable.image_size

    def further_conditions(self):
        """Azimuth and elevation."""
        turntable = self.builder_config.turntable
        angles = {"azimuth": turntable.azimuths, "elevation": turntable.elevations}
        return tuple(
            Condition(
                name,
                "angle",
                ranges=((float(min(degrees)), float(max(degrees))),),
                values=tuple(float(each) for each in degrees),
                unit="degrees",
            )
            for name, degrees in angles.items()
        )

    def views(self):
        """Azimuth and elevation of each view."""
        views = self.builder_config.turntable.views
        return [{"azimuth": azimuth, "elevation": elevation} for azimuth, elevation in views]

    def task(self):
        """A picklable function of a model to its Frames or a Failure."""
        return functools.partial(render_model, turntable=self.builder_config.turntable)

    def describing_metadata(self):
        """The angles of the views."""
        turntable = self.builder_config.turntable
        return {"azimuths": list(turntable.azimuths), "elevations": list(turntable.elevations)}
