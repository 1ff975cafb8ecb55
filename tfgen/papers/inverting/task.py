"""Generators that invert features, of a network or of any other kind.

Dosovitskiy and Brox, "Inverting Visual Representations with Convolutional Networks", and DeePSiM,
section 4.3.
"""

import numpy as np
import tensorflow as tf

from tfgen.data.crops import Crops, divided_photographs
from tfgen.data.feed import make_feed
from tfgen.data.source import Columns, Joined
from tfgen.errors import InputError, renamed
from tfgen.features.by_name import FEATURES, find_feature
from tfgen.features.stored import stored_features
from tfgen.papers.comparators.comparator import Comparator, KerasComparator, parse
from tfgen.papers.comparators.opening import extractor_from
from tfgen.papers.deepsim import tables as deepsim
from tfgen.papers.deepsim.training import check_losses, deepsim_trainer, prepared, some_images
from tfgen.papers.inverting import tables
from tfgen.papers.inverting.inverter import Inverter
from tfgen.papers.inverting.signatures import inverter_signatures
from tfgen.runs.task import Task

# `architecture` -> function of the feature's name or layer, its shape and the image size to a
# NetworkSpec.
ARCHITECTURES = {
    "inversion": tables.inverter_spec,
    "deepsim": lambda layer, shape, size: deepsim.inverter_spec(layer, size),
}


class InversionTask(Task):
    """Features in, the image out; a discriminator, if there is one, is told the features."""

    kind = "inverter"

    def __init__(self, settings):
        super().__init__(settings)
        if settings.model.architecture not in ARCHITECTURES:
            raise InputError(
                f"`architecture`={settings.model.architecture} is no generator from features: give "
                f"one of {', '.join(ARCHITECTURES)}."
            )
        feature = settings.features.feature
        if self._stored and settings.data.photos_test:
            raise InputError(
                f"`photos_test` does not suit `feature`={feature}, whose rows belong to `photos`: "
                "leave it out."
            )
        self._spec(self.extractor())
        check_losses(settings.perceptual)

    @property
    def _stored(self):
        """Whether features are the rows of an array, and belong to whole photographs."""
        return self.settings.features.feature.endswith(".npy")

    def extractor(self, dtype="float32", image_size=0):
        """What extracts the features of images, of the size of training if 0; or InputError."""
        features, size = self.settings.features, image_size or self.settings.data.image_size
        if not features.feature:
            raise InputError(
                f"`feature` is missing: give one of {', '.join(FEATURES)}, NAME:LAYER of a "
                "network, FILE.keras:LAYER, DIR:SIGNATURE:OUTPUT, FILE.tflite, FILE.onnx, "
                "FILE.py:FUNCTION or FILE.npy."
            )
        with renamed(weights="feature_weights"):
            extract = extractor_from(features.feature, features.feature_weights, size, dtype)
        if features.finetune and not isinstance(extract, (Comparator, KerasComparator)):
            raise InputError(
                f"`finetune` does not suit `feature`={features.feature}, which is no NAME:LAYER of "
                "a network of the tables or of keras.applications: leave it out."
            )
        return extract

    def _spec(self, extract):
        """The NetworkSpec of what inverts features."""
        settings, name = self.settings, self.settings.features.feature
        if isinstance(extract, (Comparator, KerasComparator)):
            _, name = parse(name)
        architecture = ARCHITECTURES[settings.model.architecture]
        with renamed(layer="feature"):
            spec = architecture(name, extract.feature_shape, settings.data.image_size)
        return spec.narrowed(settings.model.width)

    def prepare(self, devices, dry=False):
        """Opens the photographs; see `runs.task.Task`."""
        del dry  # TFDS data sets are prepared by TFDS' own command
        data, schedule = self.settings.data, self.settings.schedule
        photographs = divided_photographs(data, schedule, whole=self._stored)
        scored = photographs.scored(data, schedule.evaluation_images)
        mirror, zoom = (False, 1.0) if self._stored else (data.mirror, data.crop_zoom)
        source = Crops(photographs.training, data.image_size, mirror, zoom)
        if self._stored:
            count = len(photographs.training) + len(photographs.held_out)
            with renamed(path="feature"):
                rows = stored_features(self.settings.features.feature, count)
            source = Joined(source, {"features": rows})
            scored = {split: _with_rows(examples, rows) for split, examples in scored.items()}
        feed = make_feed(source, schedule, scored, self._steps())
        with devices.building():
            model = self.networks({}, devices.precision)["model"]
            model.fit_scale(self._features(model, scored["training"]))
            trainer = deepsim_trainer(self, model, scored["training"])
        return prepared(self, model, feed, trainer, photographs, scored)

    def _steps(self):
        """What NumPy extracts is extracted in the input pipeline, beside training."""
        extract = find_feature(self.settings.features.feature, self.settings.data.image_size)
        if extract is None or extract.in_graph or self._stored:
            return ()
        return (lambda batch: batch | {"features": extract(batch["image"])},)

    @staticmethod
    def _features(model, examples):
        images = some_images(examples)
        if "features" in examples.columns:
            return tf.constant(examples.columns["features"][: len(images)], tf.float32)
        return model.extract(images)

    def networks(self, facts, dtype="float32"):
        """The generator, and what it inverts."""
        del facts
        extract, size = self.extractor(dtype), self.settings.data.image_size
        spec, finetune = self._spec(extract), self.settings.features.finetune
        inverter = Inverter(extract, spec, extract.feature_shape, size, dtype, finetune)
        return {"model": inverter}

    def signatures(self, networks, facts):
        """Inverting; extracting and redrawing where features are TensorFlow's doing."""
        del facts
        return inverter_signatures(networks["model"])

    def variables(self, networks):
        """Those of the features' network too."""
        return networks["model"].all_variables()

    def manifest(self, networks, facts):
        """Size and feature."""
        del facts
        feature = self.settings.features.feature
        return {"image_size": networks["model"].image_size, "details": {"feature": feature}}


def _with_rows(examples, rows):
    features = np.float32(rows[examples.columns["number"]])
    return Columns(examples.columns | {"features": features})
