"""Figure 16: one object minus another plus a third, at the input, at FC-1 and at FC-2."""

import itertools

import numpy as np
import tensorflow as tf

from tfgen.metrics.objects import connectedness, nearest
from tfgen.pictures.drawings import one_hot
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result

_TRIPLES = 8
_SHOWN = 5
_LAYERS = {"input": None, "FC-1": "style_fc1", "FC-2": "style_fc2"}


def run(trained, options):
    """Draws a - b + c, for styles of which a and b look alike.

    Args:
      trained: `trained.Trained`, a run.
      options: `options.Options`; three styles a, b, c, or triples chosen here.
    """
    real = trained.view(options.azimuth, options.elevation)
    triples = _triples(trained, real, options)
    drawn = {
        layer: [_combined(trained, t, name, options) for t in triples]
        for layer, name in _LAYERS.items()
    }
    single = [_views(trained, one_hot(t, trained.num_styles), options)[0] for t in triples]
    rows = []
    for layer, results in drawn.items():
        images = np.stack([image for image, _ in results])
        masks = np.stack([mask for _, mask in results])
        rows.append(
            {
                "layer": layer,
                "a - b carried over to c": _carried(images, single),
                "nearest real": float(nearest(images, real.over_white())[1].mean()),
                "connected": float(connectedness(masks).mean()),
            }
        )
    apart = [
        np.sqrt(np.mean([(a[0].astype(float) - b[0]) ** 2 for a, b in zip(x, y, strict=True)]))
        / 255
        for x, y in itertools.combinations(drawn.values(), 2)
    ]
    carried = rows[-1]["a - b carried over to c"]
    usual = float(np.sqrt(np.mean([(s[0].astype(float) - s[2]) ** 2 for s in single])) / 255)
    grid = [
        [*single[i], *(results[i][0] for results in drawn.values())]
        for i in range(min(_SHOWN, len(triples)))
    ]
    labels = ["a", "b", "c", *(f"a - b + c, {layer}" for layer in drawn)]
    return Result(
        title="Feature arithmetic",
        source="Dosovitskiy et al., section 5.5, Figure 16",
        claim="a - b + c gives c what a has and b lacks; at which layer does not matter.",
        finding=(
            f"Results at the three layers differ by {max(apart):.3f} at most (root mean square; a "
            f"and c by {usual:.3f}). The change of c's picture agrees with a - b by a cosine of "
            f"{carried:.2f} at FC-2."
        ),
        parts=parts(rows, max(apart), usual),
        rows=rows,
        pictures={"figure": image_grid(grid, column_labels=labels, title="feature arithmetic")},
    )


def parts(rows, apart, usual):
    """Part of the claim -> whether it holds.

    Args:
      rows: of `run`.
      apart: largest root mean squared difference between results at two layers.
      usual: the same between a and c.
    """
    return {
        "the layer does not matter": apart < 0.5 * usual,
        "a - b is carried over to c": rows[-1]["a - b carried over to c"] > 0.3,
    }


def _triples(trained, real, options):
    if options.styles:
        return [options.chosen(3, trained.num_styles)[:3]]
    images = real.over_white().astype(np.float32).reshape(trained.num_styles, -1)
    rng = np.random.default_rng(options.seed)
    triples = []
    for a in rng.permutation(trained.num_styles)[:_TRIPLES]:
        distance = np.square(images - images[a]).sum(axis=1)
        b, c = distance.argsort()[1:3]
        triples.append([int(a), int(b), int(c)])
    return triples


def _views(trained, weights, options, edit=None):
    values = options.view | {"style": weights}
    return trained.draw(values) if edit is None else trained.draw_edited(values, edit)


def _combined(trained, triple, layer, options):
    """(image, mask) of a - b + c at a layer, None for the input."""
    weights = one_hot(triple, trained.num_styles)
    if layer is None:
        images, masks = _views(trained, weights[:1] - weights[1:2] + weights[2:], options)
        return images[0], masks[0]

    def edit(name, x):
        return tf.repeat(x[:1] - x[1:2] + x[2:3], 3, axis=0) if name == layer else x

    images, masks = _views(trained, weights, options, edit)
    return images[0], masks[0]


def _carried(images, single):
    """Mean cosine between what happened to c's picture and the difference of a's and b's."""
    cosines = []
    for image, (a, b, c) in zip(images.astype(float), np.asarray(single, float), strict=True):
        x, y = (image - c).ravel(), (a - b).ravel()
        cosines.append(x @ y / max(np.linalg.norm(x) * np.linalg.norm(y), 1e-9))
    return float(np.mean(cosines))
