"""What is measured: networks, sizes and batches, as data. Imports no TensorFlow."""

import dataclasses

from tfgen.conditions.turntable import numbered_turntable
from tfgen.errors import InputError


@dataclasses.dataclass(frozen=True)
class Case:
    """A training job.

    Attributes:
      name: of the row in the report.
      task: "generator" or "autoencoder".
      architecture: as --architecture names it.
      image_size: height and width.
      batch_size: of training, and of drawing many images.
      styles: length of the generator's style vector.
      deepsim: whether the autoencoder has a feature and an adversarial loss too, by an Exemplar-CNN
        of random weights and a discriminator.
      replicas: over which a batch is split.
    """

    name: str
    task: str
    architecture: str
    image_size: int
    batch_size: int
    styles: int = 100
    deepsim: bool = False
    replicas: int = 1


INPUT_SIZES = {n: size for n, size in numbered_turntable(1).code_sizes.items() if n != "style"}
COMPARATOR = "exemplar_cnn:conv3"  # of the DeePSiM case
_BESIDE_OTHERS = (
    Case("generator-64", "generator", "1s-S", 64, 32),
    Case("generator-128", "generator", "1s-S", 128, 32),
    Case("generator-256", "generator", "1s-S", 256, 8),
    Case("vae-64", "autoencoder", "table2-vae", 64, 64),
    Case("deepsim-64", "autoencoder", "table2", 64, 64, deepsim=True),
)
CASES = {case.name: case for case in _BESIDE_OTHERS}
# What grows -> the cases along which it does.
SCALING = {
    "image size": [Case(str(size), "generator", "1s-S", size, 8) for size in (64, 128, 256)],
    "styles": [
        Case(str(styles), "generator", "1s-S", 64, 32, styles) for styles in (100, 1000, 7124)
    ],
    "replicas": [
        Case(str(replicas), "generator", "1s-S", 64, 32, replicas=replicas)
        for replicas in (1, 2, 4)
    ],
}


def find_cases(names):
    """The cases of some names, all of them for none; InputError if one is not known."""
    unknown = [name for name in names if name not in CASES]
    if unknown:
        raise InputError(f"`cases`={unknown[0]} is not known: choose among {', '.join(CASES)}.")
    return [CASES[name] for name in names or CASES]
