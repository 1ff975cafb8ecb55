"""Settings of --task=autoencoder: Dosovitskiy and Brox, "Generating Images with Perceptual
Similarity Metrics based on Deep Networks" (DeePSiM).
"""

import dataclasses

from tfgen.config.data import CropConfig
from tfgen.config.run import NetworkConfig, Settings
from tfgen.config.settings import Part, setting


@dataclasses.dataclass(frozen=True)
class AutoencoderConfig(NetworkConfig):
    """The network, and what its encoder starts from."""

    architecture: str = setting("table2", "Row of tfgen.papers.deepsim.tables.AUTOENCODERS.")
    encoder_weights: str = setting(
        "",
        "What --architecture=alexnet-vae's encoder starts from: a run of --task=comparator, or a "
        "file of a CaffeNet's weights; empty: from noise.",
    )


@dataclasses.dataclass(frozen=True)
class PerceptualConfig(Part):
    """Image, feature and adversarial losses (equations 1 to 5)."""

    image_loss: str = setting(
        "squared", "Loss in image space.", choices=("squared", "absolute", "none")
    )
    lambda_img: float = setting(2e-6, "Weight of the loss in image space.", lower=0.0)
    lambda_feat: float = setting(0.0, "Weight of the loss in feature space; 0: none.", lower=0.0)
    lambda_adv: float = setting(0.0, "Weight of the adversarial loss; 0: none.", lower=0.0)
    comparator: str = setting(
        "",
        "Network of the feature loss: NAME:LAYER (alexnet:conv5, keras.VGG16:block3_conv3), or "
        "your own FILE.keras:LAYER, DIR:SIGNATURE:OUTPUT or FILE.py:FUNCTION of tensors.",
    )
    comparator_weights: str = setting(
        "",
        "Its weights: a run of --task=comparator, or a .npy, .npz, .h5, .safetensors or .pth file; "
        "random: none.",
    )
    comparator_scale: int = setting(
        1, "Factor by which images are enlarged before they are compared.", lower=1, upper=8
    )
    relative_features: bool = setting(
        False,
        "Whether features are centred and scaled by channel over photographs, to a mean squared "
        "length of one, so that --lambda_feat means the same for all comparators.",
    )
    gate: float = setting(
        0.1, "The discriminator pauses while L_discr / L_adv is less; 0: never.", lower=0.0
    )
    discriminator_rate: float = setting(
        2e-4,
        "Learning rate of the discriminator at the start.",
        above=0.0,
    )
    discriminator_schedule: str = setting(
        "falling",
        "Whether that falls as the other does, counted in the discriminator's own steps, or is "
        "constant: one that is slowed at the end of a short training leaves it to the other.",
        choices=("falling", "constant"),
    )
    discriminator_decay: float = setting(
        4e-6,
        "Weight of half the sum of the discriminator's squared weights in its loss; the authors' "
        "is 4e-4, beside a loss that they weigh 100 times.",
        lower=0.0,
    )


@dataclasses.dataclass(frozen=True)
class VariationalPerceptualConfig(PerceptualConfig):
    """The same, and the divergence of a variational autoencoder (equation 7)."""

    lambda_kl: float = setting(
        1.0, "Weight of the divergence of a variational autoencoder (equation 7).", lower=0.0
    )


@dataclasses.dataclass(frozen=True)
class AutoencoderSettings(Settings):
    """All settings of an autoencoder of photographs, plain or variational."""

    task: str = "autoencoder"
    data: CropConfig = CropConfig()
    model: AutoencoderConfig = AutoencoderConfig()
    perceptual: VariationalPerceptualConfig = VariationalPerceptualConfig()
