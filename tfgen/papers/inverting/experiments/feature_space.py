"""Inverting Visual Representations, section 5.5: between, at random and along single axes of the
features of several layers; Figures 10, 11 and supplement, Figures 4, 6 to 10.
"""

import numpy as np

from tfgen.metrics import photographs
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun, batched, held_out, inverted
from tfgen.papers.inverting.experiments.perturbations import by_gaussian, by_histograms
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.intervals import (
    UNKNOWN,
    as_columns,
    in_row,
    mean,
    unpaired_difference,
)
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, below, controlled, every, higher

_SAMPLES = 64
_PAIRS = 64
_STATISTICS = 4096
_SHOWN = 9
_LEAST_APART = 4.0  # levels: ends nearer than this show nothing between them
HISTOGRAMS, GAUSSIAN = "by histograms", "by a Gaussian"
_WAYS = {HISTOGRAMS: by_histograms, GAUSSIAN: by_gaussian}
PHOTOGRAPHS, NOISE, MEAN = "photographs", "noise", "mean picture"
OVERLAY, SPECTRUM, _WAY, COMMON = "overlay", "spectrum off by dB", "by Gaussian less", "common"
# Of detail, that drawings may share and still be different pictures.
_PATTERN = 0.1
_ALIKE = 1.0  # dB


def run(trained, options):
    """Draws what no photograph has as features.

    Args:
      trained: `photo_runs.PhotoRun` of an inversion of an earlier layer.
      options: `experiment.Options`; others: inversions of later layers, or with the network trained
        along.
    """
    runs = [trained, *options.further(PhotoRun)]
    _, crops = held_out(trained.settings, _STATISTICS)
    rng = np.random.default_rng(options.seed)
    order = rng.permutation(len(crops))
    pairs = crops[order[: 2 * min(_PAIRS, len(crops) // 2)]].reshape(-1, 2, *crops.shape[1:])
    rows, between, drawn, units, names = [], [], {how: [] for how in _WAYS}, [], []
    for photo_run in runs:
        name, inverter = _layer(photo_run.settings), photo_run.inverter
        names.append(name)
        features = batched(inverter.extract, crops)
        between.append([pairs[0, 0], *_path(inverter, pairs[0], _SHOWN), pairs[0, 1]])
        overlay = overlays(np.stack([_path(inverter, pair, 3) for pair in pairs]))
        off = {}
        for how, draw in _WAYS.items():
            samples = inverted(inverter, draw(features, _SAMPLES, rng))
            drawn[how].append(list(samples[:_SHOWN]))
            off[how] = _off(crops, samples)
            row = _row(name, how, off[how], samples, options.seed)
            way = unpaired_difference(off[how], off[HISTOGRAMS], options.seed)
            rows.append(
                row
                | as_columns(OVERLAY, mean(overlay, options.seed) if len(overlay) else UNKNOWN)
                | as_columns(_WAY, way)
            )
        units.append(list(inverted(inverter, single_units(features, _SHOWN, rng))))
    noise = rng.integers(0, 256, (_SAMPLES, *crops.shape[1:]), dtype=np.uint8)
    average = np.repeat(crops.mean(axis=0, keepdims=True), _SAMPLES, axis=0).astype(np.uint8)
    for name, images in {PHOTOGRAPHS: crops, NOISE: noise, MEAN: average}.items():
        row = _row(name, "", _off(crops, images), images, options.seed)
        rows.append(row | as_columns(OVERLAY, UNKNOWN) | as_columns(_WAY, UNKNOWN))
    return Result(
        title="Features that no photograph has",
        source="Dosovitskiy and Brox (Inverting Visual Representations), section 5.5",
        claim=(
            "Between CONV5 features lie overlays of two images, between FC6 ones morphs; random "
            "vectors give abstract pictures from CONV5 and likelier ones from later layers; both "
            "ways to draw them give alike pictures."
        ),
        finding=(
            "The middle of two is an overlay by "
            + ", ".join(
                f"{in_row(r, OVERLAY):.2f} ({r['features']})"
                for r in rows
                if r["drawn"] == HISTOGRAMS
            )
            + "; spectra are off those of photographs by dB "
            + ", ".join(f"{in_row(r, SPECTRUM):.1f} ({r['features']} {r['drawn']})" for r in rows)
            + "."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(between, names, title="between two photographs"),
            **{
                f"random_{how.split()[-1].lower()}": image_grid(grid, names, title=how)
                for how, grid in drawn.items()
            },
            "units": image_grid(units, names, title="single units"),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`; none of one layer.

    By the first and the last of the runs whose network is not trained along: an earlier and a later
    layer.
    """
    layers = [row for row in rows if row["drawn"] == HISTOGRAMS and "along" not in row["features"]]
    if len(layers) < 2:
        return {}
    first, last = layers[0], layers[-1]
    average = next(row for row in rows if row["features"] == MEAN)
    nearer = {
        name: higher(in_row(first, SPECTRUM), in_row(row, SPECTRUM))
        for name, row in (("last", last), (MEAN, average))
    }
    return {
        "between features of the earlier layer lie overlays, of the later less so": higher(
            in_row(first, OVERLAY), in_row(last, OVERLAY)
        ),
        "random features of the later layer are likelier": controlled(
            nearer["last"], {MEAN: nearer[MEAN]}
        ),
        "and no pattern that all share": last[COMMON] < _PATTERN,
        "both ways to draw them give alike pictures": every(
            held
            for row in rows
            if row["drawn"] == GAUSSIAN
            for held in (below(in_row(row, _WAY), _ALIKE), above(in_row(row, _WAY), -_ALIKE))
        ),
    }


def overlays(paths):
    """How near the middles of paths are to the means of their ends: 1 the same, 0 as far as an end.

    Args:
      paths: [n, 3, h, w, 3] uint8: first, middle, last.

    Returns:
      [m]: of those whose ends are apart.
    """
    paths = np.asarray(paths, np.float64).reshape(len(paths), 3, -1)
    first, middle, last = paths[:, 0], paths[:, 1], paths[:, 2]
    apart = np.sqrt(np.square(first - last).mean(axis=1)) / 2
    off = np.sqrt(np.square(middle - (first + last) / 2).mean(axis=1))
    some = apart > _LEAST_APART
    return 1 - off[some] / apart[some]


def single_units(features, count, rng):
    """One unit at its largest value over real images and all others zero, for some of the units.

    Args:
      features: [n, …].
      count: how many.
      rng: numpy Generator.

    Returns:
      [count, …] float32. The unit's value is a real feature vector's length, so that it is seen.
    """
    flat = np.asarray(features, np.float32).reshape(len(features), -1)
    alive = np.flatnonzero(flat.max(axis=0) > 0)
    chosen = rng.choice(alive, size=count, replace=len(alive) < count)
    units = np.zeros((count, flat.shape[1]), np.float32)
    units[np.arange(count), chosen] = np.linalg.norm(flat, axis=1).mean()
    return units.reshape(count, *features.shape[1:])


def _layer(settings):
    """The layer that a run inverts, and whether the network was trained along."""
    features = settings.features
    return features.feature.rpartition(":")[2] + (", along" if features.finetune else "")


def _path(inverter, pair, count):
    """[count, h, w, 3] uint8 of features between those of two images."""
    ends = batched(inverter.extract, pair)
    t = np.linspace(0, 1, count, dtype=np.float32).reshape(-1, *[1] * (ends.ndim - 1))
    return inverted(inverter, (1 - t) * ends[0] + t * ends[1])


def _off(crops, images):
    return photographs.spectrum_distances(crops / 255.0, images / 255.0)


def _row(name, how, off, images, seed):
    return {
        "features": name,
        "drawn": how,
        **as_columns(SPECTRUM, mean(off, seed)),
        COMMON: photographs.common_detail(images / 255.0),
    }
