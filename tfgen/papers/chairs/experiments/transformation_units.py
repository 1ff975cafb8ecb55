"""Figures 21 and 22: units of FC-4 that each do one transformation.

Units are chosen by what they do to some styles, and scored by what they do to others.
"""

import numpy as np
import tensorflow as tf

from tfgen.pictures.drawings import one_hot, sweeps
from tfgen.pictures.image_grid import image_grid
from tfgen.runs.experiments.intervals import difference, mean
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import controlled

_STYLES = 32
_ALIKE = 0.3  # least cosine of what a unit and its transformation change
_CANDIDATES = 12
_LAYER = "fc4"
_SHOWN = (0.0, 0.5, 1.0, 2.0)  # times as large a change as the transformation's
# Of the ranges of training: far enough to see, near enough for changes to add up.
_PART = 0.5
_DOUBLINGS = 6  # of a unit's step, until its effect is as large as a transformation's
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
    chosen = options.chosen(min(_STYLES, trained.num_styles), trained.num_styles)
    study, held_out = (_Study(trained, options, styles) for styles in (chosen[::2], chosen[1::2]))
    effects, moved, spread = study.effects(wanted)
    scored, _, _ = held_out.effects(wanted)
    rng = np.random.default_rng(options.seed)
    rows, grid, best_units = [], [], {}
    for name in wanted:
        unit, step = _best_unit(study, name, effects, moved, spread)
        best_units[name] = unit
        rows.append(
            {"transformation": name, "unit": unit} | _score(held_out, name, unit, step, scored)
        )
        another = int(rng.choice(np.delete(np.arange(spread.size), unit)))
        cosines = _cosines(held_out.change(another, step), scored[name])
        rows[-1]["control: any unit"] = float(cosines.mean())
        as_far = held_out.step_as_far(unit, step, scored[name])
        pictures = [held_out.images(unit=unit, step=f * as_far)[0] for f in _SHOWN]
        pictures.append(held_out.images(wanted[name])[0])
        grid.append([(255 * image).round().astype(np.uint8) for image in pictures])
    specialised = _specialised(rows)
    similarity = np.mean([row["similarity"] for row in rows])
    return Result(
        title="Units that transform",
        source="Dosovitskiy et al., section 6.1, Figures 21 and 22",
        claim="For each transformation there is a unit of FC-4 that does it when turned up.",
        finding=(
            f"{specialised} of {len(rows)} transformations have a unit whose effect, on styles "
            f"that it was not chosen by, is like it (cosine over {_ALIKE}) and more than like any "
            "other; "
            f"mean cosine {similarity:.2f}, of units at random "
            f"{np.mean([row['control: any unit'] for row in rows]):.2f}."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(
                grid,
                [f"{n}: unit {u}" for n, u in best_units.items()],
                [*("still" if not f else f"unit, {f:g} times" for f in _SHOWN), "transformed"],
                "units of FC-4 turned up, to half, all and twice of the change at the right",
            ),
            "weights": _weights(trained.generator, best_units),
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`."""
    specialised = _specialised(rows)
    at_random = sum(row["control: any unit"] > _ALIKE for row in rows)
    controls = {"units at random": at_random >= 0.25 * len(rows)}
    return {
        "a quarter of the transformations have a unit": controlled(
            specialised >= 0.25 * len(rows), controls
        ),
        "each of them has": controlled(specialised == len(rows), controls),
    }


def _specialised(rows):
    return sum(row["specialised"] == "yes" for row in rows)


def _best_unit(study, name, effects, moved, spread):
    """(unit, by how much it is turned up) whose effect on a study's styles is most like another."""
    # Which units does this transformation turn up, and not every transformation?
    others = np.mean([np.abs(m).mean(axis=0) for m in moved.values()], axis=0)
    score = moved[name].mean(axis=0) - others
    candidates = []
    for unit in score.argsort()[::-1][:_CANDIDATES]:
        step = max(float(moved[name][:, unit].mean()), float(spread.mean()))
        alike = _cosines(study.change(int(unit), step), effects[name]).mean()
        candidates.append((float(alike), int(unit), step))
    _, unit, step = max(candidates)
    return unit, step


def _score(study, name, unit, step, effects):
    """What a unit does to a study's styles, beside what the transformations do."""
    change = study.change(unit, step)
    alike = {other: _cosines(change, effect) for other, effect in effects.items()}
    rival = max((other for other in alike if other != name), key=lambda other: alike[other].mean())
    own, ahead = mean(alike[name]), difference(alike[name], alike[rival])
    return {
        "similarity": own.mean,
        "low": own.low,
        "high": own.high,
        "next": rival,
        "next similarity": float(alike[rival].mean()),
        "specialised": "yes" if own.low > _ALIKE and ahead.low > 0 else "no",
    }


class _Study:
    """Images and FC-4 of some styles from one view, under a transformation or a unit turned up."""

    def __init__(self, trained, options, styles):
        self._trained = trained
        self._weights = one_hot(styles, trained.num_styles)
        self._view = options.view
        self._plain = self.images()

    def effects(self, wanted):
        """What transformations change: of images by name, of FC-4 by name; FC-4's spread a unit."""
        still = self.activations()
        images = {name: self.images(transform) - self._plain for name, transform in wanted.items()}
        moved = {name: self.activations(transform) - still for name, transform in wanted.items()}
        return images, moved, still.std(axis=0) + 1e-6

    def change(self, unit, step):
        """What a unit turned up changes of images."""
        return self.images(unit=unit, step=step) - self._plain

    def step_as_far(self, unit, step, effect):
        """By how much the unit is turned up to change images by as much as an effect does."""
        wanted = np.square(effect).mean()
        for _ in range(_DOUBLINGS):
            if np.square(self.change(unit, step)).mean() >= wanted:
                break
            step *= 2
        return step

    def _values(self, transform):
        values = self._view | {"style": self._weights}
        return values if transform is None else values | {"transform": transform}

    def images(self, transform=None, unit=None, step=0.0):
        """[n, h, w, 3] float in [0, 1], over white."""

        def edit(name, x):
            if name != _LAYER or unit is None:
                return x
            return x + step * tf.one_hot([unit], x.shape[1], dtype=x.dtype)

        images, _ = self._trained.draw_edited(self._values(transform), edit)
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


def _cosines(a, b):
    """Of the changes of each style: [n]."""
    a, b = (x.reshape(len(x), -1) for x in (a, b))
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return (a * b).sum(axis=1) / np.maximum(lengths, 1e-9)


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
