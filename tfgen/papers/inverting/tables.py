"""Networks of Dosovitskiy and Brox, "Inverting Visual Representations with Convolutional Networks".

Those for HOG, SIFT and LBP (supplement, Tables 2 to 4), and one rule for maps and vectors of any
kind, which gives the two for CONV5 and FC8 (Tables 5 and 6) and those for AlexNet's other layers as
the text describes them.
"""

from tfgen.errors import InputError
from tfgen.networks.spec import Conv, Dense, NetworkSpec, Reshape, Streams, UpConv

SLOPE = 0.2  # section 3.2: of LReLU after each layer but the last
_SOURCE = "Inverting Visual Representations, supplement"

# Of Tables 2 and 4.
_LAST_ROWS = {
    "upconvJ4": UpConv(64, 4),
    "upconvJ5": UpConv(32, 4),
    "upconvJ6": UpConv(3, 4, activation="none"),
}
# The features' maps shrink by this from the image to the narrowest one.
_NARROWEST = 64
SHALLOW = {
    "hog": NetworkSpec(
        f"{_SOURCE}, Table 2",
        {
            "streams": Streams(
                {
                    "convA1": Conv(256, 5, stride=2),
                    "convA2": Conv(512, 5, stride=2),
                    "convA3": Conv(1024, 3, stride=2),
                    "upconvA1": UpConv(512, 4),
                    "upconvA2": UpConv(256, 4),
                    "upconvA3": UpConv(128, 4),
                },
                {"convB1": Conv(128, 5), "convB2": Conv(128, 3)},
            ),
            "convJ1": Conv(256, 3),
            "convJ2": Conv(128, 3),
            **_LAST_ROWS,
        },
        SLOPE,
    ),
    "sift": NetworkSpec(
        f"{_SOURCE}, Table 3",
        {
            "conv1": Conv(256, 5, stride=2),
            "conv2": Conv(512, 3, stride=2),
            "conv3": Conv(1024, 3, stride=2),
            "conv4": Conv(2048, 3, stride=2),
            "conv5": Conv(2048, 3),
            "conv6": Conv(1024, 3),
            "upconv1": UpConv(512, 4),
            "upconv2": UpConv(256, 4),
            "upconv3": UpConv(128, 4),
            "upconv4": UpConv(64, 4),
            "upconv5": UpConv(32, 4),
            "upconv6": UpConv(3, 4, activation="none"),
        },
        SLOPE,
    ),
    "lbp": NetworkSpec(
        f"{_SOURCE}, Table 4",
        {
            "streams": Streams(
                {
                    "convA1": Conv(256, 5, stride=2),
                    "convA2": Conv(512, 5, stride=2),
                    "convA3": Conv(1024, 3),
                    "upconvA1": UpConv(512, 4),
                    "upconvA2": UpConv(256, 4),
                },
                {"convB1": Conv(128, 5), "convB2": Conv(128, 3)},
            ),
            "convJ1": Conv(256, 3),
            "convJ2": Conv(128, 3),
            "upconvJ3": UpConv(128, 4),
            **_LAST_ROWS,
        },
        SLOPE,
    ),
}

_OF_MAPS = {f"conv{i}": Conv(256, 3) for i in (1, 2, 3)}
_OF_VECTORS = {
    "fc1": Dense(4096),
    "fc2": Dense(4096),
    "fc3": (Dense(4096), Reshape((4, 4, 256))),
}
# Of up-convolutions, from the last but one backwards; the last one draws the image.
_WIDTHS = (32, 64, 128, 256)


def inverter_spec(feature, feature_shape, image_size):
    """The network that inverts a feature.

    Its images are as large as doubling the map allows without exceeding the input; a map of 6 x 6
    is drawn at 192 px, a vector at 128 px, where the input has 227.

    Args:
      feature: its name; "hog", "sift" and "lbp" have networks of their own.
      feature_shape: of one image's features; (h, w, channels) is a map, anything else a vector.
      image_size: height and width of the image.

    Raises:
      InputError: the image size is none that the network can draw.
    """
    if feature in SHALLOW:
        if image_size % _NARROWEST:
            raise InputError(
                f"`image_size`={image_size} does not suit `feature`={feature}, whose network goes "
                f"down to a {_NARROWEST}th: give a multiple of {_NARROWEST}."
            )
        return SHALLOW[feature]
    is_map = len(feature_shape) == 3
    side = min(feature_shape[:2]) if is_map else 4
    if is_map and feature_shape[0] != feature_shape[1]:
        raise InputError(
            f"`feature`={feature} has maps of {feature_shape[0]} x {feature_shape[1]}: give "
            "square ones."
        )
    doublings = (image_size // side).bit_length() - 1
    if doublings < 1:
        raise InputError(
            f"`image_size`={image_size} is less than twice the {side} x {side} map of "
            f"`feature`={feature}: give a larger one."
        )
    rows = dict(_OF_MAPS if is_map else _OF_VECTORS)
    for number in range(1, doublings):
        width = _WIDTHS[min(doublings - number, len(_WIDTHS)) - 1]
        rows[f"upconv{number}"] = UpConv(width, 5)
    rows[f"upconv{doublings}"] = UpConv(3, 5, activation="none")
    return NetworkSpec(f"{_SOURCE}, Table {5 if is_map else 6}", rows, SLOPE)
