"""Figures 24 and 25: FC-5 with only its middle active, and maps that hold regular patterns."""

import numpy as np
import tensorflow as tf

from tfgen.metrics.photographs import lattice
from tfgen.pictures.drawings import one_hot
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result

_STYLES = 16
_SHOWN = 5
_MAPS = 8
_SHARE = 0.1  # of the last maps, those with the most regular patterns


def run(trained, options):
    """Masks FC-5 from 2x2 to 8x8, and takes away the last maps that hold regular patterns.

    Args:
      trained: `trained.Trained`, a run.
      options: `options.Options`.
    """
    count = min(_STYLES, trained.num_styles)
    weights = one_hot(options.chosen(count, trained.num_styles), trained.num_styles)
    values = options.view | {"style": weights}
    intact, _ = trained.draw_edited(values, lambda name, x: x)
    side = trained.generator.spec.streams[0].fc5[0]
    kept = list(range(2, side + 1, 2))
    masked = {k: trained.draw_edited(values, _middle_only(k, side))[0] for k in kept}
    rows = [
        {
            "what": f"FC-5, middle {k}x{k} kept",
            "difference from the whole": _difference(images, intact),
            "lattice": _image_lattice(images),
        }
        for k, images in masked.items()
    ]
    last, maps = _last_maps(trained, values)
    regular = _regularity(maps).argsort()[::-1]
    chosen = regular[: max(1, round(_SHARE * maps.shape[-1]))]
    random = np.random.default_rng(options.seed).permutation(regular[len(chosen) :])[: len(chosen)]
    without = {
        name: trained.draw_edited(values, _without(last, channels))[0]
        for name, channels in (("regular", chosen), ("other", random))
    }
    rows.append(
        {"what": "whole", "difference from the whole": 0.0, "lattice": _image_lattice(intact)}
    )
    rows += [
        {
            "what": f"{len(chosen)} {name} maps of {last} at zero",
            "difference from the whole": _difference(images, intact),
            "lattice": _image_lattice(images),
        }
        for name, images in without.items()
    ]
    more, other = _lattice_without(rows)
    grid = [[*(masked[k][i] for k in kept)] for i in range(min(_SHOWN, count))]
    patterns = [_gray(maps[0, ..., channel]) for channel in chosen[:_MAPS]]
    pairs = [
        [without["regular"][i], intact[i], without["other"][i]] for i in range(min(_SHOWN, count))
    ]
    return Result(
        title="Hidden feature maps",
        source="Dosovitskiy et al., section 6.2, Figures 24 and 25",
        claim=(
            "Neighbouring units of FC-5 together draw sharp objects; some of the last maps hold "
            "regular patterns that cancel high-frequency artifacts."
        ),
        finding=(
            f"Without the {len(chosen)} most regular maps of {last} the lattice in images is "
            f"{more:.1f} times as strong, without as many others {other:.1f} times."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(
                grid, column_labels=[f"{k}x{k}" for k in kept], title="FC-5 masked"
            ),
            "patterns": image_grid([patterns], title=f"most regular maps of {last}"),
            "without": image_grid(pairs, column_labels=["without them", "whole", "without others"]),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    more, other = _lattice_without(rows)
    # More of it without these maps is what they cancel; only more than without any others makes
    # them special.
    return {
        "the lattice is stronger without the regular maps": more > 1.2,
        "and stronger than without others": more > max(1.2, other),
    }


def _lattice_without(rows):
    """How many times as strong the lattice is without the regular maps, and without others."""
    intact, regular, other = (row["lattice"] for row in rows[-3:])
    return regular / intact, other / intact


def _middle_only(kept, side):
    inside = np.zeros((1, side, side, 1), np.float32)
    start = (side - kept) // 2
    inside[:, start : start + kept, start : start + kept] = 1

    def edit(name, x):
        return x * tf.cast(inside, x.dtype) if name.endswith("/fc5") else x

    return edit


def _last_maps(trained, values):
    """(name, activations) of the last maps before the first output."""
    stream = trained.generator.streams[0]
    last = f"{stream.name}/{stream.body[-1].name}"
    seen = {}

    def edit(name, x):
        if name == last:
            seen["x"] = x.numpy()
        return x

    trained.draw_edited(values, edit)
    return last, seen["x"]


def _without(layer, channels):
    def edit(name, x):
        if name != layer:
            return x
        keep = np.ones(x.shape[-1], np.float32)
        keep[channels] = 0
        return x * tf.cast(keep, x.dtype)

    return edit


def _regularity(maps):
    """How much of each channel's variation is a lattice: [channels]."""
    lattices = np.array([lattice(maps[..., c]) for c in range(maps.shape[-1])])
    return lattices / np.maximum(maps.std(axis=(0, 1, 2)), 1e-9)


def _image_lattice(images):
    """Strength of the lattice in the brightness of images, in [0, 1]."""
    return lattice(images.astype(np.float32).mean(axis=-1) / 255)


def _difference(a, b):
    return float(np.sqrt(np.mean((a.astype(np.float32) - b) ** 2)) / 255)


def _gray(x):
    x = (x - x.min()) / max(x.max() - x.min(), 1e-9)
    return (255 * x).round().astype(np.uint8)[..., None]
