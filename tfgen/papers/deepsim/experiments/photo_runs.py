"""Trained models of photographs, and the crops that experiments score them on."""

import functools

import numpy as np
import tensorflow as tf

from tfgen.data.crops import divided_photographs
from tfgen.data.source import spread_places
from tfgen.errors import InputError
from tfgen.pictures.image_grid import image_grid
from tfgen.pixels import as_uint8
from tfgen.runs.experiments.training_runs import recipe_error
from tfgen.runs.restore import restore
from tfgen.training.run_directory import RunDirectory

_BATCH = 64
_SHOWN = 8


class PhotoRun:
    """A finished run on photographs.

    Args:
      path: the run's folder.

    Attributes:
      path: the same.
      settings: `config.run.Settings`.

    Raises:
      InputError: there is no such run, or it has no model that draws.
    """

    is_run = True  # never an exported model, as `trained.Trained` may be

    def __init__(self, path):
        self.path = path
        self.settings = RunDirectory(path).read_settings()
        if self.settings.task not in ("autoencoder", "inversion"):
            raise InputError(
                f"`path`={path} is a run of `task`={self.settings.task}: give one of an "
                "autoencoder or of an inversion."
            )

    @functools.cached_property
    def model(self):
        """The network, in float32."""
        return restore(self.path).networks["model"]

    @property
    def inverter(self):
        """The network of a run that inverts features; InputError of any other."""
        if not hasattr(self.model, "invert"):
            raise InputError(f"`model`={self.path} inverts no features: give one of an inversion.")
        return self.model

    def draw(self, images):
        """What it makes of images [n, s, s, 3] uint8: the same shape, uint8."""
        return batched(lambda x: as_uint8(self.model(x)["image"]), images)


def held_out(settings, count):
    """The photographs that settings hold out, and fixed crops of them [n, s, s, 3] uint8."""
    photographs = divided_photographs(settings.data, settings.schedule)
    crops = photographs.scored(settings.data, count)["held_out"]
    return photographs.held_out, crops.columns["image"]


def inverted_network(settings, recipe):
    """Name of the network a layer of which is inverted.

    Args:
      settings: `papers.inverting.settings.InversionSettings`.
      recipe: of settings that are right, as `training_runs.recipe_error` takes it.

    Raises:
      InputError: what is inverted is no layer of a network.
    """
    name, colon, _ = settings.features.feature.partition(":")
    if not colon:
        fact = f"`feature`={settings.features.feature} is no layer of a network"
        raise recipe_error(fact, recipe)
    return name


def batched(function, images):
    """A function of [b, s, s, 3] float32 in [0, 1], applied to uint8 images a batch at a time."""
    parts = [
        np.asarray(function(tf.constant(images[i : i + _BATCH], tf.float32) / 255.0))
        for i in range(0, len(images), _BATCH)
    ]
    return np.concatenate(parts)


def inverted(model, features):
    """[n, s, s, 3] uint8 of features [n, …], a batch at a time."""
    parts = [as_uint8(model.invert(features[i : i + 64])) for i in range(0, len(features), 64)]
    return np.concatenate(parts)


def comparison(crops, drawn):
    """A picture of some crops, and below them what was drawn of each.

    Args:
      crops: [n, s, s, 3] uint8.
      drawn: name -> images of all of them, the same shape.

    Returns:
      [h, w, 3] uint8.
    """
    places = spread_places(len(crops), _SHOWN)
    rows = [list(crops[places]), *(list(images[places]) for images in drawn.values())]
    return image_grid(rows, ["image", *drawn], title="held-out photographs")
