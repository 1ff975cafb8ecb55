"""Section 5.2, Figures 8 and 9: views of objects that were seen from few sides."""

import numpy as np

from tfgen.data.drawings.holdout import target_styles
from tfgen.errors import InputError
from tfgen.features.cells import gray
from tfgen.features.hog import hog
from tfgen.metrics.objects import squared_error
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.curves import line_chart
from tfgen.pictures.image_grid import image_grid
from tfgen.pixels import from_uint8
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.training_runs import trained_scores, variant

VIEWS = (15, 8, 4, 2, 1)
_TARGETS = 0.1
_SHOWN_FRAMES = 9
_BATCH = 256


def run(settings, options):
    """Trains with few views of a tenth of the styles, and with as few of all; scores unseen views.

    Args:
      settings: `settings.GeneratorSettings`; its run_dir becomes the folder of the ten runs.
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
        parts=parts(rows),
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
        compared = descriptors(images, kind)
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
                distance = np.square(compared[same] - compared[i]).sum(axis=1)
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


def descriptors(images, kind):
    """What neighbours are compared by, distances being Euclidean.

    HOG is `features.hog` of the gray images. Its directed orientations come beside those of Dalal
    and Triggs ("Histograms of Oriented Gradients for Human Detection", 2005), by
    which neighbours' errors were from 6 % smaller, of eight views, to 23 % larger, of one.

    Args:
      images: [n, h, w, 3] uint8.
      kind: "RGB", the pixels, or "HOG".

    Returns:
      [n, numbers] float32.
    """
    if kind == "RGB":
        return images.reshape(len(images), -1).astype(np.float32)
    batches = [
        hog(gray(from_uint8(images[i : i + _BATCH]))).numpy() for i in range(0, len(images), _BATCH)
    ]
    return np.concatenate(batches).reshape(len(images), -1)


def _chart(rows):
    views = [row["views"] for row in rows]
    series = {
        name: (views, [1000 * row[name] for row in rows]) for name in rows[0] if name != "views"
    }
    return line_chart(series, "error of unseen views x 1000", "views of each target style")
