"""The parts of signatures that take and give photographs: [b, s, s, 3] uint8 RGB."""

import tensorflow as tf

from tfgen.export.servable import Input, Output, Signature
from tfgen.pixels import from_uint8, to_uint8


def image_input(model):
    """The Input of a model's images: `image_size` is theirs."""
    return _image(model, Input)


def image_output(model):
    """The Output of a model's images."""
    return _image(model, Output)


def redrawing(model):
    """The Signature of a `networks.photo_model.PhotoModel` that draws an image again."""

    def redraw(image):
        return {"image": to_uint8(model(from_uint8(image))["image"])}

    return Signature((image_input(model),), redraw, (image_output(model),))


def _image(model, kind):
    return kind("image", (model.image_size, model.image_size, 3), tf.uint8, (0, 255))
