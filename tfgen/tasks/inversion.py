"""Generators that invert features, of a network or of any other kind.

Dosovitskiy and Brox, "Inverting Visual Representations with Convolutional Networks", and DeePSiM,
section 4.3.
"""

import tensorflow as tf

from tfgen.architectures import deepsim, inversion
from tfgen.data.crops import make_photo_feed
from tfgen.data.photos import CentralCrops, open_photos
from tfgen.errors import InputError
from tfgen.export.manifest import Manifest
from tfgen.export.photo_signatures import inverter_signatures
from tfgen.export.saved_model import publish
from tfgen.features.catalog import FEATURES, find_feature
from tfgen.models.autoencoder import Inverter
from tfgen.models.comparator import parse
from tfgen.tasks.autoencoder import AutoencoderTask
from tfgen.tasks.photos import comparator_from
from tfgen.training.checkpoints import restore_network
from tfgen.training.run_directory import RunDirectory

# --architecture -> function of the feature's name or layer, its shape and the image size to a
# NetworkSpec.
ARCHITECTURES = {
    "inversion": inversion.inverter_spec,
    "deepsim": lambda layer, shape, size: deepsim.inverter_spec(layer, size),
}
_SCALED_BY = 64  # photographs, to find the scale of the features


class InversionTask(AutoencoderTask):
    """Features in, the image out; a discriminator, if there is one, is told the features."""

    def check_architecture(self):
        """Raises InputError if there is no generator for the feature."""
        settings = self.settings
        if settings.model.architecture not in ARCHITECTURES:
            raise InputError(
                f"--architecture={settings.model.architecture} is no generator from features: give "
                f"one of {', '.join(ARCHITECTURES)}."
            )
        _feature_and_network(settings)

    def open_data(self, prepare=True):
        """Opens the photographs; rows of an array belong to whole ones."""
        if not _is_rows(self.settings):
            super().open_data(prepare)
            return
        if self.settings.photos.photos_test:
            raise InputError(
                f"--photos_test does not suit --feature={self.settings.features.feature}, whose "
                "rows belong to --photos: leave it out."
            )
        data, schedule = self.settings.data, self.settings.schedule
        self._feed = make_photo_feed(
            self.settings.photos, data.data_dir, data.image_size, schedule, whole=True
        )
        self._crops = self._feed.evaluated(data.image_size, schedule.evaluation_images)

    def feed(self):
        """`data.crops.PhotoFeed`; what NumPy extracts is extracted there, beside training."""
        extract = find_feature(*_feature_arguments(self.settings))
        if extract is None or extract.in_graph:
            return self._feed

        def extracted(image):
            return {"image": image, "features": extract(image)}

        return self._feed.mapped(extracted)

    def model(self):
        """The generator, and what it inverts."""
        inverter = make_inverter(self.settings, self.precision())
        inverter.fit_scale(tf.cast(self._crops["training"][:_SCALED_BY], tf.float32) / 255.0)
        return inverter

    @staticmethod
    def export(run_dir, export_dir, name, checkpoint=None):
        """Exports the generator with what comes before it."""
        model = restore_inverter(run_dir, checkpoint)
        manifest = Manifest("inverter", model.image_size)
        signatures = inverter_signatures(model)
        return publish(model.all_variables(), signatures, manifest, export_dir, name)


def make_inverter(settings, dtype="float32"):
    """The Inverter that settings describe; InputError if there is none."""
    extract, spec = _feature_and_network(settings, dtype)
    size, finetune = settings.data.image_size, settings.features.finetune
    return Inverter(extract, spec, extract.feature_shape, size, dtype, finetune)


def restore_inverter(run_dir, checkpoint=None):
    """The trained Inverter of a run, in float32; InputError if there is none."""
    directory = RunDirectory(run_dir)
    inverter = make_inverter(directory.read_config())
    restore_network(directory.checkpoints, {"model": inverter}, checkpoint)
    return inverter


def _feature_and_network(settings, dtype="float32"):
    """(what extracts features, NetworkSpec of what inverts them); InputError if there is none."""
    features, size = settings.features, settings.data.image_size
    if not features.feature:
        raise InputError(
            f"--feature is missing: give one of {', '.join(FEATURES)}, NAME:LAYER of a network, "
            "FILE.py:FUNCTION or FILE.npy."
        )
    extract, name = find_feature(*_feature_arguments(settings)), features.feature
    if extract is None:
        _, name = parse(name, "feature")
        extract = comparator_from(
            features.feature, features.feature_weights, size, dtype, flag="feature"
        )
    elif features.finetune:
        raise InputError(f"--finetune does not suit --feature={name}, which is no network.")
    spec = ARCHITECTURES[settings.model.architecture](name, extract.feature_shape, size)
    return extract, spec.narrowed(settings.model.width)


def _is_rows(settings):
    return settings.features.feature.endswith(".npy")


def _feature_arguments(settings):
    size, photos = settings.data.image_size, settings.photos

    def rows_of():
        found = open_photos(photos.photos, settings.data.data_dir, photos.photo_size)
        return CentralCrops(found, size)

    return settings.features.feature, size, rows_of
