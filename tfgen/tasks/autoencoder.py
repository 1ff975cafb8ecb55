"""Autoencoders of photographs, plain and variational (DeePSiM, sections 4.1 and 4.2)."""

import tensorflow as tf

from tfgen.architectures.deepsim import autoencoder_spec, discriminator_spec
from tfgen.errors import InputError
from tfgen.export.manifest import Manifest
from tfgen.export.photo_signatures import autoencoder_signatures
from tfgen.export.restore import restore_autoencoder
from tfgen.export.saved_model import publish
from tfgen.models.autoencoder import Discriminator
from tfgen.models.catalog import make_autoencoder
from tfgen.models.encoder_start import start_encoder
from tfgen.tasks.photos import PhotoTask, comparator_from
from tfgen.training.deepsim_trainer import DeepSimTrainer
from tfgen.training.photo_evaluation import ReconstructionGallery

_SCALED_BY = 64  # photographs, to find the length of features


def relative(compare, crops):
    """A comparator whose features have a mean squared length of one over some crops."""
    features = compare(tf.cast(crops, tf.float32) / 255.0)
    axes = tuple(range(1, features.shape.rank))
    length = tf.sqrt(tf.reduce_mean(tf.reduce_sum(tf.square(features), axis=axes))).numpy()
    return lambda images: compare(images) / length


class AutoencoderTask(PhotoTask):
    """Images to images, by the losses of `config.PerceptualConfig`."""

    def __init__(self, settings):
        super().__init__(settings)
        self.check_architecture()
        weights = settings.perceptual
        if weights.lambda_feat and not weights.comparator:
            raise InputError("--lambda_feat needs --comparator: give NAME:LAYER.")
        if not (weights.lambda_img or weights.lambda_feat):
            raise InputError("--lambda_img and --lambda_feat are both 0: give one of them.")

    def check_architecture(self):
        """Raises InputError if the architecture is none for this task."""
        autoencoder_spec(self.settings.model.architecture)

    def model(self):
        """What is trained."""
        size, model = self.settings.data.image_size, self.settings.model
        autoencoder = make_autoencoder(model, size, self.precision())
        if model.encoder_weights:
            comparator = comparator_from(
                "caffenet:fc6", model.encoder_weights, size, flag="encoder"
            )
            try:
                start_encoder(autoencoder.encoder, comparator)
            except ValueError:
                raise InputError(
                    f"--encoder_weights={model.encoder_weights} does not suit --architecture="
                    f"{model.architecture} at --width={model.width:g}: its encoder is another."
                ) from None
        return autoencoder

    def trainer(self):
        """A DeepSimTrainer."""
        settings, weights = self.settings, self.settings.perceptual
        size, precision = settings.data.image_size, self.precision()
        model = self.model()
        compare = None
        if weights.comparator:
            compare = comparator_from(
                weights.comparator, weights.comparator_weights, size, precision
            )
            if weights.relative_features:
                compare = relative(compare, self._crops["training"][:_SCALED_BY])
        discriminator = None
        if weights.lambda_adv:
            told = getattr(model, "feature_shape", None)
            spec = discriminator_spec(size, told_features=told is not None)
            spec = spec.narrowed(settings.model.width)
            discriminator = Discriminator(spec, size, told, precision)
        trainer = DeepSimTrainer(
            model,
            weights,
            compare,
            discriminator,
            settings.objective.lambda_kl,
            settings.schedule.seed,
        )
        theirs = self.adam(weights.discriminator_rate)
        trainer.compile(self.adam(), settings.schedule.steps_per_execution, theirs)
        return trainer

    def describe_network(self, trainer):
        """Architecture, parameters, losses."""
        weights = self.settings.perceptual
        terms = [f"{weights.lambda_img:g} x {weights.image_loss} image loss"]
        if weights.lambda_feat:
            terms.append(f"{weights.lambda_feat:g} x feature loss in {weights.comparator}")
        if weights.lambda_adv:
            terms.append(f"{weights.lambda_adv:g} x adversarial loss")
        count = trainer.model.count_params() / 1e6
        return [
            f"{self.settings.model.architecture}: {count:.2f}M parameters, "
            f"{trainer.model.precision}, {' + '.join(terms)}"
        ]

    def gallery(self, trainer):
        """Photographs beside what is drawn of them."""
        return ReconstructionGallery(trainer.model, self._crops)

    @staticmethod
    def export(run_dir, export_dir, name, checkpoint=None):
        """Exports the model with its signatures."""
        model = restore_autoencoder(run_dir, checkpoint)
        details = {"variational": model.variational}
        manifest = Manifest("autoencoder", model.image_size, details=details)
        signatures = autoencoder_signatures(model)
        return publish(model.all_variables(), signatures, manifest, export_dir, name)
