"""The parametric shapes by class. Adding a class: a module that builds it, and a row in SHAPES."""

import dataclasses

from tfgen.shapes.cars import car
from tfgen.shapes.chairs import chair
from tfgen.shapes.tables import table

# Class -> function of a seed to a ParametricMesh.
SHAPES = {"chairs": chair, "tables": table, "cars": car}

# To be raised when any draw changes, so that data sets of other shapes are not taken for these.
VERSION = "2.0.0"


@dataclasses.dataclass(frozen=True)
class ParametricModel:
    """One model of a class.

    Attributes:
      category: key of SHAPES.
      seed: of the model.
    """

    category: str
    seed: int

    @property
    def name(self):
        """For example "chairs_0012"."""
        return f"{self.category}_{self.seed:04d}"

    def load(self):
        """The model's ParametricMesh."""
        return SHAPES[self.category](self.seed)
