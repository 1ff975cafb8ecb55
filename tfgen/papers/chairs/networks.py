"""The generator that a run's settings describe."""

from tfgen.papers.chairs.generator import UpConvGenerator
from tfgen.papers.chairs.tables import generator_spec
from tfgen.papers.chairs.variational import VariationalGenerator


def spec_of(model, image_size, streams=("style", "viewpoint", "transform")):
    """The GeneratorSpec of a `settings.GeneratorConfig`; InputError if there is none.

    Args:
      model: `settings.GeneratorConfig`.
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
      model: `settings.GeneratorConfig`.
      image_size: height and width of its images.
      description: `conditions.description.Description`, what it draws from.
      dtype: precision, "float32" or "mixed_bfloat16".

    Raises:
      InputError: there is no such architecture or image size.
    """
    spec = spec_of(model, image_size, tuple(description.streams))
    if model.style_stream == "variational":
        return VariationalGenerator(spec, description, dtype, latent_size=model.latent_size)
    return UpConvGenerator(spec, description, dtype)
