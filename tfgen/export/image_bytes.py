"""Pictures as files, PNG or JPEG, decoded inside a signature."""

import base64

import tensorflow as tf

from tfgen.export.servable import Input

# A real one, of four grey pixels: what a warm-up request sends.
TINY_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVQIHWNkYGAIDQ1lXLVqVWhoKAAVDgP/D9aECgAAAABJ"
    "RU5ErkJggg=="
)
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def image_bytes_input(name="image_bytes"):
    """An Input of files: strings; REST sends them as `{"b64": …}`."""
    return Input(name, (), tf.string, unit="PNG or JPEG file", example=TINY_PNG)


def images_from_bytes(data, size, name="image_bytes"):
    """Pictures of files, brought to a model's size: the shorter side to it, then the middle.

    Args:
      data: [b] string, PNG or JPEG files; what is transparent gets white behind it. The
        orientation that a camera wrote and colour profiles are passed over: a graph has no reader
        for them.
      size: height and width wanted.
      name: of the input, for messages.

    Returns:
      [b, size, size, 3] uint8 RGB. A picture that is size x size already stays as it is.

    Raises:
      tf.errors.InvalidArgumentError: when it runs; a file is none of the two, or is broken.
    """
    start = tf.strings.substr(tf.strings.join([data, " " * len(_PNG)]), 0, len(_PNG))
    known = (start == _PNG) | (tf.strings.substr(start, 0, len(_JPEG)) == _JPEG)
    message = f"{name} is no PNG or JPEG file: give the bytes of one."
    check = tf.debugging.Assert(tf.reduce_all(known), [message])
    with tf.control_dependencies([check]):
        data = tf.identity(data)
    images = tf.map_fn(
        lambda file: _fitted(file, size),
        data,
        fn_output_signature=tf.TensorSpec((size, size, 3), tf.uint8),
    )
    return tf.ensure_shape(images, (None, size, size, 3))


def _fitted(file, size):
    pixels = _over_white(file)
    sides = tf.shape(pixels)[:2]
    wanted = sides * size // tf.reduce_min(sides)  # the shorter one exactly `size`
    levels = tf.image.resize(pixels, wanted, antialias=True)  # [h, w, 3] float32
    corner = (wanted - size) // 2
    square = tf.slice(levels, [corner[0], corner[1], 0], [size, size, 3])
    return tf.cast(tf.round(tf.clip_by_value(square, 0.0, 255.0)), tf.uint8)


def _over_white(file):
    """A file's pixels, [h, w, 3] uint8."""

    def with_alpha():
        pixels = tf.cast(tf.io.decode_png(file, channels=4), tf.int32)
        alpha = pixels[..., 3:]
        return tf.cast((pixels[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255, tf.uint8)

    is_png = tf.strings.substr(file, 0, 4) == _PNG[:4]
    return tf.cond(is_png, with_alpha, lambda: tf.io.decode_jpeg(file, channels=3))
