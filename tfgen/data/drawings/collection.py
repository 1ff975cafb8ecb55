"""One or more prepared data sets of drawings as one: styles numbered through, views held out."""

import dataclasses

import numpy as np

from tfgen.conditions.description import Condition, Description
from tfgen.data.drawings import holdout
from tfgen.errors import InputError


@dataclasses.dataclass(frozen=True)
class Member:
    """A prepared data set within a collection.

    Attributes:
      builder: `builder.DrawingBuilder`, prepared.
      first_style: number that its style 0 has in the collection.
      holdout: what of it is held out.
    """

    builder: object
    first_style: int
    holdout: holdout.Holdout

    @property
    def style(self):
        """Name of the condition that says which model it is."""
        return self.builder.style

    @property
    def style_names(self):
        """Names of its styles."""
        return tuple(self.builder.info.features[self.style].names)

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
      conditions: of `description.Condition`, those of all members together, the style first.
      streams: as `builder.DrawingBuilder` has it.
    """

    members: tuple
    image_size: int
    conditions: tuple
    streams: dict

    def description(self, *further):
        """The `description.Description` of the collection's conditions and further ones."""
        return describe(self.conditions + further, self.streams)

    @property
    def num_examples(self):
        """Images in all members, held-out ones included."""
        return sum(member.num_examples for member in self.members)

    @property
    def decoded_bytes(self):
        """Memory that all images and masks need, decoded."""
        return self.num_examples * self.image_size**2 * 4

    def held_out_values(self, name):
        """Values of a condition that some member holds out altogether, ascending."""
        return np.unique(
            np.concatenate([m.holdout.held_out_values(name) for m in self.members]).round(4)
        )


def collect(builders, holdout_config):
    """Puts prepared builders together.

    Args:
      builders: list of prepared builders, as `datasets.prepare` returns them.
      holdout_config: `config.data.HoldoutConfig`.

    Raises:
      InputError: fewer than two styles, images of different sizes, other conditions in one than in
        another, or nothing left to train on.
    """
    sizes = {builder.image_size for builder in builders}
    if len(sizes) != 1:
        raise InputError(f"`dataset` has images of sizes {sorted(sizes)}: prepare them alike.")
    conditions = joint_conditions([builder.conditions for builder in builders])
    members, first = [], 0
    for builder in builders:
        style, *_ = builder.conditions
        held_out = holdout.make_holdout(holdout_config, builder.conditions, style.categories[0])
        members.append(Member(builder, first, held_out))
        first += style.size
    if first < 2:
        raise InputError(
            f"`dataset` has {first} style: a generator needs at least 2; add models or meshes."
        )
    return Collection(tuple(members), sizes.pop(), conditions, builders[0].streams)


def joint_conditions(several):
    """The conditions of several data sets together: styles added up, angles of any of them.

    Args:
      several: list of tuples of Condition, the style first in each.

    Raises:
      InputError: they are not described by the same things.
    """
    first, *_ = several
    for other in several:
        if [(c.name, c.kind) for c in other] != [(c.name, c.kind) for c in first]:
            raise InputError(
                f"`dataset` joins what is described by {', '.join(c.name for c in first)} and by "
                f"{', '.join(c.name for c in other)}: train on them one by one."
            )
    columns = list(zip(*several, strict=True))
    return (_added(columns[0]), *(_joint(column) for column in columns[1:]))


def _added(styles):
    names = tuple(name for style in styles for name in style.names)
    categories = tuple(category for style in styles for category in style.categories)
    return Condition(styles[0].name, "one-hot", len(names), names, categories)


def _joint(conditions):
    first, *_ = conditions
    if first.kind == "angle":
        values = np.unique(np.concatenate([c.values for c in conditions]).round(4)).tolist()
        joint = dataclasses.replace(first, values=values, ranges=())
        ends = (0.0, 360.0) if joint.goes_round else (values[0], values[-1])
        return dataclasses.replace(joint, ranges=(ends,))
    if any(c != first for c in conditions):
        raise InputError(
            f"`dataset` joins data sets whose {first.name} differs: train on them one by one."
        )
    return first


def describe(conditions, streams):
    """A `description.Description`; conditions that no stream hears are a stream of their own.

    Raises:
      ValueError: a stream hears what is no condition.
    """
    heard = {name: stream for stream, names in streams.items() for name in names}
    unknown = set(heard) - {condition.name for condition in conditions}
    if unknown:
        raise ValueError(
            f"streams hear {', '.join(sorted(unknown))}, which is no condition: give some of "
            f"{', '.join(condition.name for condition in conditions)}."
        )
    every = {}
    for condition in conditions:
        stream = heard.get(condition.name, condition.name)
        every[stream] = (*every.get(stream, ()), condition.name)
    return Description(conditions, every)
