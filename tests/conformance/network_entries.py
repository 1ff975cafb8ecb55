"""Networks of every paper, tiny."""

import dataclasses

import numpy as np

from tests.conformance.registry import NetworkEntry
from tfgen.networks import spec as rows
from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.photo_model import PhotoModel
from tfgen.networks.row_branches import Branches
from tfgen.networks.spec import NetworkSpec
from tfgen.papers.chairs.generator import UpConvGenerator, _Stream
from tfgen.papers.chairs.signatures import generator_signatures
from tfgen.papers.chairs.spec import GeneratorSpec, Stream
from tfgen.papers.chairs.variational import VariationalGenerator
from tfgen.papers.comparators.comparator import Comparator, KerasComparator
from tfgen.papers.comparators.signatures import comparator_signatures
from tfgen.papers.comparators.tables import COMPARATORS
from tfgen.papers.deepsim.autoencoder import Autoencoder
from tfgen.papers.deepsim.discriminator import Discriminator
from tfgen.papers.deepsim.signatures import autoencoder_signatures
from tfgen.papers.deepsim.tables import DiscriminatorSpec
from tfgen.papers.inverting.inverter import Inverter
from tfgen.papers.inverting.signatures import inverter_signatures

SIZE = 16
STYLES = 5
IMAGE = {"image": (SIZE, SIZE, 3)}
TURNTABLE = {"style": (STYLES,), "viewpoint": (4,), "transform": (8,)}


def _generator_spec(mask, *streams):
    inputs = {name: (8, 6) for name in TURNTABLE}
    return GeneratorSpec("a test", inputs, (12, 12), streams, mask, 10.0)


def generator(precision):
    """Draws 16 pixels of five styles, image and mask from a stream each."""
    image = {"image": rows.UpConv(3, 5)}
    spec = _generator_spec(
        "softmax",
        Stream((4, 4, 6), (rows.UpConv(6, 5), rows.Conv(4, 3)), image),
        Stream((8, 8, 3), (), {"mask": rows.UpConv(2, 5)}),
    )
    return UpConvGenerator(spec, dtype=precision, num_styles=STYLES)


def variational_generator(precision):
    """The same with a Gaussian style, and one stream for both."""
    both = {"image": rows.UpConv(3, 5), "mask": rows.UpConv(1, 5)}
    spec = _generator_spec("sigmoid", Stream((8, 8, 4), (), both))
    return VariationalGenerator(spec, dtype=precision, num_styles=STYLES)


# Every type of row, with every kind of weight and statistic.
ROWS = NetworkSpec(
    "a test",
    {
        "conv": (
            rows.Conv(4, 3, 2, norm=rows.BatchNorm(0.9), bias=False, spectral=True),
            rows.LocalResponseNorm(),
        ),
        "streams": rows.Streams({"near": rows.Conv(2, 1)}, {"far": rows.Conv(3, 5)}),
        "residual": rows.Residual({"first": rows.Conv(6, 3)}, {"projection": rows.Conv(6, 1)}),
        "word": rows.Condition("word", {"read": rows.Dense(3)}),
        "pool": rows.MaxPool(2, 2),
        "transposed": rows.TransposedConv(4, 4),
        "skip": rows.Skip("residual"),
        "norm": rows.Norm(rows.InstanceNorm()),
        "tanh": rows.Activation("tanh"),
        "up": rows.UpConv(4, 4),
        "larger": (rows.UpSample(2), rows.Conv(4, 3, dilation=2, groups=2)),
        "mean": rows.AveragePool(),
        "fc": (rows.Dense(6, norm=rows.BatchNorm(0.9), bias=False), rows.Dropout(0.3)),
        "map": rows.Reshape((1, 2, 3)),
        "logits": rows.Dense(3, activation="none"),
        "softmax": rows.Softmax(),
    },
    0.3,
)


def layered(precision):
    """Every row once."""
    return LayeredNetwork(ROWS, (8, 12, 3), precision, {"word": (5,)})


ENCODER = NetworkSpec("a test", {"conv": rows.Conv(6, 5, 2), "code": rows.Conv(4, 3, 2)}, 0.3)
DECODER = NetworkSpec(
    "a test",
    {
        "up1": rows.UpConv(6, 4),
        "up2": rows.UpConv(5, 4),
        "image": rows.Conv(3, 3, activation="none"),
    },
    0.3,
)


def autoencoder(precision):
    """16 pixels to a map of four channels and back."""
    return Autoencoder(ENCODER, DECODER, SIZE, dtype=precision)


def variational_autoencoder(precision):
    """The same with a Gaussian code."""
    linear = {"code": rows.Conv(8, 3, 2, activation="none")}
    encoder = dataclasses.replace(ENCODER, rows=ENCODER.rows | linear)
    return Autoencoder(encoder, DECODER, SIZE, True, precision)


def comparator(precision, layer="softmax"):
    """Exemplar-CNN of five classes, a tenth as wide."""
    return Comparator(COMPARATORS["exemplar_cnn"].narrowed(0.1, 5), layer, SIZE, precision)


def keras_comparator(precision):
    """The smallest beginning of a network of Keras' own."""
    del precision
    return KerasComparator("VGG16", "block1_conv1", 32, "random")


def inverter(precision, finetune=False):
    """Draws 16 pixels from a comparator's second convolution, or from one that is trained along."""
    extract = comparator(precision, "conv2")
    rng = np.random.default_rng(2)
    for variable in extract.variables:  # that are read from elsewhere: no function of the seed
        variable.assign(rng.normal(0, 0.2, variable.shape))
    return Inverter(extract, DECODER, extract.feature_shape, SIZE, precision, finetune)


def discriminator(precision, features=(4, 4, 4)):
    """Told of a map of features, with dropout."""
    of_features = NetworkSpec("a test", {"fc": rows.Dense(3)}, 0.3)
    spec = DiscriminatorSpec(
        NetworkSpec("a test", {"conv": rows.Conv(6, 5, 2), "pool": rows.AveragePool()}, 0.3),
        of_features if features else None,
        NetworkSpec(
            "a test",
            {"fc1": (rows.Dense(8), rows.Dropout(0.5)), "fc2": rows.Dense(2, activation="none")},
            0.3,
        ),
    )
    return Discriminator(spec, SIZE, features, precision)


def _drawn(network, inputs, training, key):
    del key
    return network(inputs, training=training)


def _of_rows(network, inputs, training, key):
    return {"output": network(inputs["x"], training=training, key=key, word=inputs["word"])}


def _redrawn(model, inputs, training, key):
    del training, key
    return model(inputs["image"], noise=inputs.get("noise"))


def _judged(network, inputs, training, key):
    key = key if training else None
    return {"logits": network(inputs["image"], features=inputs["features"], key=key)}


def _compared(extract, inputs, training, key):
    network, images = extract.network, extract.prepare(inputs["image"])
    return {"features": network(images, training=training, key=key)}


BASES = (PhotoModel,)
PARTS = (_Stream, Branches)
NETWORKS = (
    NetworkEntry("generator", generator, TURNTABLE, _drawn, generator_signatures),
    NetworkEntry(
        "variational_generator",
        variational_generator,
        TURNTABLE | {"noise": (6,)},
        _drawn,
        generator_signatures,
    ),
    NetworkEntry("layered", layered, {"x": (8, 12, 3), "word": (5,)}, _of_rows),
    NetworkEntry("autoencoder", autoencoder, IMAGE, _redrawn, autoencoder_signatures),
    NetworkEntry(
        "variational_autoencoder",
        variational_autoencoder,
        IMAGE | {"noise": (4, 4, 4)},
        _redrawn,
        autoencoder_signatures,
    ),
    NetworkEntry("inverter", inverter, IMAGE, _redrawn, inverter_signatures),
    NetworkEntry(
        "finetuned_inverter",
        lambda precision: inverter(precision, finetune=True),
        IMAGE,
        _redrawn,
        inverter_signatures,
    ),
    NetworkEntry("discriminator", discriminator, IMAGE | {"features": (4, 4, 4)}, _judged),
    NetworkEntry(
        "comparator",
        comparator,
        IMAGE,
        _compared,
        lambda extract: comparator_signatures(extract, classifies=False),
    ),
    NetworkEntry(
        "keras_comparator",
        keras_comparator,
        {"image": (32, 32, 3)},  # Keras makes no smaller ones
        lambda extract, inputs, training, key: {"features": extract(inputs["image"])},
        precisions=("float32",),
    ),
)
