"""Section 5.2, Figures 8 and 9: views of objects that were seen from few sides."""

import numpy as np

from tfgen.data.drawings.holdout import target_styles
from tfgen.errors import InputError
from tfgen.metrics.objects import squared_error
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.curves import line_chart
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant
from tfgen.runs.experiments.verdict import judged

VIEWS = (15, 8, 4, 2, 1)
_TARGETS = 0.1
_SHOWN_FRAMES = 9


def run(settings, options):
    """Trains with few views of a tenth of the styles, and with as few of all; scores unseen views.

    Args:
      settings: `settings.chairs.GeneratorSettings`; its run_dir becomes the folder of the ten runs.
      options: `options.Options`.
    """
    if round(_TARGETS * settings.data.models) < 1:
        raise InputError(f"`models`={settings.data.models} is too few: give at least 10.")
    rows, strips = [], []
    for views in VIEWS:
        runs = {}
        for name, share in (("transfer", _TARGETS), ("no transfer", 1.0)):
            holdout = {"holdout_styles": share, "holdout_style_views": views}
            run_settings = variant(settings, f"{name.replace(' ', '_')}_{views}", holdout=holdout)
            trained_scores(run_settings)
            runs[name] = Trained(run_settings.schedule.run_dir)
        study = _Study(runs["transfer"])
        errors = {name: study.error_of(trained) for name, trained in runs.items()}
        errors |= {f"nearest, {kind}": study.error_of_neighbours(kind) for kind in ("RGB", "HOG")}
        rows.append({"views": views, **errors})
        strips += [study.strip(trained) for trained in runs.values()]
    gain = [row["no transfer"] / row["transfer"] for row in rows]
    names = [f"{views} views, {kind}" for views in VIEWS for kind in ("transfer", "without")]
    return Result(
        title="Interpolation between viewpoints",
        source="Dosovitskiy et al., section 5.2, Figures 8 and 9",
        claim=(
            "All views of other objects help to draw unseen views of an object, most where few of "
            "its own are known; nearest neighbours are always worse than the network, by RGB "
            "distance better than by HOG."
        ),
        finding=(
            "Error without transfer over error with it: "
            + ", ".join(f"{g:.2f} at {v} views" for g, v in zip(gain, VIEWS, strict=True))
            + "; "
            + ", ".join(
                f"{part} in {sum(held)} of {len(held)} rows" for part, held in _by_row(rows).items()
            )
            + "."
        ),
        holds=judged(parts(rows))[0],
        rows=rows,
        pictures={
            "figure": _chart(rows),
            "strips": image_grid(strips, names, title="unseen views of one style"),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    return {part: all(held) for part, held in _by_row(rows).items()}


def _by_row(rows):
    """Part of the claim -> for each row, whether it holds there."""
    return {
        "transfer helps": [row["transfer"] < row["no transfer"] for row in rows],
        "the network beats neighbours by RGB": [
            row["transfer"] < row["nearest, RGB"] for row in rows
        ],
        "these beat neighbours by HOG": [row["nearest, RGB"] < row["nearest, HOG"] for row in rows],
    }


class _Study:
    """Unseen views of the target styles, and ways to guess them."""

    def __init__(self, trained):
        self._examples = trained.examples
        self._num_styles = trained.num_styles
        self._targets = target_styles(trained.settings.holdout, trained.num_styles)
        self._unseen = np.flatnonzero(
            self._examples.held_out & np.isin(self._examples.styles, self._targets)
        )
        self._views = np.stack([self._examples.azimuths, self._examples.elevations], axis=1)

    def error_of(self, trained):
        """Mean squared error of a network on the unseen views."""
        images = trained.draw_views(self._examples[self._unseen])
        return squared_error(images, self._examples[self._unseen].over_white())

    def error_of_neighbours(self, kind):
        """The same of the baseline: views of the nearest other styles, blended by angle.

        For each known view of a target, the other style whose same view is most alike is found;
        a missing view is a blend of those of the neighbours of the known views on both sides.
        """
        examples = self._examples
        images = examples.over_white()
        descriptors = images if kind == "RGB" else hog(images)
        descriptors = descriptors.reshape(len(images), -1).astype(np.float32)
        sources = ~np.isin(examples.styles, self._targets)
        at = {
            (style, *view): i
            for i, (style, view) in enumerate(
                zip(examples.styles.tolist(), self._views.tolist(), strict=True)
            )
        }
        errors = []
        for target in self._targets:
            known = np.flatnonzero((examples.styles == target) & ~examples.held_out)
            neighbours = {}
            for i in known:
                same = np.flatnonzero(sources & (self._views == self._views[i]).all(axis=1))
                distance = np.square(descriptors[same] - descriptors[i]).sum(axis=1)
                neighbours[i] = examples.styles[same[distance.argmin()]]
            for j in self._unseen[examples.styles[self._unseen] == target]:
                guess = 0.0
                for i, weight in _around(self._views[known, 0], self._views[j, 0]):
                    guess = guess + weight * images[at[(neighbours[known[i]], *self._views[j])]]
                errors.append(squared_error(guess, images[j]))
        return float(np.mean(errors))

    def strip(self, trained):
        """Some unseen views of one target, from side to side."""
        one = self._unseen[self._examples.styles[self._unseen] == self._targets[0]]
        one = self._examples[one]
        one = one[one.elevations == one.elevations[0]]
        chosen = one.spread(_SHOWN_FRAMES)
        return list(trained.draw_views(chosen))


def _around(known, azimuth):
    """(index, weight) of the known azimuths on both sides, linear in the angle."""
    forward = (known - azimuth) % 360
    backward = (azimuth - known) % 360
    after, before = forward.argmin(), backward.argmin()
    total = forward[after] + backward[before]
    if after == before or total == 0:
        return [(after, 1.0)]
    return [(after, backward[before] / total), (before, forward[after] / total)]


def hog(images, cell=8, bins=9):
    """Histograms of oriented gradients (Dalal and Triggs, 2005).

    Args:
      images: [n, h, w, 3] uint8; h and w are multiples of `cell`.
      cell: pixels along each side of a cell; blocks are 2x2 cells.
      bins: orientations, without regard to sign.

    Returns:
      [n, rows - 1, columns - 1, 4 * bins] float32, each block of unit length.
    """
    n, height, width, _ = images.shape
    gray = images.astype(np.float32).mean(axis=-1)
    down, right = np.gradient(gray, axis=(1, 2))
    strength = np.hypot(down, right)
    angle = (np.arctan2(down, right) % np.pi) / np.pi * bins
    cells = np.zeros((n, height // cell, width // cell, bins), np.float32)
    for k in range(bins):
        # Each gradient counts for the two orientations that it lies between.
        near = np.abs((angle - k + bins / 2) % bins - bins / 2)
        share = strength * np.maximum(0, 1 - near)
        cells[..., k] = share.reshape(n, height // cell, cell, -1, cell).sum(axis=(2, 4))
    blocks = np.concatenate(
        [cells[:, :-1, :-1], cells[:, :-1, 1:], cells[:, 1:, :-1], cells[:, 1:, 1:]], axis=-1
    )
    return blocks / (np.linalg.norm(blocks, axis=-1, keepdims=True) + 1e-3)


def _chart(rows):
    views = [row["views"] for row in rows]
    series = {
        name: (views, [1000 * row[name] for row in rows]) for name in rows[0] if name != "views"
    }
    return line_chart(series, "error of unseen views x 1000", "views of each target style")
