"""One or more prepared turntable data sets as one: styles numbered through, views held out."""

import dataclasses

import numpy as np

from tfgen.data import holdout
from tfgen.errors import InputError


@dataclasses.dataclass(frozen=True)
class Member:
    """A prepared data set within a collection.

    Attributes:
      builder: tfds.core.DatasetBuilder, prepared.
      first_style: number that its style 0 has in the collection.
      style_names: names of its styles.
      holdout: what of it is held out.
    """

    builder: object
    first_style: int
    style_names: tuple
    holdout: holdout.Holdout

    @property
    def num_examples(self):
        """Images in the data set, held-out ones included."""
        return self.builder.info.splits["train"].num_examples


@dataclasses.dataclass(frozen=True)
class Collection:
    """All that a run trains on and is scored on.

    Attributes:
      members: of Member.
      image_size: height and width of all images.
    """

    members: tuple
    image_size: int

    @property
    def style_names(self):
        """Names of all styles, in the order of the style vector."""
        return [name for member in self.members for name in member.style_names]

    @property
    def categories(self):
        """Category of each style."""
        names = []
        for member in self.members:
            of_style = dict(member.builder.info.metadata["categories"])
            names += [of_style[name] for name in member.style_names]
        return names

    @property
    def num_examples(self):
        """Images in all members, held-out ones included."""
        return sum(member.num_examples for member in self.members)

    @property
    def decoded_bytes(self):
        """Memory that all images and masks need, decoded."""
        return self.num_examples * self.image_size**2 * 4

    @property
    def azimuths(self):
        """All azimuths of all members, in degrees, ascending."""
        return np.unique(np.concatenate([m.holdout.azimuths for m in self.members]).round(4))

    @property
    def elevations(self):
        """All elevations of all members, in degrees, ascending."""
        return np.unique(np.concatenate([m.holdout.elevations for m in self.members]).round(4))

    @property
    def held_out_azimuths(self):
        """Azimuths that some member holds out altogether, in degrees."""
        return np.unique(
            np.concatenate([m.holdout.held_out_azimuths for m in self.members]).round(4)
        )

    @property
    def holds_out_any(self):
        """Whether anything is held out."""
        return any(member.holdout.table.any() for member in self.members)


def collect(builders, holdout_config):
    """Puts prepared builders together.

    Args:
      builders: list of prepared tfds builders, as `data.datasets.prepare` returns them.
      holdout_config: `config.HoldoutConfig`.

    Raises:
      InputError: fewer than two styles, images of different sizes, or nothing left to train on.
    """
    members, first = [], 0
    sizes = {builder.info.features["image"].shape[0] for builder in builders}
    if len(sizes) != 1:
        raise InputError(f"--dataset has images of sizes {sorted(sizes)}: prepare them alike.")
    for builder in builders:
        names = tuple(builder.info.features["style"].names)
        metadata = builder.info.metadata
        held = holdout.make_holdout(
            holdout_config,
            len(names),
            metadata["azimuths"],
            metadata["elevations"],
            next(iter(dict(metadata["categories"]).values())),
        )
        members.append(Member(builder, first, names, held))
        first += len(names)
    if first < 2:
        raise InputError(
            f"--dataset has {first} style: a generator needs at least 2; add models or meshes."
        )
    return Collection(tuple(members), sizes.pop())
