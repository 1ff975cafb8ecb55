"""From a generator's linear outputs to pictures: uint8, over white or with alpha."""

import numpy as np
import tensorflow as tf

from tfgen.data.viewpoint import viewpoint_code
from tfgen.metrics.images import over_white


def to_uint8(x):
    """[0, 1] float to 0 … 255, rounded; values outside are clipped."""
    return tf.cast(tf.round(tf.clip_by_value(x, 0.0, 1.0) * 255.0), tf.uint8)


def draw_over_black(generator, code, azimuth, elevation, transform, of="style"):
    """The generator's image and mask for a view in degrees.

    Args:
      generator: `models.generator.UpConvGenerator`.
      code: [b, styles] float32, weights of the styles; or another input in their place.
      of: name of that input: "style", or "latent" of a `models.variational.VariationalGenerator`.
      azimuth, elevation: [b] float32, degrees.
      transform: [b, 8] float32, theta.

    Returns:
      (image [b, s, s, 3], mask [b, s, s, 1]), float32; the mask clipped to [0, 1].
    """
    inputs = {
        of: code,
        "viewpoint": viewpoint_code(azimuth, elevation),
        "transform": transform,
    }
    outputs = generator(inputs, training=False)
    return outputs["image"], tf.clip_by_value(outputs["mask"], 0.0, 1.0)


def draw(generator, code, azimuth, elevation, transform, of="style"):
    """As `draw_over_black`, composited over white: dict of image and mask, uint8."""
    image, mask = draw_over_black(generator, code, azimuth, elevation, transform, of)
    return {"image": to_uint8(over_white(image, mask)), "mask": to_uint8(mask)}


def draw_with_alpha(generator, code, azimuth, elevation, transform, of="style"):
    """As `draw_over_black`, the object's own colours with the mask as alpha: [b, s, s, 4] uint8."""
    image, mask = draw_over_black(generator, code, azimuth, elevation, transform, of)
    # Over black, colours are multiplied by the mask; PNG wants them as they are.
    colors = image / tf.maximum(mask, 1.0 / 255.0)
    return to_uint8(tf.concat([colors, mask], axis=-1))


class BatchedDrawing:
    """A function of any number of views, computed a batch at a time: arrays in, arrays out.

    Args:
      function: of tensors (style weights or another code, azimuth, elevation, transform) to a dict
        of image and mask.
      batch_size: views at a time.

    Call:
      code [n, styles or latent], azimuth [n], elevation [n] in degrees, transform [n, 8], anything
      NumPy takes; to (images [n, s, s, 3] over white, masks [n, s, s, 1]), uint8.
    """

    def __init__(self, function, batch_size=32):
        self._function = function
        self._batch_size = batch_size

    def __call__(self, code, azimuth, elevation, transform):
        """Draws n views."""
        arguments = [np.asarray(a, np.float32) for a in (code, azimuth, elevation, transform)]
        images, masks = [], []
        for start in range(0, len(arguments[0]), self._batch_size):
            part = slice(start, start + self._batch_size)
            drawn = self._function(*(tf.constant(a[part]) for a in arguments))
            images.append(drawn["image"].numpy())
            masks.append(drawn["mask"].numpy())
        return np.concatenate(images), np.concatenate(masks)


def generator_drawing(generator, batch_size=32, of="style"):
    """A BatchedDrawing of a generator in memory; `of` as in `draw_over_black`."""
    return BatchedDrawing(
        tf.function(
            lambda *views: draw(generator, *views, of=of), reduce_retracing=True, autograph=False
        ),
        batch_size,
    )


# --- Until generators hear conditions by name: the branch `conditions` replaces this file. ---
def _by_name(function):
    """Takes (generator, {condition: value}) beside (generator, code, azimuth, …)."""

    def adapted(generator, code, *rest, **options):
        if not isinstance(code, dict):
            return function(generator, code, *rest, **options)
        of = "latent" if "latent" in code else "style"
        transform = code.get("transform", tf.zeros((tf.shape(code[of])[0], 8)))
        return function(generator, code[of], code["azimuth"], code["elevation"], transform, of=of)

    return adapted


draw_over_black, draw, draw_with_alpha = map(_by_name, (draw_over_black, draw, draw_with_alpha))
