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


def make_holdout(config, num_styles, azimuths, elevations):
    """Chooses what to hold out.

    Args:
      config: `config.HoldoutConfig`.
      num_styles: of the data set.
      azimuths, elevations: degrees.

    Raises:
      InputError: nothing would be left to train on.
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
    if config.holdout_styles:
        views = shape[1] * shape[2]
        if config.holdout_style_views >= views:
            raise InputError(
                f"--holdout_style_views={config.holdout_style_views} is all of the {views} views: "
                "give fewer."
            )
        rng = np.random.default_rng(2)
        styles = rng.permutation(num_styles)[: round(config.holdout_styles * num_styles)]
        for style in styles:
            kept = rng.permutation(views)[: config.holdout_style_views]
            held = np.ones(views, bool)
            held[kept] = False
            table[style] |= held.reshape(shape[1:])
    if table.all(axis=(1, 2)).any():
        raise InputError(
            "the --holdout_… flags leave some styles without a view to train on: hold out fewer."
        )
    return Holdout(azimuths, elevations, table)
