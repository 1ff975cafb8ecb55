"""Autoencoders, plain and variational: images to images, by way of a code."""

import tensorflow as tf

from tfgen.errors import InputError
from tfgen.networks.image_size import central_crop
from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.photo_model import PhotoModel
from tfgen.networks.value_range import from_images, to_images
from tfgen.papers.deepsim.tables import autoencoder_spec


class Autoencoder(PhotoModel):
    """An encoder and a decoder (DeePSiM, section 4.1, Table 2).

    Args:
      encoder, decoder: `networks.spec.NetworkSpec`. A variational encoder gives twice as many
        channels as the decoder takes: the mean and the logarithm of the variance of q(z | x).
      image_size: height and width.
      variational: whether the code is Gaussian (section 4.2).
      dtype: precision, "float32" or "mixed_bfloat16".

    Call: image [b, s, s, 3] float32 in [0, 1] and, for a variational one in training, noise
    [b, *code_shape] to a dict: image [b, s, s, 3] float32, linear; code [b, *code_shape]; and of a
    variational one mean and log_variance, of the code's shape.

    Attributes:
      code_shape: of one code.
    """

    def __init__(self, encoder, decoder, image_size, variational=False, dtype="float32", **kwargs):
        super().__init__(**kwargs)
        self.image_size = image_size
        self.variational = variational
        self.precision = dtype
        self.encoder = LayeredNetwork(encoder, (image_size, image_size, 3), dtype, name="encoder")
        *space, channels = next(reversed(self.encoder.output_sizes.values()))
        self.code_shape = (*space, channels // 2 if variational else channels)
        self.decoder = LayeredNetwork(decoder, self.code_shape, dtype, name="decoder")
        self.built = True

    def encode(self, image):
        """The code of an image; of a variational one (mean, log_variance)."""
        code = self.encoder(from_images(image, self.encoder.spec.image_range))
        return tf.split(code, 2, axis=-1) if self.variational else code

    def decode(self, code):
        """The image of a code, cut to its middle where the decoder's is larger."""
        drawn = to_images(self.decoder(code), self.decoder.spec.image_range)
        return central_crop(drawn, self.image_size)

    def call(self, image, features=None, noise=None):
        """Encodes and decodes; without noise a variational code is its mean."""
        del features
        if not self.variational:
            code = self.encode(image)
            return {"image": self.decode(code), "code": code}
        mean, log_variance = self.encode(image)
        code = mean if noise is None else mean + tf.exp(0.5 * log_variance) * noise
        return {
            "image": self.decode(code),
            "code": code,
            "mean": mean,
            "log_variance": log_variance,
        }


def make_autoencoder(model, image_size, dtype="float32"):
    """The autoencoder, built.

    Args:
      model: `settings.AutoencoderConfig`.
      image_size: height and width of its images, a multiple of eight.
      dtype: precision, "float32" or "mixed_bfloat16".

    Raises:
      InputError: there is no such architecture, or it cannot have such images.
    """
    spec = autoencoder_spec(model.architecture).narrowed(model.width)
    try:
        autoencoder = Autoencoder(spec.encoder, spec.decoder, image_size, spec.variational, dtype)
    except ValueError as error:
        raise InputError(
            f"`image_size`={image_size} does not fit `architecture`={model.architecture}: {error}"
        ) from None
    drawn = autoencoder.decoder.output_sizes["image"][0]
    if drawn < image_size:
        raise InputError(
            f"`image_size`={image_size} is too large for `architecture`={model.architecture}: give "
            f"at most {drawn}."
        )
    return autoencoder
