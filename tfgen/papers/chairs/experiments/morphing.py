"""Figures 12 to 15: what lies between styles, beside the true object there and a cross-fade."""

import numpy as np

from tfgen.metrics import objects
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.papers.chairs.experiments.true_shapes import TrueShapes, parametric
from tfgen.pictures.drawings import morph_frames, one_hot, triangle_picture
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.experiment import told_apart
from tfgen.runs.experiments.intervals import UNKNOWN, as_columns, difference, in_row, mean
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, below, controlled, every

_PAIRS = 24
_SHOWN = 4
_FRAMES = 9
_MIDDLE = _FRAMES // 2
TRUTH = "of one build"
NETWORK, FADE, MEAN, NEAREST = "network", "cross-fade", "mean object", "nearest real object"
_CONTROLS = (FADE, MEAN, NEAREST)


def run(trained, options):
    """Morphs pairs of styles, and compares the middle with the true one and with a cross-fade.

    Args:
      trained: `trained.Trained`, a run.
      options: `options.Options`; others: further runs, of several classes for instance.
    """
    rows, shown, names = [], [], []
    models = (trained, *options.further(Trained))
    for model, name in zip(models, told_apart([m.path for m in models]), strict=True):
        real = model.view(options.azimuth, options.elevation).over_white()
        prefix = f"{name}: " if options.others else ""
        shapes = TrueShapes(model) if model.is_run and parametric(model) else None
        for kind, pairs in _pairs(model, shapes, options).items():
            paths = [_path(model, pair, options) for pair in pairs]
            truth = None
            if kind == TRUTH:
                halves = [shapes.render(pair, (0.5, 0.5), options.view) for pair in pairs]
                truth = np.stack([image for image, _ in halves])
            rows += _rows(f"{prefix}{kind}", paths, real, truth, options.seed)
            for i in range(min(_SHOWN, len(pairs))):
                shown.append([*paths[i][0], None if truth is None else truth[i]])
                names.append(f"{prefix}{pairs[i][0]} to {pairs[i][1]}")
    corners = options.chosen(3, trained.num_styles)[:3]
    triangle = triangle_picture(trained.draw, trained.description, corners, 6, options.view)
    columns = [*(f"{t:.2f}" for t in np.linspace(0, 1, _FRAMES)), "true middle"]
    return Result(
        title="Interpolation between styles",
        source="Dosovitskiy et al., section 5.4, Figures 12 to 15",
        claim="Morphs are natural: what lies between two objects looks like an object.",
        finding=_finding(rows),
        parts=parts(rows),
        rows=rows,
        pictures={"figure": image_grid(shown, names, columns, "morphs"), "triangle": triangle},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`: of each kind of pairs."""
    found = {}
    for kind in dict.fromkeys(row["pairs"] for row in rows):
        by = {row["drawn by"]: row for row in rows if row["pairs"] == kind}
        network, fade = by[NETWORK], by[FADE]
        found[f"{kind}: the middle hangs together"] = controlled(
            _at_least(network, "connected", 0.95), {FADE: _at_least(fade, "connected", 0.95)}
        )
        found[f"{kind}: it is as sharp as the ends"] = controlled(
            _at_least(network, "sharpness", 0.9), {FADE: _at_least(fade, "sharpness", 0.9)}
        )
        found[f"{kind}: its mask is as decided as the ends'"] = controlled(
            _at_most(network, "undecided", 1.25), {FADE: _at_most(fade, "undecided", 1.25)}
        )
        if not np.isnan(network["error"]):
            ahead = [above(in_row(by[how], "network ahead")) for how in _CONTROLS]
            found[f"{kind}: it is nearer to the true middle than {', '.join(_CONTROLS)}"] = every(
                ahead
            )
    return found


def _at_least(row, name, least):
    return above(in_row(row, name), least)


def _at_most(row, name, most):
    return below(in_row(row, name), most)


def _finding(rows):
    network = [row for row in rows if row["drawn by"] == NETWORK]
    text = "In the middle, over the ends: " + "; ".join(
        f"{row['pairs']}, sharpness {in_row(row, 'sharpness'):.2f}, hanging together "
        f"{in_row(row, 'connected'):.2f}, pixels of the mask neither in nor out "
        f"{in_row(row, 'undecided'):.2f}"
        for row in network
    )
    known = [row for row in rows if not np.isnan(row["error"])]
    if known:
        text += ". Root mean squared distance to the true middle: " + ", ".join(
            f"{row['drawn by']} {in_row(row, 'error'):.3f}" for row in known
        )
    return f"{text} (means with 95 % intervals over pairs)."


def _pairs(trained, shapes, options):
    """Kind -> pairs of styles."""
    categories = np.array(trained.labels.categories)
    pairs = options.pairs(trained.num_styles, trained.num_styles)
    within = [pair for pair in pairs if categories[pair[0]] == categories[pair[1]]]
    kinds = {"within a class": within[:_PAIRS]}
    if len(set(categories)) > 1:
        across = [pair for pair in pairs if categories[pair[0]] != categories[pair[1]]]
        kinds["across classes"] = across[:_PAIRS]
    if shapes is not None:
        kinds[TRUTH] = shapes.pairs(2 * _PAIRS, options.seed)
    return {kind: pairs for kind, pairs in kinds.items() if pairs}


def _path(trained, pair, options):
    ends = one_hot(pair, trained.num_styles)
    return morph_frames(trained.draw, trained.description, *ends, _FRAMES, options.view)


def _rows(kind, paths, real, truth, seed):
    """A row of each answer: the network's, and those that need none."""
    ends = [tuple(x[[0, -1]] for x in path) for path in paths]
    middles = {
        NETWORK: [tuple(x[_MIDDLE] for x in path) for path in paths],
        FADE: [tuple(_mean(x) for x in each) for each in ends],
    }
    images = {how: np.stack([image for image, _ in each]) for how, each in middles.items()}
    if truth is not None:
        images[MEAN] = np.stack([_mean(real)] * len(paths))
        # That which a retrieval would find, the two ends among them.
        images[NEAREST] = real[objects.nearest(truth, real)[0]]
        errors = {how: objects.distances(x, truth) for how, x in images.items()}
    rows = []
    for how, drawn in images.items():
        row = {"pairs": kind, "drawn by": how, "count": len(paths)}
        sharpness = connected = undecided = np.full(len(paths), np.nan)
        if how in middles:
            of_ends = np.array([objects.sharpness(images) for images, _ in ends])
            sharpness = np.array([objects.sharpness(x[None]) for x in drawn]) / of_ends
            masks = np.stack([mask for _, mask in middles[how]])
            connected, undecided = (
                measure(masks) / [measure(x).mean() for _, x in ends]
                for measure in (objects.connectedness, objects.undecided)
            )
        row |= as_columns("sharpness", mean(sharpness, seed))
        row |= as_columns("connected", mean(connected, seed))
        row |= as_columns("undecided", mean(undecided, seed))
        known = truth is not None
        ahead = difference(errors[how], errors[NETWORK], seed) if known else UNKNOWN
        row |= as_columns("error", mean(errors[how], seed) if known else UNKNOWN)
        rows.append(row | as_columns("network ahead", ahead))
    return rows


def _mean(images):
    return images.mean(axis=0).round().astype(np.uint8)
