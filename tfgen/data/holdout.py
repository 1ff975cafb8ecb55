"""Which views of which styles are kept from training (Dosovitskiy et al., section 5.2)."""

import dataclasses

import numpy as np

from tfgen.errors import InputError


@dataclasses.dataclass(frozen=True)
class Holdout:
    """Held-out views of one turntable data set.

    Attributes:
      azimuths, elevations: degrees, the views of the data set.
      table: [styles, azimuths, elevations] bool, True where held out.
    """

    azimuths: np.ndarray
    elevations: np.ndarray
    table: np.ndarray

    def view_index(self, azimuth, elevation):
        """Nearest indices into `azimuths` and `elevations` of views in degrees, [n] each."""
        around = np.abs((np.asarray(azimuth)[:, None] - self.azimuths + 180) % 360 - 180)
        above = np.abs(np.asarray(elevation)[:, None] - self.elevations)
        return around.argmin(axis=1), above.argmin(axis=1)

    def holds_out(self, style, azimuth, elevation):
        """Whether views are held out: [n] bool, of [n] style indices and angles in degrees."""
        return self.table[(style, *self.view_index(azimuth, elevation))]

    @property
    def held_out_azimuths(self):
        """Azimuths, in degrees, that no style trains on."""
        return self.azimuths[self.table.all(axis=(0, 2))]

    def describe(self):
        """One line for the check before training."""
        if not self.table.any():
            return "none held out"
        share = f"{self.table.mean():.1%} of the views held out"
        azimuths = self.held_out_azimuths
        if len(azimuths):
            share += f", all of azimuths {', '.join(f'{a:.0f}' for a in azimuths)}"
        return share


def make_holdout(config, num_styles, azimuths, elevations, category=""):
    """Chooses what to hold out.

    Args:
      config: `config.HoldoutConfig`.
      num_styles: of the data set.
      azimuths, elevations: degrees.
      category: of its styles, where `keep_elevations` tells categories apart.

    Raises:
      InputError: nothing would be left to train on, or `keep_elevations` makes no sense.
    """
    azimuths, elevations = np.asarray(azimuths, float), np.asarray(elevations, float)
    shape = (num_styles, len(azimuths), len(elevations))
    table = np.zeros(shape, bool)
    # A generator of its own for each kind: turning one on does not move the others.
    if config.holdout_azimuths:
        if config.holdout_azimuths >= len(azimuths):
            raise InputError(
                f"--holdout_azimuths={config.holdout_azimuths} leaves none of the "
                f"{len(azimuths)} azimuths to train on: hold out fewer."
            )
        # Spread over the turn, and between the first azimuth and the last.
        steps = (np.arange(config.holdout_azimuths) + 0.5) / config.holdout_azimuths
        table[:, (steps * len(azimuths)).astype(int)] = True
    if config.holdout_views:
        count = round(config.holdout_views * shape[1] * shape[2])
        ranks = np.random.default_rng(1).random((num_styles, shape[1] * shape[2])).argsort(axis=1)
        table |= (ranks < count).reshape(shape)
    kept_elevations = _kept_elevations(config.keep_elevations).get(category)
    if kept_elevations is not None:
        near = np.abs(elevations[:, None] - kept_elevations).min(axis=1) < 0.5
        table[:, :, ~near] = True
    if config.holdout_styles:
        views = shape[1] * shape[2]
        if config.holdout_style_views >= views:
            raise InputError(
                f"--holdout_style_views={config.holdout_style_views} is all of the {views} views: "
                "give fewer."
            )
        rng = np.random.default_rng(3)
        for style in target_styles(config, num_styles):
            table[style] |= ~_spread_views(shape[1:], config.holdout_style_views, rng)
    if table.all(axis=(1, 2)).any():
        raise InputError(
            "the --holdout_… flags leave some styles without a view to train on: hold out fewer."
        )
    return Holdout(azimuths, elevations, table)


def target_styles(config, num_styles):
    """Numbers of the styles that `holdout_styles` lets train on a few views only."""
    order = np.random.default_rng(2).permutation(num_styles)
    return order[: round(config.holdout_styles * num_styles)]


def _spread_views(shape, count, rng):
    """[azimuths, elevations] bool: `count` views, as evenly over the turn as they can be."""
    kept = np.zeros(shape, bool)
    start = rng.uniform(0, shape[0])
    for i in range(count):
        # More views than azimuths: round again, at another elevation.
        azimuth = int(start + i * max(shape[0] / count, 1)) % shape[0]
        free = np.flatnonzero(~kept[azimuth])
        kept[azimuth, rng.choice(free)] = True
    return kept


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
                f"--keep_elevations={text} is not understood: give category:degrees:degrees, "
                "joined by commas."
            )
    return kept
