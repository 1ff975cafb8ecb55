"""Draws with what lies on disk, a SavedModel or a run, through one interface."""

from pathlib import Path

import tensorflow as tf

from tfgen.conditions import value_arrays
from tfgen.errors import InputError
from tfgen.export.labels import Labels
from tfgen.export.restore import restore_generator
from tfgen.models.drawing import BatchedDrawing, generator_drawing


class Drawer:
    """A trained generator to draw with.

    Call: values by condition, a dict as `conditions.value_arrays` takes it; or the style's weights
    and the others by keyword; to (images [n, s, s, 3] over white, masks [n, s, s, 1]), uint8.

    Attributes:
      description: `conditions.Description`.
      style_names, categories, image_size, azimuths, elevations: see `export.labels.Labels`.
    """

    def __init__(self, drawing, labels):
        self._drawing = drawing
        self.labels = labels
        self.description = labels.description
        self.style_names = labels.style_names
        self.categories = labels.categories
        self.image_size = labels.image_size
        self.azimuths = labels.azimuths
        self.elevations = labels.elevations

    def __call__(self, values, **others):
        """Draws; see the class."""
        if not isinstance(values, dict):
            values = {self.description.style.name: values, **others}
        return self._drawing(value_arrays(self.description, values))


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

    def draw(values, model=model):  # `model` must stay alive
        inputs = {"weights" if name == "style" else name: x for name, x in values.items()}
        return morph(**inputs)

    return Drawer(BatchedDrawing(draw), labels)


def _from_run(path):
    generator, labels = restore_generator(path)
    return Drawer(generator_drawing(generator), labels)
