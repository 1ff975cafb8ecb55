"""The signatures of a generator follow from what its drawings are described by.

Of chairs, whose conditions are style (one-hot), azimuth and elevation (angles) and transform (a
vector):

| signature       | inputs                                  | outputs             |
|-----------------|-----------------------------------------|---------------------|
| serving_default | style, azimuth, elevation, transform    | image, mask         |
| view            | style, azimuth, elevation               | image, mask         |
| morph           | weights, azimuth, elevation, transform  | image, mask         |
| png             | style, azimuth, elevation, transform    | png_bytes           |
| morph_png       | weights, azimuth, elevation, transform  | png_bytes           |
| sample          | latent, azimuth, elevation, transform   | image, mask         |
| sample_png      | latent, azimuth, elevation, transform   | png_bytes           |
| posterior       | style                                   | mean, log_variance  |

The last three are those of a `variational.VariationalGenerator`; elsewhere its code is the
posterior's mean.

One-hot conditions are int64 numbers of their values, or weights, float32, one a value, any number
of them non-zero: an input `weights`, or `<name>_weights` where there are several such conditions.
Angles are float32, degrees; vectors float32, zeros for none. latent: float32, z; drawn from a
standard normal distribution it is a new object. image: uint8 RGB over white; mask: uint8;
png_bytes: a PNG with the mask as alpha.
"""

import tensorflow as tf

from tfgen.conditions.call import weights_name
from tfgen.export.servable import DEFAULT_SIGNATURE, Input, Output, Signature
from tfgen.networks.conditioning import stream_codes
from tfgen.papers.chairs import drawing


def generator_signatures(generator, description=None):
    """The signatures of a generator.

    Args:
      generator: `generator.UpConvGenerator`; in float32 it runs fast anywhere.
      description: `description.Description`, with names and ranges; None: the generator's own.

    Returns:
      Name -> `export.servable.Signature`.
    """
    description = description or generator.description
    size = generator.spec.image_size
    pictures = (
        Output("image", (size, size, 3), tf.uint8, (0, 255)),
        Output("mask", (size, size, 1), tf.uint8, (0, 255)),
    )
    files = (Output("png_bytes", (), tf.string, unit="PNG file"),)

    def drawn(told):
        return _signature(told, lambda values: drawing.draw(generator, values), pictures)

    def encoded(told):
        return _signature(told, lambda values: {"png_bytes": _pngs(generator, values)}, files)

    numbers = {each.name: _number(each) for each in description.conditions}
    weights = {each.name: _weights(description, each) for each in description.conditions}
    vectors = {each.name for each in description.of_kind("vector")}
    signatures = {
        DEFAULT_SIGNATURE: drawn(numbers),
        "view": drawn({name: told for name, told in numbers.items() if name not in vectors}),
        "morph": drawn(weights),
        "png": encoded(numbers),
        "morph_png": encoded(weights),
    }
    if generator.latent_size:
        of_latent = _latent(generator.latent_size) | _without_style(description, numbers)
        signatures["sample"] = drawn(of_latent)
        signatures["sample_png"] = encoded(of_latent)
        signatures["posterior"] = _posterior(generator, description, numbers)
    return signatures


def _signature(told, function, outputs):
    """A Signature of values: what the network is told -> (Input, function of its tensor)."""

    def of_tensors(**tensors):
        return function({key: read(tensors[each.name]) for key, (each, read) in told.items()})

    return Signature(tuple(each for each, _ in told.values()), of_tensors, outputs)


def _number(condition):
    if condition.kind != "one-hot":
        return _as_it_is(condition)
    last = condition.size - 1
    number = Input(condition.name, (), tf.int64, (0, last), condition.unit)
    return number, lambda value: tf.one_hot(value, condition.size)


def _weights(description, condition):
    if condition.kind != "one-hot":
        return _as_it_is(condition)
    name = weights_name(description, condition)
    return Input(name, condition.shape, tf.float32), tf.identity


def _as_it_is(condition):
    ranges, unit = condition.ranges, condition.unit
    if condition.kind == "angle":
        ranges, unit = (ranges[0] if ranges else ()), unit or "degrees"
    return Input(condition.name, condition.shape, tf.float32, ranges, unit), tf.identity


def _latent(size):
    return {"latent": (Input("latent", (size,), tf.float32), tf.identity)}


def _without_style(description, numbers):
    heard = description.streams[description.style_stream]
    return {name: told for name, told in numbers.items() if name not in heard}


def _posterior(generator, description, numbers):
    stream = description.style_stream

    def infer(values):
        mean, log_variance = generator.infer(stream_codes(description, values)[stream])
        return {"mean": mean, "log_variance": log_variance}

    outputs = [Output(name, (generator.latent_size,)) for name in ("mean", "log_variance")]
    return _signature({name: numbers[name] for name in description.streams[stream]}, infer, outputs)


def _pngs(generator, values):
    pictures = drawing.draw_with_alpha(generator, values)
    return tf.map_fn(tf.io.encode_png, pictures, fn_output_signature=tf.string)
