"""Settings of --task=inversion: Dosovitskiy and Brox, "Inverting Visual Representations with
Convolutional Networks", and DeePSiM, section 4.3.
"""

import dataclasses

from tfgen.config.data import CropConfig
from tfgen.config.run import NetworkConfig, Settings
from tfgen.config.settings import Part, setting
from tfgen.papers.deepsim.settings import PerceptualConfig


@dataclasses.dataclass(frozen=True)
class InverterConfig(NetworkConfig):
    """The network that draws from features."""

    architecture: str = setting(
        "inversion",
        "Table of generators from features: inversion or deepsim, as tables.py has them.",
    )


@dataclasses.dataclass(frozen=True)
class FeatureConfig(Part):
    """What is inverted."""

    feature: str = setting(
        "",
        "Feature to invert: hog, lbp, sift, NAME:LAYER of a network (caffenet:fc6), your own "
        "FILE.keras:LAYER, DIR:SIGNATURE:OUTPUT, FILE.tflite, FILE.onnx, FILE.py:FUNCTION of "
        "[b, s, s, 3] float32 arrays, or FILE.npy with a row for each photo.",
    )
    feature_weights: str = setting(
        "", "Weights of that network, as --comparator_weights takes them."
    )
    finetune: bool = setting(
        False, "Whether that network is trained along, as the encoder of an autoencoder."
    )


@dataclasses.dataclass(frozen=True)
class InversionSettings(Settings):
    """All settings of a generator from features, by the losses of DeePSiM."""

    task: str = "inversion"
    data: CropConfig = CropConfig()
    model: InverterConfig = InverterConfig()
    perceptual: PerceptualConfig = PerceptualConfig()
    features: FeatureConfig = FeatureConfig()
