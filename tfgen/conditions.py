"""What a drawing is described by: conditions by name, and the streams that hear them.

A data set declares its conditions; hold-outs, codes, signatures of exports, the command line, the
client and the viewer follow from the declaration. Plain data: imports no TensorFlow.
"""

import dataclasses

KINDS = ("one-hot", "angle", "vector")


@dataclasses.dataclass(frozen=True)
class Condition:
    """One thing that a drawing is told.

    Attributes:
      name: of its column in examples, and of its input in signatures: "style".
      kind: "one-hot", one of so many values, told by its number or mixed by weights; "angle", in
        degrees, which the network hears as sine and cosine; "vector", numbers as they are, all
        zeros for none.
      size: one-hot: number of values; vector: of numbers; angle: 1.
      names: one-hot: of its values; vector: of its numbers; () where they have none.
      categories: one-hot: a word a value, by which values are grouped; () without.
      ranges: vector: (lowest, highest) of each number, as trained; angle: one such pair.
      values: angle: degrees that were trained on, ascending; () if any was.
      unit: for people: "degrees".
    """

    name: str
    kind: str
    size: int = 1
    names: tuple = ()
    categories: tuple = ()
    ranges: tuple = ()
    values: tuple = ()
    unit: str = ""

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(
                f"condition {self.name} is of kind {self.kind!r}: give one of {', '.join(KINDS)}."
            )
        for field in ("names", "categories", "values"):
            object.__setattr__(self, field, tuple(getattr(self, field)))
        object.__setattr__(self, "ranges", tuple(tuple(pair) for pair in self.ranges))
        counts = {"names": self.names, "categories": self.categories, "ranges": self.ranges}
        for field, given in counts.items():
            if given and len(given) != self.size:
                raise ValueError(
                    f"condition {self.name} has {len(given)} {field} for a size of {self.size}."
                )

    @property
    def code_size(self):
        """How many numbers the network hears."""
        return 2 if self.kind == "angle" else self.size

    @property
    def shape(self):
        """Shape of one value as signatures take it, a one-hot's weights: () for an angle."""
        return () if self.kind == "angle" else (self.size,)


@dataclasses.dataclass(frozen=True)
class Description:
    """All conditions of a data set, and how a generator hears them.

    Attributes:
      conditions: of Condition, with different names.
      streams: name of a stream of the generator (its own FC-1 and FC-2) -> names of the conditions
        that it hears, their codes one after another.
    """

    conditions: tuple
    streams: dict

    def __post_init__(self):
        object.__setattr__(self, "conditions", tuple(self.conditions))
        streams = {name: tuple(heard) for name, heard in self.streams.items()}
        object.__setattr__(self, "streams", streams)
        heard = [name for names in streams.values() for name in names]
        if sorted(heard) != sorted(self.names) or len(set(heard)) != len(heard):
            raise ValueError(
                f"streams hear {', '.join(heard)}, the conditions are {', '.join(self.names)}: let "
                "each be heard once."
            )

    @property
    def names(self):
        """Names of the conditions, in order."""
        return tuple(condition.name for condition in self.conditions)

    def __getitem__(self, name):
        """The condition of a name; KeyError if there is none."""
        for condition in self.conditions:
            if condition.name == name:
                return condition
        raise KeyError(name)

    def of_kind(self, kind):
        """The conditions of a kind, in order."""
        return tuple(each for each in self.conditions if each.kind == kind)

    @property
    def style(self):
        """The first one-hot condition: what morphs, turns and galleries are of."""
        return self.of_kind("one-hot")[0]

    @property
    def code_sizes(self):
        """Stream -> how many numbers it hears."""
        return {
            stream: sum(self[name].code_size for name in heard)
            for stream, heard in self.streams.items()
        }

    def to_dict(self):
        """As JSON holds it."""
        return {
            "conditions": [dataclasses.asdict(condition) for condition in self.conditions],
            "streams": {stream: list(heard) for stream, heard in self.streams.items()},
        }

    @classmethod
    def from_dict(cls, facts):
        """The Description that `to_dict` gave."""
        return cls(
            tuple(Condition(**condition) for condition in facts["conditions"]), facts["streams"]
        )
