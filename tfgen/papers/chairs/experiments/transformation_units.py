"""Figures 21 and 22: units of FC-4 that each do one transformation."""

import numpy as np
import tensorflow as tf

from tfgen.pictures.drawings import one_hot, sweeps
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.result import Result

_STYLES = 16
_CANDIDATES = 12
_LAYER = "fc4"
_FACTORS = (0.0, 2.0, 4.0, 8.0, 16.0)
# Of the ranges of training: far enough to see, near enough for changes to add up.
_PART = 0.5
_SHOWN_MAPS = 10


def run(trained, options):
    """Searches the unit of FC-4 whose effect on images is most like each transformation.

    Candidates are the units that a transformation moves most; then each is turned up, and what that
    changes in images is compared with what every transformation changes.

    Args:
      trained: `trained.Trained`, a run that was trained with T_theta.
      options: `options.Options`.
    """
    trained.check_transformed()
    wanted = {
        f"{name} {sign}": _PART * extreme
        for name, (_, lowest, highest) in sweeps(trained.description).items()
        for sign, extreme in (("+", highest), ("-", lowest))
        if name != "stretch y"  # the inverse of stretching along x
    }
    study = _Study(trained, options)
    plain = study.images()
    effects = {name: study.images(transform) - plain for name, transform in wanted.items()}
    still = study.activations()
    moved = {name: study.activations(transform) - still for name, transform in wanted.items()}
    spread = still.std() + 1e-6
    rows, grid, best_units = [], [], {}
    for name in wanted:
        # Which units does this transformation turn up, and not every transformation?
        others = np.mean([np.abs(m).mean(axis=0) for m in moved.values()], axis=0)
        score = moved[name].mean(axis=0) - others
        candidates = []
        for unit in score.argsort()[::-1][:_CANDIDATES]:
            step = max(float(moved[name][:, unit].mean()), spread)
            change = study.images(unit=unit, step=step) - plain
            alike = {other: _cosine(change, effect) for other, effect in effects.items()}
            candidates.append((alike[name], int(unit), step, alike))
        similarity, unit, step, alike = max(candidates)
        best_units[name] = unit
        rival = max((value, other) for other, value in alike.items() if other != name)
        rows.append(
            {
                "transformation": name,
                "unit": unit,
                "similarity": similarity,
                "next": rival[1],
                "next similarity": rival[0],
                "specialised": "yes" if similarity > 0.3 and similarity > rival[0] else "no",
            }
        )
        turned = [study.images(unit=unit, step=f * step, count=1)[0] for f in _FACTORS]
        grid.append([(255 * image).round().astype(np.uint8) for image in turned])
    specialised = _specialised(rows)
    mean = np.mean([row["similarity"] for row in rows])
    return Result(
        title="Units that transform",
        source="Dosovitskiy et al., section 6.1, Figures 21 and 22",
        claim="For each transformation there is a unit of FC-4 that does it when turned up.",
        finding=(
            f"{specialised} of {len(rows)} transformations have a unit whose effect on images is "
            f"more like it (cosine over 0.3) than like any other; mean cosine {mean:.2f}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(
                grid,
                [f"{n}: unit {u}" for n, u in best_units.items()],
                [f"{f:g} steps" for f in _FACTORS],
                "units of FC-4 turned up",
            ),
            "weights": _weights(trained.generator, best_units),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    specialised = _specialised(rows)
    return {
        "a transformation has its unit": specialised > 0,
        "three quarters of them have": specialised >= 0.75 * len(rows),
    }


def _specialised(rows):
    return sum(row["specialised"] == "yes" for row in rows)


class _Study:
    """Images and FC-4 of some styles from one view, under a transformation or a unit turned up."""

    def __init__(self, trained, options):
        self._trained = trained
        count = min(_STYLES, trained.num_styles)
        self._weights = one_hot(options.chosen(count, trained.num_styles), trained.num_styles)
        self._view = options.view

    def _values(self, transform, count=None):
        values = self._view | {"style": self._weights[:count]}
        return values if transform is None else values | {"transform": transform}

    def images(self, transform=None, unit=None, step=0.0, count=None):
        """[n, h, w, 3] float in [0, 1], over white."""

        def edit(name, x):
            if name != _LAYER or unit is None:
                return x
            return x + step * tf.one_hot([unit], x.shape[1], dtype=x.dtype)

        images, _ = self._trained.draw_edited(self._values(transform, count), edit)
        return images / 255.0

    def activations(self, transform=None):
        """FC-4, [n, units]."""
        seen = {}

        def edit(name, x):
            if name == _LAYER:
                seen["x"] = x.numpy()
            return x

        self._trained.draw_edited(self._values(transform), edit)
        return seen["x"]


def _cosine(a, b):
    a, b = a.ravel(), b.ravel()
    return float(a @ b / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-9))


def _weights(generator, units):
    """Each unit's weights to FC-5, as maps of the channels where they are largest (Figure 22)."""
    stream = generator.streams[0]
    kernel = np.asarray(tf.convert_to_tensor(stream.fc5.kernel), np.float32)
    rows = []
    for unit in units.values():
        maps = kernel[:, unit].reshape(stream.spec.fc5).transpose(2, 0, 1)
        order = np.square(maps).sum(axis=(1, 2)).argsort()[::-1][:_SHOWN_MAPS]
        scale = np.abs(maps[order]).max()
        shown = ((maps[order] / scale + 1) * 127.5).round().astype(np.uint8)[..., None]
        rows.append([m.repeat(4, axis=0).repeat(4, axis=1) for m in shown])
    return image_grid(rows, list(units), title="weights from these units to FC-5")
