"""The signatures of models that take photographs: autoencoders, inverters, comparators.

| model       | signature       | inputs   | outputs                                   |
|-------------|-----------------|----------|-------------------------------------------|
| all three   | serving_default | image    | image; of comparators a feature a layer   |
| autoencoder | encode          | image    | code; of variational ones mean and        |
|             |                 |          | log_variance                              |
|             | decode, sample  | code     | image; `sample` is variational, its code  |
|             |                 |          | drawn from a standard normal distribution |
| inverter    | features        | image    | features                                  |
|             | invert          | features | image                                     |

Of an inverter whose features are not TensorFlow's doing there is `invert` alone, which is its
serving_default too.

image: [b, s, s, 3] uint8 RGB; everything else float32.
"""

import tensorflow as tf

from tfgen.export.servable import DEFAULT_SIGNATURE, Input, Output, Signature
from tfgen.models.drawing import to_uint8


def autoencoder_signatures(model):
    """Name -> Signature of a `models.autoencoder.Autoencoder`, in float32."""
    code = Input("code", model.code_shape)
    names = ("mean", "log_variance") if model.variational else ("code",)

    def encode(image):
        codes = model.encode(_read(image))
        return dict(zip(names, codes if model.variational else (codes,), strict=True))

    def decode(code):
        return {"image": to_uint8(model.decode(code))}

    decoder = Signature((code,), decode, (_image(model, Output),))
    signatures = {
        DEFAULT_SIGNATURE: _redraw(model),
        "encode": Signature(
            (_image(model, Input),), encode, [Output(name, model.code_shape) for name in names]
        ),
        "decode": decoder,
    }
    return signatures | ({"sample": decoder} if model.variational else {})


def inverter_signatures(model):
    """Name -> Signature of a `models.autoencoder.Inverter`, in float32."""

    def invert(features):
        return {"image": to_uint8(model.invert(features))}

    def extract(image):
        return {"features": model.extract(_read(image))}

    features = Input("features", model.feature_shape)
    inverted = Signature((features,), invert, (_image(model, Output),))
    if not model.extracts_in_graph:
        return {DEFAULT_SIGNATURE: inverted, "invert": inverted}
    extracted = Signature(
        (_image(model, Input),), extract, (Output("features", model.feature_shape),)
    )
    return {DEFAULT_SIGNATURE: _redraw(model), "features": extracted, "invert": inverted}


def comparator_signatures(comparator, classifies=False):
    """Name -> Signature of a `models.comparator.Comparator`, in float32: all its layers.

    One that classifies ends with its logits; their softmax is an output beside them.
    """
    network = comparator.network
    shapes = {name: network.output_sizes[name] for name in network.spec.rows}

    def features(image):
        layers = comparator.layers(_read(image), list(shapes))
        if classifies:
            layers["softmax"] = tf.nn.softmax(layers[comparator.spec.logits])
        return layers

    outputs = [Output(name, shape) for name, shape in shapes.items()]
    if classifies:
        outputs.append(Output("softmax", shapes[comparator.spec.logits], range=(0.0, 1.0)))
    return {DEFAULT_SIGNATURE: Signature((_image(comparator, Input),), features, outputs)}


def _redraw(model):
    def redraw(image):
        return {"image": to_uint8(model(_read(image))["image"])}

    return Signature((_image(model, Input),), redraw, (_image(model, Output),))


def _image(model, kind):
    return kind("image", (model.image_size, model.image_size, 3), tf.uint8, (0, 255))


def _read(image):
    return tf.cast(image, tf.float32) / 255.0
