"""Generators that invert the features of a network (DeePSiM, section 4.3)."""

import tensorflow as tf

from tfgen.architectures.deepsim import inverter_spec
from tfgen.errors import InputError
from tfgen.export.image_model import export_image_model
from tfgen.models.autoencoder import Inverter
from tfgen.models.comparator import parse
from tfgen.tasks.autoencoder import AutoencoderTask
from tfgen.tasks.photos import comparator_from
from tfgen.training.checkpoints import restore_network
from tfgen.training.run_directory import RunDirectory

_ARCHITECTURE = "deepsim"
_SCALED_BY = 64  # photographs, to find the scale of the features


class InversionTask(AutoencoderTask):
    """Features in, the image out; the discriminator is told the features."""

    def check_architecture(self):
        """Raises InputError if there is no generator for the feature."""
        settings = self.settings
        if settings.model.architecture != _ARCHITECTURE:
            raise InputError(
                f"--architecture={settings.model.architecture} is no generator from features: give "
                f"{_ARCHITECTURE}."
            )
        if not settings.features.feature:
            raise InputError("--feature is missing: give NAME:LAYER of a network.")
        _, layer = parse(settings.features.feature, "feature")
        inverter_spec(layer, settings.data.image_size)

    def model(self):
        """The generator, and the network whose features it inverts."""
        inverter = make_inverter(self.settings, self.precision())
        inverter.fit_scale(tf.cast(self._crops["training"][:_SCALED_BY], tf.float32) / 255.0)
        return inverter

    @staticmethod
    def export(run_dir, export_dir, name, checkpoint=None):
        """Exports the generator with the network before it."""
        return export_image_model(restore_inverter(run_dir, checkpoint), export_dir, name)


def make_inverter(settings, dtype="float32"):
    """The Inverter that settings describe; InputError if there is none."""
    features, size = settings.features, settings.data.image_size
    extract = comparator_from(
        features.feature, features.feature_weights, size, dtype, flag="feature"
    )
    _, layer = parse(features.feature, "feature")
    spec = inverter_spec(layer, size).narrowed(settings.model.width)
    return Inverter(extract, spec, extract.feature_shape, size, dtype)


def restore_inverter(run_dir, checkpoint=None):
    """The trained Inverter of a run, in float32; InputError if there is none."""
    directory = RunDirectory(run_dir)
    inverter = make_inverter(directory.read_config())
    restore_network(directory.checkpoints, {"model": inverter}, checkpoint)
    return inverter
