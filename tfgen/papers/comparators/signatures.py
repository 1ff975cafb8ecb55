"""The signature of comparators: image, [b, s, s, 3] uint8 RGB, to the features of all layers."""

import tensorflow as tf

from tfgen.export.photographs import image_input
from tfgen.export.servable import DEFAULT_SIGNATURE, Output, Signature
from tfgen.pixels import from_uint8


def comparator_signatures(comparator, classifies=False):
    """Name -> Signature of a `comparator.Comparator`, in float32: all its layers.

    One that classifies ends with its logits; their softmax is an output beside them.
    """
    network = comparator.network
    shapes = {name: network.output_sizes[name] for name in network.spec.rows}

    def features(image):
        layers = comparator.layers(from_uint8(image), list(shapes))
        if classifies:
            layers["softmax"] = tf.nn.softmax(layers[comparator.spec.logits])
        return layers

    outputs = [Output(name, shape) for name, shape in shapes.items()]
    if classifies:
        outputs.append(Output("softmax", shapes[comparator.spec.logits], range=(0.0, 1.0)))
    return {DEFAULT_SIGNATURE: Signature((image_input(comparator),), features, outputs)}
