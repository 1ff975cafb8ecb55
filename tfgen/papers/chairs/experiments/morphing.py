"""Figures 12 to 15: what lies between styles, looked at and measured."""

import numpy as np

from tfgen.metrics import objects
from tfgen.papers.chairs.experiments.trained import Trained
from tfgen.pictures.drawings import morph_frames, one_hot, triangle_picture
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result

_PAIRS = 12
_SHOWN = 6
_FRAMES = 9


def run(trained, options):
    """Morphs pairs of styles, and compares the middle with real objects and with a cross-fade.

    Args:
      trained: `trained.Trained`, a run.
      options: `options.Options`; others: further runs, of several classes for instance.
    """
    rows, shown, names = [], [], []
    for model in (trained, *options.further(Trained)):
        real = model.view(options.azimuth, options.elevation)
        prefix = f"{model.path.name}: " if options.others else ""
        for kind, pairs in _pairs(model, options).items():
            paths = [_path(model, pair, options) for pair in pairs]
            # A cross-fade of the two ends: what merely lies between them as pictures.
            fades = [_fade(images, masks) for images, masks in paths]
            rows.append(_row(f"{prefix}{kind}, network", paths, real))
            rows.append(_row(f"{prefix}{kind}, cross-fade", fades, real))
            shown += [list(images) for images, _ in paths[:_SHOWN]]
            names += [f"{prefix}{a} to {b}" for a, b in pairs[:_SHOWN]]
    network, fade = rows[0], rows[1]
    corners = options.chosen(3, trained.num_styles)[:3]
    triangle = triangle_picture(trained.draw, trained.description, corners, 6, options.view)
    columns = [f"{t:.2f}" for t in np.linspace(0, 1, _FRAMES)]
    return Result(
        title="Interpolation between styles",
        source="Dosovitskiy et al., section 5.4, Figures 12 to 15",
        claim="Morphs are natural: what lies between two objects looks like an object.",
        finding=(
            f"In the middle {network['connected, middle']:.2f} of the mask hangs together "
            f"({network['connected, ends']:.2f} at the ends), sharpness is "
            f"{network['sharpness, middle / ends']:.2f} of the ends' (cross-fade "
            f"{fade['sharpness, middle / ends']:.2f}), the nearest real object is "
            f"{network['nearest real, middle']:.3f} away ({network['nearest real, ends']:.3f} at "
            f"the ends); evenness {network['evenness']:.2f}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(shown, names, columns, "morphs"),
            "triangle": triangle,
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    network = rows[0]
    return {
        "objects hang together": network["connected, middle"] >= 0.95 * network["connected, ends"],
        "objects are as sharp": network["sharpness, middle / ends"] >= 0.9,
    }


def _pairs(trained, options):
    """Kind -> pairs of styles."""
    categories = np.array(trained.labels.categories)
    pairs = options.pairs(trained.num_styles, trained.num_styles)
    within = [pair for pair in pairs if categories[pair[0]] == categories[pair[1]]]
    kinds = {"within a class": within[:_PAIRS]}
    if len(set(categories)) > 1:
        across = [pair for pair in pairs if categories[pair[0]] != categories[pair[1]]]
        kinds["across classes"] = across[:_PAIRS]
    return {kind: pairs for kind, pairs in kinds.items() if pairs}


def _path(trained, pair, options):
    ends = one_hot(pair, trained.num_styles)
    return morph_frames(trained.draw, trained.description, *ends, _FRAMES, options.view)


def _fade(*ends):
    t = np.linspace(0, 1, _FRAMES)[:, None, None, None]
    return tuple(((1 - t) * x[0] + t * x[-1]).round().astype(np.uint8) for x in ends)


def _row(name, paths, real):
    middle = _FRAMES // 2
    images = np.stack([images for images, _ in paths])  # [pairs, frames, h, w, 3]
    masks = np.stack([masks for _, masks in paths])
    ends = np.concatenate([images[:, 0], images[:, -1]])
    end_masks = np.concatenate([masks[:, 0], masks[:, -1]])
    candidates = real.over_white()
    sharpness = objects.sharpness
    return {
        "path": name,
        "nearest real, ends": float(objects.nearest(ends, candidates)[1].mean()),
        "nearest real, middle": float(objects.nearest(images[:, middle], candidates)[1].mean()),
        "connected, ends": float(objects.connectedness(end_masks).mean()),
        "connected, middle": float(objects.connectedness(masks[:, middle]).mean()),
        "sharpness, middle / ends": sharpness(images[:, middle]) / sharpness(ends),
        "evenness": float(np.mean([objects.smoothness(path) for path in images])),
    }
