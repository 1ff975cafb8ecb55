"""Brings a run's network back from its folder."""

from tfgen.errors import InputError
from tfgen.export.labels import Labels
from tfgen.models.catalog import make_autoencoder, make_generator
from tfgen.training.checkpoints import restore_network
from tfgen.training.run_directory import RunDirectory


def restore_generator(path, checkpoint=None):
    """The trained generator of a run, in float32.

    Args:
      path: the run's folder.
      checkpoint: path of one of its checkpoints; None for the newest.

    Returns:
      (UpConvGenerator, Labels).

    Raises:
      InputError: there is no run, no checkpoint, or it belongs to another network.
    """
    directory = RunDirectory(path)
    settings = directory.read_config()
    if not directory.labels.is_file():
        raise InputError(f"{path} holds a run that has not started to train: train it first.")
    labels = Labels.from_json(directory.labels.read_text(encoding="utf-8"))
    generator = make_generator(settings.model, settings.data.image_size, labels.description)
    restore_network(directory.checkpoints, {"generator": generator}, checkpoint)
    return generator, labels


def restore_autoencoder(path, checkpoint=None):
    """The trained `models.autoencoder.Autoencoder` of a run, in float32; errors as above."""
    directory = RunDirectory(path)
    settings = directory.read_config()
    autoencoder = make_autoencoder(settings.model, settings.data.image_size)
    restore_network(directory.checkpoints, {"model": autoencoder}, checkpoint)
    return autoencoder
