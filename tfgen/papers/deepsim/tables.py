"""Networks of Dosovitskiy and Brox, "Generating Images with Perceptual Similarity Metrics".

Autoencoder (Table 2), discriminator (Table 1) and generators from AlexNet's layers (Table 5).
"""

import dataclasses

from tfgen.errors import InputError
from tfgen.networks.spec import (
    AveragePool,
    Conv,
    Dense,
    Dropout,
    He,
    NetworkSpec,
    Reshape,
    UpConv,
    Weighted,
    as_tuple,
)
from tfgen.papers.comparators.tables import COMPARATORS

SLOPE = 0.3  # section 3.1: of LReLU in all networks

# Table 2. Its code goes through LReLU, as all layers but the generators' last.
ENCODER = NetworkSpec(
    "DeePSiM, Table 2, top",
    {
        "conv1": Conv(32, 5, stride=2),
        "conv2": Conv(32, 3),
        "conv3": Conv(64, 5, stride=2),
        "conv4": Conv(64, 3),
        "conv5": Conv(128, 3, stride=2),
        "conv6": Conv(128, 3),
        "conv7": Conv(64, 3),
        "code": Conv(8, 3),
    },
    SLOPE,
)
DECODER = NetworkSpec(
    "DeePSiM, Table 2, bottom",
    {
        "conv1": Conv(64, 3),
        "conv2": Conv(128, 3),
        "uconv1": UpConv(64, 4),
        "conv3": Conv(64, 3),
        "uconv2": UpConv(32, 4),
        "conv4": Conv(32, 3),
        "uconv3": UpConv(16, 4),
        "image": Conv(3, 3, activation="none"),
    },
    SLOPE,
)


@dataclasses.dataclass(frozen=True)
class AutoencoderSpec:
    """An encoder and a decoder; a variational encoder gives means, then log-variances."""

    encoder: NetworkSpec
    decoder: NetworkSpec
    variational: bool = False

    def narrowed(self, width):
        """The same with so many times as many channels and units; the code stays."""
        return dataclasses.replace(
            self,
            encoder=self.encoder.narrowed(width, keep=("code",)),
            decoder=self.decoder.narrowed(width),
        )


@dataclasses.dataclass(frozen=True)
class DiscriminatorSpec:
    """The discriminator: convolutions, the mean over the map, fully connected layers.

    Attributes:
      convolutions: NetworkSpec; ends with one vector an image.
      of_features: NetworkSpec of what the features go through on which it is conditioned, or None.
      judgement: NetworkSpec; from both, concatenated, to two logits: real, generated.
    """

    convolutions: NetworkSpec
    of_features: NetworkSpec | None
    judgement: NetworkSpec

    def narrowed(self, width):
        """The same with so many times as many channels and units."""
        parts = {name: part and part.narrowed(width) for name, part in vars(self).items()}
        return DiscriminatorSpec(**parts)


def discriminator_spec(image_size, conditioned_on_features=False):
    """Table 1, for an image size.

    Args:
      image_size: height and width of the images; from 128 on the first stride is 4, as the paper
        has it for ImageNet's.
      conditioned_on_features: whether it sees, beside the image, the features that the image was
        made from (section 3.1, inversion of AlexNet).
    """
    # The authors' training starts the first layer, and what judges, at a tenth of He's deviation: a
    # discriminator that is sure of nothing at first.
    small = He(2 * 0.1**2)
    stride = 2 if image_size < 128 else 4
    rows = {
        "conv1": Conv(32, 7, stride=stride, padding="valid", start=small),
        "conv2": Conv(64, 5, padding="valid"),
        "conv3": Conv(128, 3, stride=2, padding="valid"),
        "conv4": Conv(256, 3, padding="valid"),
        "conv5": Conv(256, 3, stride=2, padding="valid"),
        "pool": AveragePool(),
    }
    source = "DeePSiM, Table 1 and section 3.1"
    of_features = NetworkSpec(source, {"fc1": Dense(1024), "fc2": Dense(512)}, SLOPE)
    judgement = {
        "drop1": Dropout(0.5),
        "fc1": Dense(512, start=small),
        "drop2": Dropout(0.5),
        "fc2": Dense(2, activation="none", start=small),
    }
    return DiscriminatorSpec(
        NetworkSpec(source, rows, SLOPE),
        of_features if conditioned_on_features else None,
        NetworkSpec(source, judgement, SLOPE),
    )


# Table 5, from the reshaping on: 4x4 to 256x256.
_FROM_MAP = {
    "uconv5": UpConv(256, 4),
    "conv5": Conv(512, 3),
    "uconv4": UpConv(256, 4),
    "conv4": Conv(256, 3),
    "uconv3": UpConv(128, 4),
    "conv3": Conv(128, 3),
    "uconv2": UpConv(64, 4),
    "uconv1": UpConv(32, 4),
    "image": UpConv(3, 4, activation="none"),
}
_FROM_UNITS = {
    "fc7": Dense(4096),
    "fc6": Dense(4096),
    "fc5": (Dense(4096), Reshape((4, 4, 256))),
} | _FROM_MAP
# Layer of AlexNet -> the generator that inverts it, 256 px, of which the middle 227 count.
INVERTERS = {
    # 6x6 maps: convolutions take the place of the fully connected layers; the last gives 4x4.
    "conv5": {
        "conv6": Conv(512, 3),
        "conv7": Conv(512, 3),
        "conv8": Conv(512, 3, padding="valid"),
    }
    | _FROM_MAP,
    "fc6": _FROM_UNITS,
    "fc7": _FROM_UNITS,
    "fc8": _FROM_UNITS,
    "softmax": _FROM_UNITS,
}
_LARGEST = 256


def _of_size(rows, image_size):
    """A generator's rows, with as many up-convolutions as the image needs; the widest ones stay."""
    rows, side = dict(rows), _LARGEST
    for name in ("uconv1", "uconv2", "conv3", "uconv3"):
        if side // 2 < image_size:
            break
        side //= 2 if isinstance(rows.pop(name), UpConv) else 1
    if side < image_size:
        raise InputError(f"`image_size`={image_size} is too large: give at most {_LARGEST}.")
    return rows


def inverter_spec(layer, image_size=227):
    """The generator for a layer of AlexNet.

    The paper's are for 227 px. For smaller images, whose maps are smaller too, ours leave out the
    last up-convolutions, and start from a convolution layer's map with one fully connected layer.

    Args:
      layer: "conv5" (pooled), "fc6", "fc7" (rectified), "fc8" or "softmax".
      image_size: height and width of the images.

    Raises:
      InputError: the paper has none for the layer, or the images are too large.
    """
    if layer not in INVERTERS:
        raise InputError(f"`layer`={layer} has no generator: choose among {', '.join(INVERTERS)}.")
    rows = INVERTERS[layer]
    if layer == "conv5" and image_size != 227:
        rows = {"fc5": _FROM_UNITS["fc5"]} | _FROM_MAP
    rows = _of_size(rows, image_size)
    return NetworkSpec(f"DeePSiM, Table 5 and section 4.3, {layer}", rows, SLOPE)


def _with_relu(rows):
    """The same rows, rectified whatever the network's activation is."""

    def rectified(row):
        return dataclasses.replace(row, activation="relu") if isinstance(row, Weighted) else row

    return {name: tuple(map(rectified, as_tuple(several))) for name, several in rows.items()}


# Section 4.2: AlexNet up to FC6, with its own ReLU, which its weights were made for; then mean and
# log-variance, and the generator of Table 5.
_ALEXNET = _with_relu(COMPARATORS["caffenet"].network.until("fc6").rows)
# Small images: Table 2 with a fully connected Gaussian code in place of its map.
_SMALL_CODE = 128
AUTOENCODERS = {
    "table2": AutoencoderSpec(ENCODER, DECODER),
    "table2-vae": AutoencoderSpec(
        NetworkSpec(
            "DeePSiM, Table 2, with a Gaussian code",
            {name: row for name, row in ENCODER.rows.items() if name != "code"}
            | {"code": Dense(2 * _SMALL_CODE, activation="none")},
            SLOPE,
        ),
        NetworkSpec(
            "DeePSiM, Table 2, with a Gaussian code",
            {"fc": (Dense(8 * 8 * 64), Reshape((8, 8, 64)))} | DECODER.rows,
            SLOPE,
        ),
        variational=True,
    ),
    "alexnet-vae": AutoencoderSpec(
        NetworkSpec(
            "DeePSiM, section 4.2", _ALEXNET | {"code": Dense(2 * 4096, activation="none")}, SLOPE
        ),
        NetworkSpec("DeePSiM, Table 5", _FROM_UNITS, SLOPE),
        variational=True,
    ),
}


def autoencoder_spec(architecture):
    """The AutoencoderSpec of a name; InputError if there is none."""
    if architecture not in AUTOENCODERS:
        raise InputError(
            f"`architecture`={architecture} is no autoencoder: choose one of "
            f"{', '.join(AUTOENCODERS)}."
        )
    return AUTOENCODERS[architecture]
