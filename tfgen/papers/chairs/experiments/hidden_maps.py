"""Figures 24 and 25: FC-5 with only its middle active, and last maps that hold regular patterns."""

import numpy as np

from tfgen.metrics.photographs import lattice
from tfgen.papers.chairs.experiments.hidden_edits import MiddleOfFc5, last_maps, without
from tfgen.pictures.drawings import one_hot
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.intervals import Interval, difference, mean, ratio
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, below, controlled, every, higher

_STYLES = 40
_SHOWN = 5
_MAPS = 8
_SHARE = 0.1  # of the last maps, those with the most regular patterns
_DRAWS = 8  # of as many others

_INNER, _EDGE = "error inside", "error at the edge of what is active"
_BEYOND_EDGE = "edge over inside"
_SUM, _MEAN_OBJECT = "control: each cell alone, summed", "control: mean object"
_BEYOND_SUM = "sum over together"
# Of a network whose weights are those that training begins with.
_UNTRAINED = "control: untrained, "
_REGULAR, _OTHERS = "lattice without the regular maps", "lattice without as many others"
_BEYOND_OTHERS = "regular over others"
_FILTERS = "filters of the regular maps"


def run(trained, options):
    """Masks FC-5 from 2x2 to 8x8, and takes away the last maps that hold regular patterns.

    Args:
      trained: `trained.Trained`, a run.
      options: `options.Options`.
    """
    count = min(_STYLES, trained.num_styles)
    weights = one_hot(options.chosen(count, trained.num_styles), trained.num_styles)
    values = options.view | {"style": weights}
    masked, middle_rows = _middles(trained, values, options.seed)
    _, untrained = _middles(trained.untrained(), values, options.seed)
    rows, pictures = _regular_maps(trained, values, options.seed)
    rows = middle_rows + [row | {"what": _UNTRAINED + row["what"]} for row in untrained] + rows
    shown = range(min(_SHOWN, count))
    figure = image_grid(
        [[images[i] for images in masked.values()] for i in shown],
        column_labels=[f"{kept}x{kept}" for kept in masked],
        title="FC-5 masked",
    )
    found = {row["what"]: Interval(row["value"], row["low"], row["high"]) for row in rows}
    return Result(
        title="Hidden feature maps",
        source="Dosovitskiy et al., section 6.2, Figures 24 and 25",
        claim=(
            "Single units of FC-5 draw clouds; where neighbours are active too, the object is "
            "sharp, and at the edge of what is active it is not. Some of the last maps hold "
            "regular patterns, have filters that are nearly empty, and cancel high-frequency "
            "artifacts."
        ),
        finding=(
            "With the middle of FC-5 active, the error against the whole drawing (1: as with "
            f"nothing active) is {found[_INNER]:.2f} inside and {found[_EDGE]:.2f} at its edge; of "
            f"the same cells each alone, summed, {found[_SUM]:.2f}; of an untrained network "
            f"{found[_UNTRAINED + _INNER]:.2f} inside. Without the regular maps the "
            f"lattice in images is {found[_REGULAR]:.2f} times as strong, without as many others "
            f"{found[_OTHERS]:.2f} times (means with 95 % intervals over styles); their filters "
            f"have {found[_FILTERS]:.2f} of the others' length."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={"figure": figure} | pictures,
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    found = {row["what"]: Interval(row["value"], row["low"], row["high"]) for row in rows}
    untrained = {name: found[_UNTRAINED + name] for name in (_INNER, _BEYOND_EDGE, _BEYOND_SUM)}
    # Where a pixel hears of its own cell and the next alone, all of this holds by construction.
    by_design = {
        "an untrained network": untrained[_INNER].high < 0.5,
        "the mean object": found[_MEAN_OBJECT].low < 0.5,
    }
    special = above(found[_BEYOND_OTHERS])
    # Any maps that are missing leave something behind.
    cancels = controlled(above(found[_REGULAR], 1.2), {"others": special is not True})
    return {
        "where neighbours are active, the object is drawn": controlled(
            below(found[_INNER], 0.5), by_design
        ),
        "at the edge of what is active it is worse": controlled(
            above(found[_BEYOND_EDGE]), {"an untrained network": above(untrained[_BEYOND_EDGE])}
        ),
        "each cell's own image, summed, is worse, more so than untrained": every(
            (above(found[_BEYOND_SUM]), higher(found[_BEYOND_SUM], untrained[_BEYOND_SUM]))
        ),
        "without the regular maps images have a lattice": cancels,
        "and more of it than without others": special,
        "the regular maps' filters are emptier": below(found[_FILTERS], 1),
    }


def _row(what, interval):
    return {"what": what, "value": interval.mean, "low": interval.low, "high": interval.high}


def _middles(trained, values, seed):
    """Images by the side of what is kept of FC-5, and the rows of Figure 24."""
    study = MiddleOfFc5(trained, values)
    masked = {kept: study.keeping(kept) for kept in study.sizes}
    # 2x2 has nothing that lies inside, and the whole has no edge.
    between = study.sizes[1:-1]

    def errors(images, place):
        return np.mean([study.error(images(kept), kept, place) for kept in between], axis=0)

    inner = errors(masked.get, "inside")
    edge = errors(masked.get, "edge")
    summed = errors(study.summed, "inside")
    average = errors(lambda kept: study.mean_object, "inside")
    return masked, [
        _row(_INNER, mean(inner, seed)),
        _row(_EDGE, mean(edge, seed)),
        _row(_BEYOND_EDGE, difference(edge, inner, seed)),
        _row(_SUM, mean(summed, seed)),
        _row(_BEYOND_SUM, difference(summed, inner, seed)),
        _row(_MEAN_OBJECT, mean(average, seed)),
    ]


def _regular_maps(trained, values, seed):
    """The rows of Figure 25, and its pictures."""
    layer, maps, lengths = last_maps(trained, values)
    order = _regularity(maps).argsort()[::-1]
    count = max(1, round(_SHARE * len(order)))
    regular, rest = order[:count], order[count:]
    rng = np.random.default_rng(seed)
    intact, _ = trained.draw_edited(values, lambda name, x: x)
    less = trained.draw_edited(values, without(layer, regular))[0]
    others = [
        trained.draw_edited(values, without(layer, rng.permutation(rest)[:count]))[0]
        for _ in range(_DRAWS)
    ]
    before, after = _lattices(intact), _lattices(less)
    of_others = np.mean([_lattices(images) for images in others], axis=0)
    rows = [
        _row(_REGULAR, ratio(after, before, seed)),
        _row(_OTHERS, ratio(of_others, before, seed)),
        _row(_BEYOND_OTHERS, difference(after / before.mean(), of_others / before.mean(), seed)),
        _row(_FILTERS, mean(lengths[regular] / lengths[rest].mean(), seed)),
    ]
    shown = range(min(_SHOWN, len(intact)))
    return rows, {
        "patterns": image_grid(
            [[_gray(maps[0, ..., channel]) for channel in regular[:_MAPS]]],
            title=f"most regular maps of {layer}",
        ),
        "without": image_grid(
            [[_close_up(images[i]) for images in (less, intact, others[0])] for i in shown],
            column_labels=["without them", "whole", "without others"],
        ),
    }


def _lattices(images):
    """Strength of the lattice in each image's brightness, in [0, 1]: [n]."""
    bright = images.astype(np.float32).mean(axis=-1) / 255
    return np.array([lattice(image[None]) for image in bright])


def _regularity(maps):
    """How much of each channel's variation is a lattice: [channels]."""
    lattices = np.array([lattice(maps[..., c]) for c in range(maps.shape[-1])])
    return lattices / np.maximum(maps.std(axis=(0, 1, 2)), 1e-9)


def _close_up(image):
    """The middle half along each side: a lattice is a matter of pixels."""
    height, width = (size // 4 for size in image.shape[:2])
    return image[height:-height, width:-width]


def _gray(x):
    x = (x - x.min()) / max(x.max() - x.min(), 1e-9)
    return (255 * x).round().astype(np.uint8)[..., None]
