"""Draws what the command line asks for, with a generator of a run, an export or a server."""

import itertools
from pathlib import Path

import numpy as np
from absl import flags

from tfgen.errors import InputError
from tfgen.pictures import draw_values, drawings
from tfgen.pictures.animation import write_gif
from tfgen.pictures.image_grid import image_grid, write_png

# Kind -> styles that it needs; others take as many as there are.
_STYLES = {"image": 1, "turn": 1, "morph": 2, "triangle": 3, "sweep": 1, "grid": 6, "random": 0}
_ANIMATED = ("turn", "morph", "sweep")


def define_flags(default):
    """Defines the flags of a drawing; `default` is the usual kind."""
    flags.DEFINE_enum(
        "draw",
        default,
        list(_STYLES),
        "One image; a full turn; a morph of two or more styles, one after another; morphs of three "
        "styles at once; every transformation swept; styles by views; or random objects.",
    )
    flags.DEFINE_list("styles", [], "Styles by number or name; empty: some, spread over all.")
    flags.DEFINE_float("azimuth", None, "Azimuth in degrees; 30 unless given.")
    flags.DEFINE_float("elevation", None, "Elevation in degrees; 20 unless given.")
    flags.DEFINE_list("transform", [], "Transformation, as name=value pairs: rotation=0.2,hue=1.")
    flags.DEFINE_multi_string(
        "set",
        [],
        "Any condition of the model by its name, as often as needed: colour=red, light=45 or "
        "pose=lean=0.2,bend=1.",
    )
    flags.DEFINE_integer(
        "steps", 0, "Frames of a turn or morph, columns of a grid, objects; 0: as usual.", 0
    )
    flags.DEFINE_bool("transparent", False, "Write one image with its mask as alpha.")
    flags.DEFINE_float("sigma", 4.0, "Random objects: how far from the mean of all styles.", 0)
    flags.DEFINE_integer("seed", 0, "Random objects: which ones.", 0)
    flags.DEFINE_string("out", "drawing.png", "File: PNG, or GIF for a turn, morph or sweep.")


def check_flags(values):
    """Raises InputError for what is wrong whatever the generator."""
    draw_values.check_flags(values)
    suffix = Path(values.out).suffix.lower()
    if suffix not in (".png", ".gif") or (suffix == ".gif" and values.draw not in _ANIMATED):
        raise InputError(
            f"`out`={values.out} cannot be written: give a .png, or a .gif for a turn, morph or "
            "sweep."
        )


def draw(drawer, values):
    """Draws and writes.

    Args:
      drawer: `export.drawer.Drawer`, `client.Client` or another function like
        `papers.chairs.drawing.BatchedDrawing` that has a description or style_names.
      values: the flags.

    Returns:
      The path written.

    Raises:
      InputError: the flags ask for what the generator does not have.
    """
    description = draw_values.description_of(drawer)
    _check_kind(values.draw, description)
    request = _Request(drawer, description, values)
    if Path(values.out).suffix.lower() == ".gif":
        write_gif(values.out, request.frames())
    elif values.draw == "image":
        write_png(values.out, request.image())
    else:
        write_png(values.out, request.picture())
    return values.out


def _check_kind(kind, description):
    """Raises InputError where a kind of drawing needs what the generator does not have."""
    needs = {
        "turn": (description.turning, "an angle that goes round"),
        "morph": (description.style, "a condition of styles"),
        "triangle": (description.style, "a condition of styles"),
        "random": (description.style, "a condition of styles"),
        "sweep": (drawings.sweeps(description), "a vector that was trained on"),
    }
    there, needed = needs.get(kind, (True, ""))
    if not there:
        raise InputError(
            f"`draw`={kind} needs {needed}, and this model's conditions are "
            f"{', '.join(description.names)}: give `draw`=image or `draw`=grid."
        )


class _Request:
    """What the flags ask of a generator.

    Attributes:
      styles: numbers; [None] of a generator without.
      values: of all other conditions, one of each.
    """

    def __init__(self, drawer, description, flag_values):
        self._drawing = drawer, description
        self._description = description
        self._flags = flag_values
        self._steps = flag_values.steps
        self.values, styles = draw_values.values_of(description, flag_values)
        self.styles = self._spread(styles)

    def _spread(self, styles):
        if self._description.style is None:
            return [None]
        kind, count = self._flags.draw, self._description.style.size
        wanted = _STYLES[kind]
        spread = np.linspace(0, count - 1, min(wanted, count)).round().astype(int)
        styles = styles or spread.tolist()
        if kind in ("morph", "triangle") and len(styles) < wanted:
            raise InputError(f"`draw`={kind} needs {wanted} `styles`, not {len(styles)}.")
        return styles

    @property
    def _of_first(self):
        """All values, of the first style."""
        style = self._description.style
        if style is None:
            return self.values
        return self.values | {style.name: drawings.one_hot(self.styles[:1], style.size)}

    def frames(self):
        """Frames of an animation, [n, h, w, 3]."""
        if self._flags.draw == "turn":
            return drawings.turn_frames(*self._drawing, self._of_first, self._steps or 48)[0]
        if self._flags.draw == "morph":
            weights = drawings.one_hot(self.styles, self._description.style.size)
            parts = [
                drawings.morph_frames(*self._drawing, a, b, self._steps or 24, self.values)[0]
                for a, b in itertools.pairwise(weights)
            ]
            return np.concatenate(parts)
        parts = [
            drawings.sweep_frames(*self._drawing, title, self._steps or 15, self._of_first)[0]
            for title in drawings.sweeps(self._description)
        ]
        return np.concatenate([np.concatenate([part, part[::-1]]) for part in parts])

    def picture(self):
        """A labelled picture, [h, w, 3]."""
        kind, steps = self._flags.draw, self._steps
        if kind == "random":
            return self._random_objects(steps or 18)
        if kind in ("turn", "grid"):
            columns = _columns(self._description, steps)
            title = draw_values.told(self._description, self.values, without=columns[0][1])
            return drawings.grid_picture(*self._drawing, self.styles, columns, self.values, title)
        if kind == "morph":
            pairs = list(itertools.pairwise(self.styles))
            return drawings.morph_picture(*self._drawing, pairs, steps or 9, self.values)
        if kind == "triangle":
            return drawings.triangle_picture(
                *self._drawing, self.styles[:3], steps or 6, self.values
            )
        style = self._description.style
        title = "transformations" + (f" of {style.value_names[self.styles[0]]}" if style else "")
        return drawings.sweep_picture(*self._drawing, steps or 9, self._of_first, title)

    def _random_objects(self, count):
        style, sigma = self._description.style, self._flags.sigma
        rng = np.random.default_rng(self._flags.seed)
        weights = drawings.random_weights(count, style.size, sigma, rng)
        images, _ = drawings.view_frames(*self._drawing, self.values | {style.name: weights})
        rows = [list(images[i : i + 6]) for i in range(0, len(images), 6)]
        return image_grid(rows, title=f"random objects, sigma {sigma:g}")

    def image(self):
        """One image [h, w, 3], or [h, w, 4] with alpha and the object's own colours."""
        (image,), (mask,) = drawings.view_frames(*self._drawing, self._of_first)
        if not self._flags.transparent:
            return image
        alpha = mask / 255.0
        colors = (image - 255.0 * (1 - alpha)) / np.maximum(alpha, 1 / 255)
        return np.concatenate([np.clip(colors, 0, 255).round().astype(np.uint8), mask], axis=-1)


def _columns(description, steps):
    """Columns of a grid: a full turn; or else an angle from end to end, or another one-hot's."""
    angles, others = description.of_kind("angle"), description.of_kind("one-hot")[1:]
    if description.turning:
        return drawings.turn_columns(description, drawings.around(steps or 12))
    if angles:
        degrees = np.linspace(*angles[0].span, steps or 9)
        return [(f"{angle:.0f}", {angles[0].name: angle}) for angle in degrees]
    if others:
        names = others[0].value_names[: steps or 12]
        return [(name, {others[0].name: number}) for number, name in enumerate(names)]
    return [("", {})]
