"""A description that is not the chairs': what tests of conditions by name share."""

from tfgen.conditions.description import Condition, Description

# Two one-hot conditions in one stream, an angle that does not go round, a vector with a number that
# was not trained on.
LAMPS = Description(
    (
        Condition("shape", "one-hot", 3, names=("desk", "floor", "wall"), categories=("lamp",) * 3),
        Condition("colour", "one-hot", 2, names=("red", "blue")),
        Condition("light", "angle", values=(-30, 0, 30, 60), unit="degrees"),
        Condition(
            "pose",
            "vector",
            3,
            names=("lean", "bend", "twist"),
            ranges=((-1, 1), (0, 2), (0, 0)),
        ),
    ),
    {"look": ("shape", "colour"), "light": ("light",), "pose": ("pose",)},
)
