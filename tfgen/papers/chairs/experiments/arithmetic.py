"""Figure 16: one object minus another plus a third, at the input, at FC-1 and at FC-2, beside the
true object there and the same sum of pictures.
"""

import itertools

import numpy as np
import tensorflow as tf

from tfgen.metrics.objects import distances
from tfgen.papers.chairs.experiments.true_shapes import TrueShapes, parametric
from tfgen.pictures.drawings import one_hot
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.intervals import UNKNOWN, as_columns, difference, in_row, mean, ratio
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, below, every

_TRIPLES = 48
_SHOWN = 5
_LAYERS = {"input": None, "FC-1": "style_fc1", "FC-2": "style_fc2"}
# The layer of the paper's figure that is compared with what needs no network.
_JUDGED = "FC-2"
PIXELS = "pixels: a - b + c"
_CONTROLS = (PIXELS, "a itself", "c itself", "mean object")
_APART = "layers apart, over a and c"


def run(trained, options):
    """Draws a - b + c, for styles that are put together alike, so that the true one is known.

    Args:
      trained: `trained.Trained`, a run.
      options: `options.Options`; three styles a, b, c, or triples chosen here: of one build, if
        there are any, else of a and b that look alike.
    """
    real = trained.view(options.azimuth, options.elevation).over_white()
    triples, truth = _triples(trained, real, options)
    drawn = {
        layer: np.stack([_combined(trained, t, name, options) for t in triples])
        for layer, name in _LAYERS.items()
    }
    singles = [trained.draw(_values(trained, t, options))[0] for t in triples]
    single = np.stack(singles).astype(np.float32)
    a, b, c = single.swapaxes(0, 1)
    average = np.broadcast_to(real.astype(np.float32).mean(axis=0), a.shape)
    answers = drawn | dict(zip(_CONTROLS, (np.clip(a - b + c, 0, 255), a, c, average), strict=True))
    unknown = np.full(len(triples), np.nan)
    errors = {
        how: unknown if truth is None else distances(images.astype(np.float32), truth)
        for how, images in answers.items()
    }
    rows = [_row(how, errors, options.seed) for how in answers]
    pairs = itertools.combinations((x.astype(np.float32) for x in drawn.values()), 2)
    apart = np.max([distances(x, y) for x, y in pairs], axis=0)
    rows.append(
        {"drawn by": _APART} | as_columns("error", ratio(apart, distances(a, c), options.seed))
    )
    rows[-1] |= as_columns("network ahead", UNKNOWN)
    grid = [
        [
            *singles[i],
            *(images[i] for images in drawn.values()),
            _levels(answers[PIXELS][i]),
            None if truth is None else truth[i],
        ]
        for i in range(min(_SHOWN, len(triples)))
    ]
    labels = ["a", "b", "c", *(f"a - b + c, {layer}" for layer in drawn), "pixels", "true one"]
    return Result(
        title="Feature arithmetic",
        source="Dosovitskiy et al., section 5.5, Figure 16",
        claim="a - b + c gives c what a has and b lacks; at which layer does not matter.",
        finding=(
            f"{len(triples)} triples. "
            + ("" if truth is None else _distances(rows[:-1]))
            + f"The layers' results differ by {in_row(rows[-1], 'error'):.2f} of what a and c do."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={"figure": image_grid(grid, column_labels=labels, title="feature arithmetic")},
    )


def _distances(rows):
    listed = ", ".join(f"{row['drawn by']} {in_row(row, 'error'):.3f}" for row in rows)
    return (
        "Root mean squared distance to the true a - b + c, with 95 % intervals over triples: "
        f"{listed}. "
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    by = {row["drawn by"]: row for row in rows}
    ahead = {how: above(in_row(by[how], "network ahead")) for how in _CONTROLS}
    plain = [ahead[how] for how in _CONTROLS[1:]]
    apart = in_row(by[_APART], "error")
    if np.isnan(by[_JUDGED]["error"]):
        ahead[PIXELS] = "not judged, as the true a - b + c is not known"
        plain = [ahead[PIXELS]]
    return {
        # The sum of pictures is nearer than these, too, so that alone says little: the next part.
        "a - b + c is nearer to the true one than a, c and the mean object": (
            plain[0] if len(plain) == 1 else every(plain)
        ),
        "and nearer than the sum of pictures": ahead[PIXELS],
        "the layer does not matter: others are apart by a tenth of their way at most": below(
            apart, 0.1
        ),
    }


def _triples(trained, real, options):
    """(triples, the true a - b + c of each [n, h, w, 3] uint8 or None)."""
    shapes = TrueShapes(trained) if parametric(trained) else None
    if options.styles:
        triples = [tuple(options.chosen(3, trained.num_styles)[:3])]
        known = shapes is not None and shapes.of_one_build(triples[0])
    else:
        triples = shapes.triples(_TRIPLES, options.seed) if shapes else []
        known = bool(triples)
        triples = triples or _alike(real, options.seed)
    if not known:
        return triples, None
    return triples, np.stack([shapes.render(t, (1, -1, 1), options.view)[0] for t in triples])


def _alike(real, seed):
    """Triples of a style and the two that look most like it."""
    images = real.astype(np.float32).reshape(len(real), -1)
    triples = []
    for a in np.random.default_rng(seed).permutation(len(real))[:_TRIPLES]:
        b, c = np.square(images - images[a]).sum(axis=1).argsort()[1:3]
        triples.append((int(a), int(b), int(c)))
    return triples


def _values(trained, triple, options):
    return options.view | {"style": one_hot(triple, trained.num_styles)}


def _combined(trained, triple, layer, options):
    """The image of a - b + c at a layer, None for the input."""
    values = _values(trained, triple, options)
    if layer is None:
        weights = values["style"]
        summed = values | {"style": weights[:1] - weights[1:2] + weights[2:]}
        return trained.draw(summed)[0][0]

    def edit(name, x):
        return tf.repeat(x[:1] - x[1:2] + x[2:3], 3, axis=0) if name == layer else x

    return trained.draw_edited(values, edit)[0][0]


def _row(how, errors, seed):
    ahead = difference(errors[how], errors[_JUDGED], seed)
    return (
        {"drawn by": how}
        | as_columns("error", mean(errors[how], seed))
        | as_columns("network ahead", ahead)
    )


def _levels(image):
    return image.round().astype(np.uint8)
