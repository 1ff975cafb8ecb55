"""Turntables of the parametric chairs, tables and cars."""

import dataclasses

from tfgen.data.drawings.turntable_builder import TurntableBuilder, TurntableConfig
from tfgen.rendering.turntable import Turntable, evenly_spaced
from tfgen.shapes.classes import SHAPES, VERSION, ParametricModel

# As the paper's collections were seen (section 4): chairs after Aubry et al., the others after
# ShapeNet.
AZIMUTHS = {"chairs": 31, "tables": 36, "cars": 36}
ELEVATIONS = {"chairs": (20.0, 30.0)}
ELEVATIONS_ELSE = (0.0, 10.0, 20.0, 30.0, 40.0)
# Models of another data seed start here.
_SEEDS_APART = 100_000


def parametric_config(category, models=100, seed=0, turntable=None, processes=0, suffix=""):
    """The configuration of one class of shapes.

    Args:
      category: key of `shapes.classes.SHAPES`.
      models: number of models.
      seed: other seeds give other models.
      turntable: views; None for the class's usual ones at 64 pixels.
      processes: that render; 0 for one a core.
      suffix: what else sets these pixels apart, for the name.
    """
    turntable = turntable or usual_turntable(category)
    return TurntableConfig(
        name=f"{category}_{models}x{len(turntable.azimuths)}x{len(turntable.elevations)}"
        f"_{turntable.image_size}px_seed{seed}_shapes{VERSION}{suffix}",
        turntable=turntable,
        models=tuple(ParametricModel(category, seed * _SEEDS_APART + i) for i in range(models)),
        processes=processes,
    )


def usual_turntable(category, image_size=64):
    """The views that the paper has of a class."""
    return Turntable(
        evenly_spaced(AZIMUTHS.get(category, 36)),
        ELEVATIONS.get(category, ELEVATIONS_ELSE),
        image_size,
    )


class ParametricTurntables(TurntableBuilder, skip_registration=True):
    """Seeded shapes; nothing is read from disk."""

    # To be asked for by their names, "chairs", "tables" and "cars".
    BUILDER_CONFIGS = [  # noqa: RUF012
        dataclasses.replace(parametric_config(category), name=category) for category in SHAPES
    ]
