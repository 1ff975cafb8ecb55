"""A trained generator for experiments, from a run's folder or an exported model."""

import copy
import functools
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgen.conditions.description import value_arrays
from tfgen.data.drawings import datasets
from tfgen.data.drawings.collection import collect
from tfgen.data.drawings.examples import load_examples
from tfgen.errors import InputError
from tfgen.loading import load_drawer
from tfgen.metrics.images import over_white
from tfgen.papers.chairs.drawing import draw_over_black
from tfgen.pixels import to_uint8
from tfgen.runs.restore import restore
from tfgen.training.run_directory import RunDirectory


class Trained:
    """A generator, what it learned from, and drawing with its insides changed.

    Args:
      path: a run's folder, or an exported model; experiments that need the network or its data
        need a run.

    Attributes:
      path: the same.
      labels: `export.labels.Labels`.
      description: `conditions.description.Description`.
      num_styles: styles it knows.
      draw: `export.drawer.Drawer`, a function of values by condition.

    Raises:
      InputError: there is nothing of the kind.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.draw = load_drawer(path)
        self.labels = self.draw.labels
        self.description = self.draw.description
        self.num_styles = len(self.labels.style_names)

    @property
    def is_run(self):
        """Whether this is a run's folder, and no exported model."""
        return (self.path / "flags.txt").is_file()

    def _run(self, what):
        if not self.is_run:
            raise InputError(
                f"`model`={self.path} is an exported model, and this experiment needs {what}: give "
                "the run's folder."
            )
        return RunDirectory(self.path)

    def check_transformed(self):
        """Raises InputError unless it was trained with random transformations."""
        if not any(low < high for low, high in self.labels.transform_ranges.values()):
            raise InputError(
                f"`model`={self.path} was trained without transformations: train one with "
                "`transform_strength`=1."
            )

    @functools.cached_property
    def settings(self):
        """The run's `config.run.Settings`; InputError for an exported model."""
        return self._run("the run's settings").read_settings()

    @functools.cached_property
    def generator(self):
        """The network, in float32; InputError for an exported model."""
        self._run("the network itself")
        return restore(self.path).networks["generator"]

    def untrained(self):
        """The same with a network as training begins; InputError for an exported model."""
        self._run("the network itself")
        run, other = restore(self.path), copy.copy(self)
        other.generator = run.task.networks(run.facts)["generator"]
        return other

    @functools.cached_property
    def examples(self):
        """All views, held-out ones too, `data.drawings.examples.Examples`; or InputError."""
        self._run("the data that it learned from")
        builders = datasets.prepare(self.settings.data)
        return load_examples(collect(builders, self.settings.holdout))

    def view(self, azimuth, elevation):
        """The true images of all styles nearest to a view: Examples, one a style, in order."""
        examples = self.examples
        around = np.abs((examples.azimuths - azimuth + 180) % 360 - 180)
        away = around + np.abs(examples.elevations - elevation)
        nearest = [
            np.flatnonzero(examples.styles == style)[away[examples.styles == style].argmin()]
            for style in range(self.num_styles)
        ]
        return examples[np.array(nearest)]

    def draw_views(self, examples, first_style=0):
        """Draws what examples show: images [n, s, s, 3] over white, uint8.

        Args:
          examples: `data.drawings.examples.Examples`.
          first_style: number of their style 0 among those that the generator knows.
        """
        values = {
            "style": examples.styles + first_style,
            "azimuth": examples.azimuths,
            "elevation": examples.elevations,
        }
        return self.draw(values)[0]

    def draw_edited(self, values, edit):
        """Draws with a change of the activations.

        Args:
          values: as `conditions.description.value_arrays` takes them.
          edit: as `UpConvGenerator.activations` takes it.

        Returns:
          (images [n, s, s, 3] over white, masks [n, s, s, 1]), uint8.
        """
        arrays = value_arrays(self.description, values)
        values = {name: tf.constant(array) for name, array in arrays.items()}
        image, mask = draw_over_black(_Edited(self.generator, edit), values)
        return to_uint8(over_white(image, mask)).numpy(), to_uint8(mask).numpy()


class _Edited:
    """A generator whose activations are changed on the way."""

    def __init__(self, generator, edit):
        self._generator = generator
        self.description = generator.description
        self._edit = edit

    def __call__(self, inputs, training=False):
        return self._generator.activations(inputs, self._edit)[0]
