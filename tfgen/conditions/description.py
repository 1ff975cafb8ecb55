"""What a drawing is described by: conditions by name, and the streams that hear them.

A data set declares its conditions; hold-outs, codes, signatures of exports, the command line, the
client and the viewer follow from the declaration. Plain data: imports no TensorFlow.
"""

import dataclasses

import numpy as np

from tfgen.conditions import checks

KINDS = ("one-hot", "angle", "vector")
# Degrees of an angle that goes round, from which an object's front and one side are seen.
THREE_QUARTERS = 30.0

_KINDS_OF_FIELDS = {
    "name": checks.text,
    "size": checks.count,
    "names": checks.texts,
    "categories": checks.texts,
    "ranges": checks.pairs,
    "values": checks.several,
    "unit": checks.text,
    "sweeps": checks.table,
}


@dataclasses.dataclass(frozen=True)
class Condition:
    """One thing that a drawing is told.

    Attributes:
      name: of its column in examples, and of its input in signatures: "style".
      kind: "one-hot", one of so many values, told by its number or mixed by weights; "angle", in
        degrees, which the network hears as sine and cosine; "vector", numbers as they are.
      size: one-hot: number of values; vector: of numbers; angle: 1.
      names: one-hot: of its values; vector: of its numbers; () where they have none.
      categories: one-hot: a word a value, by which values are grouped; () without.
      ranges: vector: (lowest, highest) of each number, as trained; angle: one such pair.
      values: angle: degrees that were trained on, ascending; () if any was.
      unit: for people: "degrees".
      sweeps: vector: title -> name of a number -> (first, last), what shows the vector's effects:
        several numbers may go together; {} for each number over its range.
    """

    name: str
    kind: str
    size: int = 1
    names: tuple = ()
    categories: tuple = ()
    ranges: tuple = ()
    values: tuple = ()
    unit: str = ""
    sweeps: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(
                f"condition {self.name} is of kind {self.kind!r}: give one of {', '.join(KINDS)}."
            )
        for field in ("names", "categories", "values"):
            object.__setattr__(self, field, tuple(getattr(self, field)))
        object.__setattr__(self, "ranges", tuple(tuple(pair) for pair in self.ranges))
        checks.check(f"condition {self.name}", vars(self), _KINDS_OF_FIELDS)
        counts = {"names": self.names, "categories": self.categories, "ranges": self.ranges}
        for field, given in counts.items():
            if given and len(given) != self.size:
                raise ValueError(
                    f"condition {self.name} has {len(given)} {field} for a size of {self.size}."
                )
        if not all(map(checks.pair_table, self.sweeps.values())):
            raise ValueError(f"condition {self.name} has sweeps that are no names of two numbers.")
        sweeps = {
            title: {n: tuple(pair) for n, pair in s.items()} for title, s in self.sweeps.items()
        }
        unknown = [n for sweep in sweeps.values() for n in sweep if n not in self.value_names]
        if unknown:
            raise ValueError(
                f"condition {self.name} sweeps {unknown[0]}, which is none of its names."
            )
        object.__setattr__(self, "sweeps", sweeps)

    @property
    def code_size(self):
        """How many numbers the network hears."""
        return 2 if self.kind == "angle" else self.size

    @property
    def shape(self):
        """Shape of one value as signatures take it, a one-hot's weights: () for an angle."""
        return () if self.kind == "angle" else (self.size,)

    @property
    def value_names(self):
        """Names of a one-hot's values or a vector's numbers; their places, as text, without."""
        return self.names or tuple(str(place) for place in range(self.size))

    @property
    def span(self):
        """(lowest, highest) of an angle's degrees in training; all around where none are known."""
        if self.ranges:
            return self.ranges[0]
        return (min(self.values), max(self.values)) if self.values else (0.0, 360.0)

    @property
    def goes_round(self):
        """Whether an angle was trained on all around: no gap between values is the widest."""
        if self.kind != "angle":
            return False
        if self.ranges or len(self.values) < 2:
            return bool(self.ranges) and self.span[1] - self.span[0] >= 360
        gaps = np.diff(self.values)
        return bool(360 - (self.values[-1] - self.values[0]) <= 1.01 * gaps.max())

    @property
    def usual(self):
        """A value to draw with where none is given: the first, a middle one, zeros if in range."""
        if self.kind == "one-hot":
            return 0
        if self.kind == "vector":
            ranges = self.ranges or ((0.0, 0.0),) * self.size
            return tuple(0.0 if low <= 0 <= high else (low + high) / 2 for low, high in ranges)
        if self.goes_round:
            return THREE_QUARTERS
        if self.values:
            return self.values[len(self.values) // 2]
        return sum(self.ranges[0]) / 2 if self.ranges else 0.0


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
        checks.check("the description", vars(self), {"streams": checks.table})
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
        """The first one-hot condition, what morphs, turns and galleries are of; None without."""
        return next(iter(self.of_kind("one-hot")), None)

    @property
    def style_stream(self):
        """Name of the stream that hears the style; None without one."""
        return next(
            (s for s, heard in self.streams.items() if self.style and self.style.name in heard),
            None,
        )

    @property
    def turning(self):
        """The angle that goes round: "azimuth", or the first that does; None without."""
        angles = self.of_kind("angle")
        named = [each for each in angles if each.name == "azimuth"]
        return next(iter([*named, *(each for each in angles if each.goes_round)]), None)

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


def value_arrays(description, values, usual=None):
    """Values of all conditions, a batch of them, from what was given.

    Args:
      description: Description.
      values: condition's name -> one value for all, or one each in dimension 0: one-hot, int
        numbers or float weights; angle, degrees; vector, its numbers. Or "latent" in place of the
        conditions of the style's stream.
      usual: the same for conditions that are missing; then `Condition.usual`.

    Returns:
      dict: a one-hot's weights [n, size], an angle [n], a vector [n, size], latent [n, d]; float32.

    Raises:
      ValueError: a condition is not known, a value has another shape or does not exist, or the
        numbers of values differ.
    """
    unknown = [name for name in values if name not in (*description.names, "latent")]
    if unknown:
        raise ValueError(
            f"{unknown[0]} is no condition of this generator: give {', '.join(description.names)}."
        )
    arrays = {}
    if "latent" in values:
        arrays["latent"] = np.atleast_2d(np.asarray(values["latent"], np.float32))
        replaced = description.streams[description.style_stream]
    else:
        replaced = ()
    for condition in description.conditions:
        if condition.name not in replaced:
            given = values.get(condition.name, (usual or {}).get(condition.name, condition.usual))
            arrays[condition.name] = _array(condition, given)
    counts = {name: len(array) for name, array in arrays.items() if len(array) != 1}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{count} of {name}" for name, count in counts.items())
        raise ValueError(f"there are {told}: give as many of each, or one for all.")
    count = max(counts.values(), default=1)
    return {name: np.repeat(a, count, axis=0) if len(a) == 1 else a for name, a in arrays.items()}


def _array(condition, given):
    """One condition's values, [n, *shape] float32; n is 1 for a single value."""
    array = np.asarray(given)
    if condition.kind == "one-hot" and array.ndim < 2 and np.issubdtype(array.dtype, np.integer):
        numbers = np.atleast_1d(array)
        wrong = numbers[(numbers < 0) | (numbers >= condition.size)]
        if len(wrong):
            raise ValueError(
                f"{condition.name} {wrong[0]} does not exist: give 0 to {condition.size - 1}."
            )
        weights = np.zeros((len(numbers), condition.size), np.float32)
        weights[np.arange(len(numbers)), numbers] = 1
        return weights
    array = array.astype(np.float32)
    if array.shape == condition.shape:
        array = array[np.newaxis]
    if array.shape[1:] != condition.shape or not array.ndim:
        shape = ", ".join(["n", *map(str, condition.shape)])
        raise ValueError(
            f"{condition.name} has the shape {list(array.shape)}: give [{shape}], or one value."
        )
    return array
