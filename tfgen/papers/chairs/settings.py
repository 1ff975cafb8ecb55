"""Settings of --task=generator: Dosovitskiy et al., "Learning to Generate Chairs, Tables and Cars
with Convolutional Networks".
"""

import dataclasses

from tfgen.conditions.turntable import KEPT
from tfgen.config.data import HoldoutConfig, TurntableConfig
from tfgen.config.run import NetworkConfig, Settings
from tfgen.config.settings import Part, setting


@dataclasses.dataclass(frozen=True)
class GeneratorConfig(NetworkConfig):
    """The network: a row of Table 1."""

    architecture: str = setting("1s-S-deep", "Row of tfgen.papers.chairs.tables (Table 1).")
    width: float = setting(1.0, "Factor on the channels of FC-5 and after.", above=0.0)
    fc_width: float = setting(1.0, "Factor on the widths of FC-1 to FC-4.", above=0.0)
    style_stream: str = setting(
        "deterministic",
        "What the style becomes: activations, or a Gaussian code (Appendix A).",
        choices=("deterministic", "variational"),
    )
    latent_size: int = setting(
        0,
        "Numbers of the Gaussian code; 0: as many as FC-2 has units (--style_stream=variational).",
        lower=0,
    )

    def facts(self):
        """Architecture, width, kind."""
        variational = self.style_stream == "variational"
        return [*super().facts(), *(["variational"] if variational else [])]


@dataclasses.dataclass(frozen=True)
class ObjectiveConfig(Part):
    """Equation (1) or (5), and the random transformations T_theta."""

    lambda_mask: float = setting(
        0.0,
        "Weight of the mask's loss; 0: the paper's, 0.1 for Euclidean and 100 for softmax masks.",
        lower=0.0,
    )
    lambda_white: float = setting(
        0.0,
        "Weight of half the squared error of the picture over white, which the paper does not "
        "have: sharper outlines; 0: none.",
        lower=0.0,
    )
    lambda_kl: float = setting(
        1.0, "Weight of the divergence in equation (5) (--style_stream=variational).", lower=0.0
    )
    free_nats: float = setting(
        0.0,
        "Divergence that each number of the code has without cost, in nats "
        "(--style_stream=variational).",
        lower=0.0,
    )
    pixel_sigma: float = setting(
        0.1,
        "Standard deviation of a pixel in equation (3) (--style_stream=variational).",
        above=0.0,
    )
    transform_strength: float = setting(
        1.0, "Factor on the ranges of the random transformations; 0: none.", lower=0.0, upper=2.0
    )
    transform_kept: str = setting(
        "all",
        "Which transformations are taken, of 20 that are drawn: all; filled, those that show "
        "nothing from beyond the frame, as the authors' code; whole, those that do not cut the "
        "object at the frame.",
        choices=KEPT,
    )
    transform_growth: float = setting(
        0.0,
        "How fast, a step, their ranges widen, 1e-5 in the authors' code; 0: whole from the start.",
        lower=0.0,
    )
    transform_start: float = setting(
        0.0, "Share of their ranges at step 0 (--transform_growth).", lower=0.0, upper=1.0
    )

    def facts(self):
        """Whether there are transformations, and what is no part of equation (1)."""
        transformed = ["with T_theta"] if self.transform_strength else []
        return [*transformed, *(["loss over white too"] if self.lambda_white else [])]


@dataclasses.dataclass(frozen=True)
class GeneratorSettings(Settings):
    """All settings of a generator of objects."""

    task: str = "generator"
    data: TurntableConfig = TurntableConfig()
    holdout: HoldoutConfig = HoldoutConfig()
    model: GeneratorConfig = GeneratorConfig()
    objective: ObjectiveConfig = ObjectiveConfig()
