"""The networks that a run's settings describe."""

from tfgen.architectures.chairs import generator_spec
from tfgen.architectures.deepsim import autoencoder_spec
from tfgen.errors import InputError
from tfgen.models.autoencoder import Autoencoder
from tfgen.models.generator import UpConvGenerator
from tfgen.models.variational import VariationalGenerator


def spec_of(model, image_size, streams=("style", "viewpoint", "transform")):
    """The GeneratorSpec of a `settings.chairs.GeneratorConfig`; InputError if there is none.

    Args:
      model: `settings.chairs.GeneratorConfig`.
      image_size: height and width of its images.
      streams: of its description.
    """
    # Appendix A: the bound needs a likelihood of the mask, pixel by pixel.
    mask = "sigmoid" if model.style_stream == "variational" else None
    return generator_spec(
        model.architecture, image_size, model.width, model.fc_width, mask, streams
    )


def make_generator(model, image_size, description, dtype="float32"):
    """The network, built.

    Args:
      model: `settings.chairs.GeneratorConfig`.
      image_size: height and width of its images.
      description: `conditions.Description`, what it draws from.
      dtype: precision, "float32" or "mixed_bfloat16".

    Raises:
      InputError: there is no such architecture or image size.
    """
    kinds = {"deterministic": UpConvGenerator, "variational": VariationalGenerator}
    spec = spec_of(model, image_size, tuple(description.streams))
    return kinds[model.style_stream](spec, description, dtype)


def make_autoencoder(model, image_size, dtype="float32"):
    """The autoencoder, built.

    Args:
      model: `settings.deepsim.AutoencoderConfig`.
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
