"""Draws what the command line asks for, with a generator of a run, an export or a server."""

import dataclasses
import itertools
import math
from pathlib import Path

import numpy as np
from absl import flags

from tfgen.analysis import drawings
from tfgen.analysis.animation import write_gif
from tfgen.analysis.image_grid import image_grid, write_png
from tfgen.errors import InputError

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
    flags.DEFINE_float("azimuth", 30.0, "Azimuth in degrees.")
    flags.DEFINE_float("elevation", 20.0, "Elevation in degrees.")
    flags.DEFINE_integer(
        "steps", 0, "Frames of a turn or morph, columns of a grid, objects; 0: as usual.", 0
    )
    flags.DEFINE_list("transform", [], "Transformation, as name=value pairs: rotation=0.2,hue=1.")
    flags.DEFINE_bool("transparent", False, "Write one image with its mask as alpha.")
    flags.DEFINE_float("sigma", 4.0, "Random objects: how far from the mean of all styles.", 0)
    flags.DEFINE_integer("seed", 0, "Random objects: which ones.", 0)
    flags.DEFINE_string("out", "drawing.png", "File: PNG, or GIF for a turn, morph or sweep.")


@dataclasses.dataclass(frozen=True)
class Request:
    """What to draw: styles [n] int, the view in degrees, frames, theta [8] float32."""

    kind: str
    styles: list
    azimuth: float
    elevation: float
    steps: int
    transform: np.ndarray
    sigma: float
    seed: int

    @property
    def view(self):
        """(azimuth, elevation)."""
        return self.azimuth, self.elevation


def check_flags(values):
    """Raises InputError for what is wrong whatever the generator."""
    for name in ("azimuth", "elevation"):
        if not math.isfinite(getattr(values, name)):
            raise InputError(f"--{name}={getattr(values, name)} is not finite: give degrees.")
    suffix = Path(values.out).suffix.lower()
    if suffix not in (".png", ".gif") or (suffix == ".gif" and values.draw not in _ANIMATED):
        raise InputError(
            f"--out={values.out} cannot be written: give a .png, or a .gif for a turn, morph or "
            "sweep."
        )
    _theta(values.transform)


def draw(drawer, values):
    """Draws and writes.

    Args:
      drawer: `export.drawer.Drawer` or `serving.Client`.
      values: the flags.

    Returns:
      The path written.

    Raises:
      InputError: the flags ask for what the generator does not have.
    """
    names = drawer.style_names
    request = Request(
        kind=values.draw,
        styles=_styles(values, names),
        azimuth=values.azimuth,
        elevation=values.elevation,
        steps=values.steps,
        transform=_theta(values.transform),
        sigma=values.sigma,
        seed=values.seed,
    )
    if Path(values.out).suffix.lower() == ".gif":
        write_gif(values.out, _frames(drawer, names, request))
    elif request.kind == "image":
        write_png(values.out, _image(drawer, names, request, values.transparent))
    else:
        write_png(values.out, _picture(drawer, names, request))
    return values.out


def _styles(values, names):
    wanted = _STYLES[values.draw]
    spread = np.linspace(0, len(names) - 1, min(wanted, len(names))).round().astype(int)
    styles = [_style(text.strip(), names) for text in values.styles] or spread.tolist()
    if values.draw in ("morph", "triangle") and len(styles) < wanted:
        raise InputError(f"--draw={values.draw} needs {wanted} --styles, not {len(styles)}.")
    return styles


def _style(text, names):
    if text in names:
        return names.index(text)
    if text.isdigit() and int(text) < len(names):
        return int(text)
    raise InputError(
        f"--styles={text} does not exist: give 0 to {len(names) - 1}, or a name like {names[0]}."
    )


def _theta(pairs):
    changes = {}
    for pair in pairs:
        name, _, number = pair.partition("=")
        try:
            changes[name] = float(number)
        except ValueError:
            raise InputError(f"--transform={pair} is not name=number.") from None
        if name not in drawings.THETA or not math.isfinite(changes[name]):
            raise InputError(
                f"--transform={pair} is not possible: names are {', '.join(drawings.THETA)}."
            )
    return drawings.theta(**changes)


def _frames(drawer, names, request):
    """Frames of an animation, [n, h, w, 3]."""
    weights = drawings.one_hot(request.styles, len(names))
    view = request.view
    if request.kind == "turn":
        steps = request.steps or 48
        return drawings.turn_frames(drawer, weights[0], steps, view[1], request.transform)[0]
    if request.kind == "morph":
        pairs = itertools.pairwise(weights)
        steps = request.steps or 24
        parts = [
            drawings.morph_frames(drawer, a, b, steps, *view, request.transform) for a, b in pairs
        ]
        return np.concatenate([images for images, _ in parts])
    steps = request.steps or 15
    parts = [drawings.sweep_frames(drawer, weights[0], s, steps, *view)[0] for s in drawings.SWEEPS]
    return np.concatenate([np.concatenate([part, part[::-1]]) for part in parts])


def _picture(drawer, names, request):
    """A labelled picture, [h, w, 3]."""
    styles, view, steps = request.styles, request.view, request.steps
    if request.kind == "random":
        rng = np.random.default_rng(request.seed)
        weights = drawings.random_weights(steps or 18, len(names), request.sigma, rng)
        images = drawings.view_frames(drawer, weights, *view, request.transform)[0]
        rows = [list(images[i : i + 6]) for i in range(0, len(images), 6)]
        return image_grid(rows, title=f"random objects, sigma {request.sigma:g}")
    if request.kind in ("turn", "grid"):
        azimuths = np.arange(steps or 12) * 360.0 / (steps or 12)
        title = f"elevation {view[1]:g}"
        return drawings.turn_picture(
            drawer, styles, names, azimuths, view[1], title, request.transform
        )
    if request.kind == "morph":
        pairs = list(itertools.pairwise(styles))
        return drawings.morph_picture(drawer, pairs, names, steps or 9, *view)
    if request.kind == "triangle":
        return drawings.triangle_picture(drawer, styles[:3], names, steps or 6, *view)
    return drawings.sweep_picture(drawer, styles[0], names, steps or 9, *view)


def _image(drawer, names, request, transparent):
    """One image [h, w, 3], or [h, w, 4] with alpha and the object's own colours."""
    weights = drawings.one_hot(request.styles[:1], len(names))
    (image,), (mask,) = drawings.view_frames(drawer, weights, *request.view, request.transform)
    if not transparent:
        return image
    alpha = mask / 255.0
    colors = (image - 255.0 * (1 - alpha)) / np.maximum(alpha, 1 / 255)
    return np.concatenate([np.clip(colors, 0, 255).round().astype(np.uint8), mask], axis=-1)
