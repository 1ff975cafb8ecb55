"""Draws with what lies on disk, a SavedModel or a run, through one interface."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgen.conditions.call import morph_inputs
from tfgen.errors import InputError
from tfgen.export.labels import Labels
from tfgen.export.manifest import read_manifest
from tfgen.export.model import Model, signatures_of

_BATCH = 32


class Drawer(Model):
    """A trained generator to draw with: call it.

    Attributes:
      description: `conditions.description.Description`.
      style_names: names of the first one-hot condition's values.
      labels, categories, azimuths, elevations: see `export.labels.Labels`.
    """

    def __init__(self, signatures, manifest):
        super().__init__(signatures, manifest)
        self.description = manifest.description
        self.labels = Labels.of_description(self.description, self.image_size)
        self.style_names = self.labels.style_names
        self.categories = self.labels.categories
        self.azimuths = self.labels.azimuths
        self.elevations = self.labels.elevations

    def __call__(self, *values, **named):
        """Draws n views, of chairs by style weights [n, styles], azimuth, elevation, transform.

        Args:
          *values, **named: arrays by condition, see `conditions.call.morph_inputs`.

        Returns:
          (images [n, s, s, 3] over white, masks [n, s, s, 1]), uint8.

        Raises:
          InputError: a condition is missing, unknown or has another shape.
        """
        inputs = morph_inputs(self.description, values, named)
        count = len(next(iter(inputs.values())))
        parts = [
            self.predict({key: value[i : i + _BATCH] for key, value in inputs.items()}, "morph")
            for i in range(0, count, _BATCH)
        ]
        return tuple(np.concatenate([part[key] for part in parts]) for key in ("image", "mask"))


def make_model(signatures, manifest):
    """The Model of signatures: a Drawer, if it draws from conditions."""
    draws = manifest.description is not None and "morph" in signatures
    return (Drawer if draws else Model)(signatures, manifest)


def load_export(path):
    """Loads an exported model of any kind, whenever it was exported.

    Args:
      path: a version's folder, or a folder of a model's versions (the newest is taken).

    Returns:
      `model.Model`; of a generator a Drawer.

    Raises:
      InputError: there is nothing of the kind.
    """
    path = Path(path)
    if not path.is_dir():
        raise InputError(f"`path`={path} is no folder: give a run or an exported model.")
    versions = [child for child in path.iterdir() if child.name.isascii() and child.name.isdigit()]
    version = max(versions, key=lambda child: int(child.name)) if versions else path
    if not (version / "saved_model.pb").is_file():
        raise InputError(
            f"`path`={path} holds neither a run (flags.txt) nor a SavedModel (saved_model.pb)."
        )
    manifest = read_manifest(version)
    return make_model(signatures_of(tf.saved_model.load(str(version)), manifest), manifest)
