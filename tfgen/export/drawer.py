"""Draws with what lies on disk, a SavedModel or a run, through one interface."""

from pathlib import Path

import tensorflow as tf

from tfgen.errors import InputError
from tfgen.export.labels import Labels
from tfgen.export.restore import restore_generator
from tfgen.models.drawing import BatchedDrawing, generator_drawing


class Drawer:
    """A trained generator to draw with; call it like `models.drawing.BatchedDrawing`.

    Attributes:
      style_names, categories, image_size, azimuths, elevations: see `export.labels.Labels`.
    """

    def __init__(self, drawing, labels):
        self._drawing = drawing
        self.labels = labels
        self.style_names = labels.style_names
        self.categories = labels.categories
        self.image_size = labels.image_size
        self.azimuths = labels.azimuths
        self.elevations = labels.elevations

    def __call__(self, style_weights, azimuth, elevation, transform):
        """(images [n, s, s, 3] over white, masks [n, s, s, 1]), uint8."""
        return self._drawing(style_weights, azimuth, elevation, transform)


def load_drawer(path):
    """Loads a generator.

    Args:
      path: a run's folder, a SavedModel, or a folder of a model's versions (the newest is taken).

    Raises:
      InputError: there is nothing of the kind.
    """
    path = Path(path)
    if not path.is_dir():
        raise InputError(f"--model={path} is no folder: give a run or an exported model.")
    if (path / "flags.txt").is_file():
        return _from_run(path)
    versions = [child for child in path.iterdir() if child.name.isdigit()]
    version = max(versions, key=lambda child: int(child.name)) if versions else path
    if not (version / "saved_model.pb").is_file():
        raise InputError(
            f"--model={path} holds neither a run (flags.txt) nor a SavedModel (saved_model.pb)."
        )
    return _from_saved_model(version)


def _from_saved_model(path):
    facts = path / "assets" / "labels.json"
    if not facts.is_file():
        raise InputError(f"--model={path} is no generator that tfgen exported: no labels.json.")
    labels = Labels.from_json(facts.read_text(encoding="utf-8"))
    model = tf.saved_model.load(str(path))
    morph = model.signatures["morph"]

    def draw(weights, azimuth, elevation, transform, model=model):  # `model` must stay alive
        return morph(weights=weights, azimuth=azimuth, elevation=elevation, transform=transform)

    return Drawer(BatchedDrawing(draw), labels)


def _from_run(path):
    generator, labels = restore_generator(path)
    return Drawer(generator_drawing(generator), labels)
