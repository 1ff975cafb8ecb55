"""What a user may choose of the experiments on turntables: styles and a view."""

import dataclasses

import numpy as np

from tfgen.errors import InputError
from tfgen.runs.experiments import experiment


@dataclasses.dataclass(frozen=True)
class Options(experiment.Options):
    """What a user may choose.

    Attributes:
      styles: numbers of the styles to show; () for some.
      azimuth, elevation: of the views, in degrees.
      seed, others, trainings: as of any experiment.
    """

    styles: tuple = ()
    azimuth: float = 30.0
    elevation: float = 20.0

    @property
    def view(self):
        """Azimuth and elevation by their names, as a generator is told them."""
        return {"azimuth": self.azimuth, "elevation": self.elevation}

    def chosen(self, count, num_styles):
        """`count` styles: those given, or some spread over all; InputError for unknown ones."""
        wrong = [style for style in self.styles if not 0 <= style < num_styles]
        if wrong:
            raise InputError(
                f"`styles`={wrong[0]} does not exist: give numbers from 0 to {num_styles - 1}."
            )
        if self.styles and len(self.styles) < count:
            raise InputError(f"`styles` has {len(self.styles)}, this experiment needs {count}.")
        if num_styles < count:
            raise InputError(f"`model` knows {num_styles} styles, this experiment needs {count}.")
        spread = [round((i + 0.5) * num_styles / count - 0.5) for i in range(count)]
        return list(self.styles or spread)

    def pairs(self, count, num_styles):
        """At most `count` pairs of styles that are all different, drawn by the seed."""
        order = np.random.default_rng(self.seed).permutation(num_styles)
        count = min(count, num_styles // 2)
        return [(int(a), int(b)) for a, b in order[: 2 * count].reshape(count, 2)]
