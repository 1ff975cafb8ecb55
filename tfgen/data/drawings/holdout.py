"""Which views of which styles are kept from training (Dosovitskiy et al., section 5.2)."""

import dataclasses
import math

import numpy as np

from tfgen.errors import InputError


@dataclasses.dataclass(frozen=True)
class Holdout:
    """Held-out views of one data set.

    Attributes:
      axes: condition's name -> the values it has in the data set: numbers of the style, which comes
        first, and of other one-hots; degrees of angles. Vectors have no axis.
      angles: names of the axes in degrees.
      table: bool, a dimension an axis, True where held out.
    """

    axes: dict
    angles: tuple
    table: np.ndarray

    def places(self, columns):
        """Nearest places on each axis of examples, [n] int each.

        Args:
          columns: condition's name -> [n] numbers or degrees.
        """
        return tuple(
            self._away(name, np.asarray(columns[name])[:, None]).argmin(axis=1)
            for name in self.axes
        )

    def _away(self, name, values):
        away = np.abs(values - self.axes[name])
        return np.abs((away + 180) % 360 - 180) if name in self.angles else away

    def holds_out(self, columns):
        """Whether examples are held out: [n] bool, of [n] values of each condition by name."""
        return self.table[self.places(columns)]

    def held_out_values(self, name):
        """Values of an axis, () if there is none such, that no style trains on."""
        if name not in self.axes:
            return np.zeros(0)
        others = tuple(i for i, axis in enumerate(self.axes) if axis != name)
        return self.axes[name][self.table.all(axis=others)]

    def describe(self):
        """One line for the check before training."""
        if not self.table.any():
            return "none held out"
        share = f"{self.table.mean():.1%} of the views held out"
        for name in list(self.axes)[1:]:
            values = self.held_out_values(name)
            if len(values):
                share += f", all of {name}s {', '.join(f'{value:.0f}' for value in values)}"
        return share


def make_holdout(config, conditions, category=""):
    """Chooses what to hold out.

    Args:
      config: `config.data.HoldoutConfig`.
      conditions: of `conditions.description.Condition`, those of the data set, the style first.
      category: of its styles, where `keep_elevations` tells categories apart.

    Raises:
      InputError: nothing would be left to train on, `keep_elevations` makes no sense, or the data
        set has no such condition.
    """
    axes = {c.name: _axis(c) for c in conditions if c.kind != "vector"}
    angles = tuple(c.name for c in conditions if c.kind == "angle")
    shape = tuple(len(values) for values in axes.values())
    table, (num_styles, *_) = np.zeros(shape, bool), shape
    views = math.prod(shape[1:])
    # A generator of its own for each kind: turning one on does not move the others.
    if config.holdout_azimuths:
        table |= _along(axes, "azimuth", _spread_azimuths(config, axes))
    if config.holdout_views:
        count = round(config.holdout_views * views)
        ranks = np.random.default_rng(1).random((num_styles, views)).argsort(axis=1)
        table |= (ranks < count).reshape(shape)
    kept_elevations = _kept_elevations(config.keep_elevations).get(category)
    if kept_elevations is not None:
        elevations = _values(axes, "elevation", "keep_elevations")
        near = np.abs(elevations[:, None] - kept_elevations).min(axis=1) < 0.5
        table |= _along(axes, "elevation", ~near)
    if config.holdout_styles:
        if config.holdout_style_views >= views:
            raise InputError(
                f"`holdout_style_views`={config.holdout_style_views} is all of the {views} views: "
                "give fewer."
            )
        rng = np.random.default_rng(3)
        for style in target_styles(config, num_styles):
            table[style] |= ~_spread_views(shape[1:], config.holdout_style_views, rng)
    if table.all(axis=tuple(range(1, len(shape)))).any():
        raise InputError(
            "`holdout_azimuths`, `holdout_views`, `holdout_styles` and `keep_elevations` leave "
            "some styles without a view to train on: hold out fewer."
        )
    return Holdout(axes, angles, table)


def _axis(condition):
    if condition.kind == "one-hot":
        return np.arange(condition.size)
    return np.asarray(condition.values, float)


def _values(axes, name, setting):
    """The values of an axis; InputError if the data set has none of the name."""
    if name not in axes:
        raise InputError(
            f"`{setting}` is of no use: the data set has no {name}, it has {', '.join(axes)} to "
            "hold out by; `holdout_views` holds out at random."
        )
    return axes[name]


def _along(axes, name, held_out):
    """[of an axis] bool, in the shape that broadcasts over the table."""
    place = list(axes).index(name)
    return held_out.reshape([-1 if i == place else 1 for i in range(len(axes))])


def _spread_azimuths(config, axes):
    """[azimuths] bool: so many, spread over the turn, and between the first and the last."""
    count, azimuths = config.holdout_azimuths, _values(axes, "azimuth", "holdout_azimuths")
    if count >= len(azimuths):
        raise InputError(
            f"`holdout_azimuths`={count} leaves none of the {len(azimuths)} azimuths to train on: "
            "hold out fewer."
        )
    held_out = np.zeros(len(azimuths), bool)
    held_out[((np.arange(count) + 0.5) / count * len(azimuths)).astype(int)] = True
    return held_out


def target_styles(config, num_styles):
    """Numbers of the styles that `holdout_styles` lets train on a few views only."""
    order = np.random.default_rng(2).permutation(num_styles)
    return order[: round(config.holdout_styles * num_styles)]


def _spread_views(shape, count, rng):
    """Bool of a shape: `count` views, as evenly over the first axis as they can be."""
    kept = np.zeros((shape[0], math.prod(shape[1:])), bool)
    start = rng.uniform(0, shape[0])
    for i in range(count):
        # More views than azimuths: round again, at another elevation.
        azimuth = int(start + i * max(shape[0] / count, 1)) % shape[0]
        free = np.flatnonzero(~kept[azimuth])
        kept[azimuth, rng.choice(free)] = True
    return kept.reshape(shape)


def _kept_elevations(text):
    """Category -> elevations in degrees, of "chairs:20:30,tables:0:10"."""
    kept = {}
    for part in filter(None, text.split(",")):
        category, *numbers = part.split(":")
        try:
            kept[category.strip()] = np.array([float(number) for number in numbers])
        except ValueError:
            numbers = []
        if not numbers:
            raise InputError(
                f"`keep_elevations`={text} is not understood: give category:degrees:degrees, "
                "joined by commas."
            )
    return kept
