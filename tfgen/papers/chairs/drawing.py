"""From a generator's linear outputs to pictures: uint8, over white or with alpha."""

import numpy as np
import tensorflow as tf

from tfgen.metrics.images import over_white
from tfgen.networks.conditioning import stream_codes
from tfgen.pixels import to_uint8


def draw_over_black(generator, values):
    """The generator's image and mask of values of its conditions.

    Args:
      generator: `generator.UpConvGenerator`.
      values: dict, condition's name -> tensor: one-hot, [b] int numbers or [b, size] float32
        weights; angle, [b] degrees; vector, [b, size], zeros where it is missing. Or "latent"
        [b, latent_size] of a `variational.VariationalGenerator`, in place of the style.

    Returns:
      (image [b, s, s, 3], mask [b, s, s, 1]), float32; the mask clipped to [0, 1].

    Raises:
      ValueError: values of a condition are missing.
    """
    description = generator.description
    inputs = stream_codes(description, values)
    missing = set(description.streams) - set(inputs)
    if "latent" in values:
        inputs["latent"] = values["latent"]
        missing.discard(description.style_stream)
    if missing:
        needed = [n for stream in sorted(missing) for n in description.streams[stream]]
        needed = ", ".join(name for name in needed if name not in values)
        raise ValueError(f"values has {', '.join(values)}: give {needed}.")
    outputs = generator(inputs, training=False)
    return outputs["image"], tf.clip_by_value(outputs["mask"], 0.0, 1.0)


def draw(generator, values):
    """As `draw_over_black`, composited over white: dict of image and mask, uint8."""
    image, mask = draw_over_black(generator, values)
    return {"image": to_uint8(over_white(image, mask)), "mask": to_uint8(mask)}


def draw_with_alpha(generator, values):
    """As `draw_over_black`, the object's own colours with the mask as alpha: [b, s, s, 4] uint8."""
    image, mask = draw_over_black(generator, values)
    # Over black, colours are multiplied by the mask; PNG wants them as they are.
    colors = image / tf.maximum(mask, 1.0 / 255.0)
    return to_uint8(tf.concat([colors, mask], axis=-1))


class BatchedDrawing:
    """A function of any number of values, computed a batch at a time: arrays in, arrays out.

    Args:
      function: of values, a dict of tensors as `draw_over_black` takes it, to a dict of image and
        mask.
      batch_size: drawings at a time.

    Call:
      values, a dict of arrays, [n, …] each, anything NumPy takes; to (images [n, s, s, 3] over
      white, masks [n, s, s, 1]), uint8.
    """

    def __init__(self, function, batch_size=32):
        self._function = function
        self._batch_size = batch_size

    def __call__(self, values):
        """Draws n values."""
        arrays = {name: _array(value) for name, value in values.items()}
        images, masks = [], []
        for start in range(0, len(next(iter(arrays.values()))), self._batch_size):
            part = slice(start, start + self._batch_size)
            drawn = self._function({name: tf.constant(a[part]) for name, a in arrays.items()})
            images.append(drawn["image"].numpy())
            masks.append(drawn["mask"].numpy())
        return np.concatenate(images), np.concatenate(masks)


def generator_drawing(generator, batch_size=32):
    """A BatchedDrawing of a generator in memory."""
    return BatchedDrawing(
        tf.function(lambda values: draw(generator, values), reduce_retracing=True, autograph=False),
        batch_size,
    )


def _array(value):
    """float32, but for the numbers of a one-hot condition: int64."""
    array = np.asarray(value)
    is_number = array.ndim == 1 and np.issubdtype(array.dtype, np.integer)
    return array.astype(np.int64 if is_number else np.float32)
