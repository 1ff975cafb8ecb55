"""Settings of --task=comparator: networks that learn without labels, to compare images by
(DeePSiM, section 3.1).
"""

import dataclasses

from tfgen.config.data import PhotoConfig
from tfgen.config.run import NetworkConfig, Settings
from tfgen.config.settings import Part, setting


@dataclasses.dataclass(frozen=True)
class ComparatorConfig(NetworkConfig):
    """The network."""

    architecture: str = setting("caffenet", "Row of tfgen.papers.comparators.tables.COMPARATORS.")
    width: float = setting(1.0, "Factor on the channels of the network.", above=0.0)


@dataclasses.dataclass(frozen=True)
class LearningConfig(Part):
    """What the network learns by."""

    learn_by: str = setting(
        "exemplars",
        "How a comparator learns: folders of photos as classes, patches of photos as classes, or "
        "folders as videos of which neighbouring frames are alike.",
        choices=("classes", "exemplars", "videos"),
    )
    exemplars: int = setting(1000, "Number of patches (--learn_by=exemplars).", lower=2)
    video_margin: float = setting(
        0.5,
        "By how much other videos' frames are to be further away (--learn_by=videos).",
        above=0.0,
    )


@dataclasses.dataclass(frozen=True)
class ComparatorSettings(Settings):
    """All settings of a comparator."""

    task: str = "comparator"
    data: PhotoConfig = PhotoConfig()
    model: ComparatorConfig = ComparatorConfig()
    learning: LearningConfig = LearningConfig()
