"""Autoencoders of photographs, plain and variational (DeePSiM, sections 4.1 and 4.2)."""

from tfgen.data.crops import Crops, divided_photographs
from tfgen.data.feed import make_feed
from tfgen.errors import InputError, renamed
from tfgen.papers.comparators.opening import comparator_from
from tfgen.papers.deepsim.autoencoder import make_autoencoder
from tfgen.papers.deepsim.encoder_start import start_encoder
from tfgen.papers.deepsim.signatures import autoencoder_signatures
from tfgen.papers.deepsim.tables import autoencoder_spec
from tfgen.papers.deepsim.training import check_losses, deepsim_trainer, prepared
from tfgen.runs.task import Task


class AutoencoderTask(Task):
    """Images to images through a code."""

    kind = "autoencoder"

    def __init__(self, settings):
        super().__init__(settings)
        autoencoder_spec(settings.model.architecture)
        check_losses(settings.perceptual)

    def prepare(self, devices, dry=False):
        """Opens the photographs; see `runs.task.Task`."""
        del dry  # TFDS data sets are prepared by TFDS' own command
        data, schedule = self.settings.data, self.settings.schedule
        photographs = divided_photographs(data, schedule)
        scored = photographs.scored(data, schedule.evaluation_images)
        crops = Crops(photographs.training, data.image_size, data.mirror, data.crop_zoom)
        feed = make_feed(crops, schedule, scored)
        with devices.building():
            model = self.networks({}, devices.precision)["model"]
            self._start_encoder(model)
            lambda_kl = self.settings.perceptual.lambda_kl
            trainer = deepsim_trainer(self, model, scored["training"], lambda_kl)
        return prepared(self, model, feed, trainer, photographs, scored)

    def _start_encoder(self, autoencoder):
        model, size = self.settings.model, self.settings.data.image_size
        if not model.encoder_weights:
            return
        with renamed(comparator=None, weights="encoder_weights"):
            comparator = comparator_from("caffenet:fc6", model.encoder_weights, size)
        try:
            start_encoder(autoencoder.encoder, comparator)
        except ValueError:
            raise InputError(
                f"`encoder_weights`={model.encoder_weights} does not suit `architecture`="
                f"{model.architecture} at `width`={model.width:g}: its encoder is another."
            ) from None

    def networks(self, facts, dtype="float32"):
        """The autoencoder."""
        del facts
        size = self.settings.data.image_size
        return {"model": make_autoencoder(self.settings.model, size, dtype)}

    def signatures(self, networks, facts):
        """Redrawing, encoding, decoding; drawing samples of variational ones."""
        del facts
        return autoencoder_signatures(networks["model"])

    def manifest(self, networks, facts):
        """Size, and whether it is variational."""
        del facts
        model = networks["model"]
        return {"image_size": model.image_size, "details": {"variational": model.variational}}
