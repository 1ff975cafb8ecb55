"""Inverting Visual Representations, section 5.5: between, at random and along single axes of the
features of several layers; Figures 10, 11 and supplement, Figures 4, 6 to 10.
"""

import numpy as np

from tfgen.metrics import objects, photographs
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun, batched, held_out, inverted
from tfgen.papers.inverting.experiments.perturbations import by_gaussian, by_histograms
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result

_SAMPLES = 64
_STATISTICS = 4096
_SHOWN = 9


def run(trained, options):
    """Draws what no photograph has as features.

    Args:
      trained: `photo_runs.PhotoRun` of an inversion.
      options: `experiment.Options`; others: inversions of other layers, or with the network trained
        along.
    """
    runs = [trained, *options.further(PhotoRun)]
    inverters = [(_layer(photo_run.settings), photo_run.inverter) for photo_run in runs]
    _, crops = held_out(trained.settings, _STATISTICS)
    rng = np.random.default_rng(options.seed)
    pair = crops[rng.permutation(len(crops))[:2]]
    rows, between, drawn, units, names = [], [], {"by histograms": [], "by a Gaussian": []}, [], []
    for name, inverter in inverters:
        names.append(name)
        features = batched(inverter.extract, crops)
        path = inverted(inverter, _between(batched(inverter.extract, pair)))
        between.append([pair[0], *path, pair[1]])
        row = {"features": name, "overlay": _overlay(path)}
        for how, draw in (("by histograms", by_histograms), ("by a Gaussian", by_gaussian)):
            samples = inverted(inverter, draw(features, _SAMPLES, rng))
            drawn[how].append(list(samples[:_SHOWN]))
            row |= {
                f"spectra {how}, dB": photographs.spectrum_distance(crops / 255.0, samples / 255.0),
                f"diversity {how}": objects.diversity(samples),
            }
        rows.append(row)
        units.append(list(inverted(inverter, single_units(features, _SHOWN, rng))))
    row = min(rows, key=lambda r: r["spectra by histograms, dB"])
    return Result(
        title="Features that no photograph has",
        source="Dosovitskiy and Brox (Inverting Visual Representations), section 5.5",
        claim=(
            "Between CONV5 features lie overlays of two images, between FC6 ones morphs; random "
            "vectors give abstract pictures from CONV5 and likelier ones from later layers; both "
            "ways to draw them give alike pictures."
        ),
        finding=(
            f"Nearest to photographs' spectra are random {row['features']} features, "
            f"{row['spectra by histograms, dB']:.1f} dB away; the middle of two is an overlay by "
            + ", ".join(f"{r['overlay']:.2f} ({r['features']})" for r in rows)
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
    fixed = [row for row in rows if "along" not in row["features"]]
    if len(fixed) < 2:
        return {}
    first, last, spectra = fixed[0], fixed[-1], "spectra by histograms, dB"
    return {
        "between features of the earlier layer lie overlays": first["overlay"] > last["overlay"],
        "random features of the later layer are likelier": last[spectra] < first[spectra],
    }


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


def _between(ends):
    t = np.linspace(0, 1, _SHOWN, dtype=np.float32).reshape(-1, *[1] * (ends.ndim - 1))
    return (1 - t) * ends[0] + t * ends[1]


def _overlay(path):
    """How near the middle of a path is to the mean of its ends: 1 the same, 0 as far as an end."""
    first, middle, last = (path[i].astype(float) for i in (0, len(path) // 2, -1))
    apart = np.linalg.norm(first - last) / 2
    return float(1 - np.linalg.norm(middle - (first + last) / 2) / max(apart, 1e-9))
