"""Draws with a trained generator, from a run's folder or an exported model.

    python scripts/generate.py --model=saved_models/chairs --draw=turn --styles=3 --out=turn.gif
    python scripts/generate.py --model=saved_models/chairs --draw=morph --styles=3,17 --out=m.png
    python scripts/generate.py --model=runs/chairs --draw=sweep --styles=5 --out=sweep.png
    python scripts/generate.py --model=runs/chairs --draw=image --styles=5 --azimuth=40 \
        --transform=rotation=0.2,hue=1 --transparent --out=chair.png
"""

import dataclasses
import itertools
import math
from pathlib import Path

import numpy as np
from absl import flags

from tfgen import command_line
from tfgen.errors import InputError

flags.DEFINE_string("model", "", "A run's folder, or an exported model.")
flags.DEFINE_enum(
    "draw",
    "grid",
    ["image", "turn", "morph", "triangle", "sweep", "grid"],
    "One image; a full turn; a morph of two or more styles, one after another; morphs of three "
    "styles at once; every transformation swept; or styles by views.",
)
flags.DEFINE_list("styles", [], "Styles by number or name; empty: some, spread over all.")
flags.DEFINE_float("azimuth", 30.0, "Azimuth in degrees.")
flags.DEFINE_float("elevation", 20.0, "Elevation in degrees.")
flags.DEFINE_integer("steps", 0, "Frames of a turn or morph, columns of a grid; 0: as usual.", 0)
flags.DEFINE_list("transform", [], "Transformation, as name=value pairs: rotation=0.2,hue=1.")
flags.DEFINE_bool("transparent", False, "Write one image with its mask as alpha.")
flags.DEFINE_string("out", "drawing.png", "File to write: PNG, or GIF for a turn, morph or sweep.")


@dataclasses.dataclass(frozen=True)
class Request:
    """What to draw: styles [n] int, the view in degrees, frames, theta [8] float32."""

    styles: list
    azimuth: float
    elevation: float
    steps: int
    transform: np.ndarray


def _style(text, names):
    if text in names:
        return names.index(text)
    if text.isdigit() and int(text) < len(names):
        return int(text)
    raise InputError(
        f"--styles={text} does not exist: give 0 to {len(names) - 1}, or a name like {names[0]}."
    )


def _request(values, names):
    from tfgen.analysis.drawings import THETA, theta

    for name in ("azimuth", "elevation"):
        if not math.isfinite(getattr(values, name)):
            raise InputError(f"--{name}={getattr(values, name)} is not finite: give degrees.")
    changes = {}
    for pair in values.transform:
        name, _, number = pair.partition("=")
        try:
            changes[name] = float(number)
        except ValueError:
            raise InputError(f"--transform={pair} is not name=number.") from None
        if name not in THETA or not math.isfinite(changes[name]):
            raise InputError(f"--transform={pair} is not possible: names are {', '.join(THETA)}.")
    wanted = {"image": 1, "turn": 1, "morph": 2, "triangle": 3, "sweep": 1}.get(values.draw, 6)
    spread = np.linspace(0, len(names) - 1, min(wanted, len(names))).round().astype(int)
    styles = [_style(text.strip(), names) for text in values.styles] or spread.tolist()
    if values.draw in ("morph", "triangle") and len(styles) < wanted:
        raise InputError(f"--draw={values.draw} needs {wanted} --styles, not {len(styles)}.")
    return Request(styles, values.azimuth, values.elevation, values.steps, theta(**changes))


def _frames(kind, draw, names, request):
    """Frames of an animation, [n, h, w, 3]."""
    from tfgen.analysis import drawings

    weights = drawings.one_hot(request.styles, len(names))
    view = request.azimuth, request.elevation
    if kind == "turn":
        steps = request.steps or 48
        return drawings.turn_frames(draw, weights[0], steps, view[1], request.transform)[0]
    if kind == "morph":
        pairs = itertools.pairwise(weights)
        steps = request.steps or 24
        parts = [
            drawings.morph_frames(draw, a, b, steps, *view, request.transform) for a, b in pairs
        ]
        return np.concatenate([images for images, _ in parts])
    steps = request.steps or 15
    parts = [drawings.sweep_frames(draw, weights[0], s, steps, *view)[0] for s in drawings.SWEEPS]
    return np.concatenate([np.concatenate([part, part[::-1]]) for part in parts])


def _picture(kind, draw, names, request):
    """A labelled picture, [h, w, 3]."""
    from tfgen.analysis import drawings

    styles, view = request.styles, (request.azimuth, request.elevation)
    title = f"elevation {view[1]:g}"
    if kind in ("turn", "grid"):
        azimuths = np.arange(request.steps or 12) * 360.0 / (request.steps or 12)
        return drawings.turn_picture(
            draw, styles, names, azimuths, view[1], title, request.transform
        )
    if kind == "morph":
        pairs = list(itertools.pairwise(styles))
        return drawings.morph_picture(draw, pairs, names, request.steps or 9, *view)
    if kind == "triangle":
        return drawings.triangle_picture(draw, styles[:3], names, request.steps or 6, *view)
    return drawings.sweep_picture(draw, styles[0], names, request.steps or 9, *view)


def _image(draw, names, request, transparent):
    """One image [h, w, 3], or [h, w, 4] with alpha and the object's own colours."""
    from tfgen.analysis import drawings

    weights = drawings.one_hot(request.styles[:1], len(names))
    view = request.azimuth, request.elevation, request.transform
    (image,), (mask,) = drawings.view_frames(draw, weights, *view)
    if not transparent:
        return image
    alpha = mask / 255.0
    colors = (image - 255.0 * (1 - alpha)) / np.maximum(alpha, 1 / 255)
    return np.concatenate([np.clip(colors, 0, 255).round().astype(np.uint8), mask], axis=-1)


def main(argv):
    """Draws and writes."""
    del argv
    values = flags.FLAGS
    if not values.model:
        raise InputError("--model is missing: give a run's folder or an exported model.")
    suffix = Path(values.out).suffix.lower()
    animated = values.draw in ("turn", "morph", "sweep")
    if suffix not in (".png", ".gif") or (suffix == ".gif" and not animated):
        raise InputError(
            f"--out={values.out} cannot be written: give a .png, or a .gif for a turn, morph or "
            "sweep."
        )
    from tfgen.analysis.animation import write_gif
    from tfgen.analysis.image_grid import write_png
    from tfgen.export.drawer import load_drawer  # TensorFlow takes seconds to import

    drawer = load_drawer(values.model)
    names = drawer.style_names
    request = _request(values, names)
    if suffix == ".gif":
        write_gif(values.out, _frames(values.draw, drawer, names, request))
    elif values.draw == "image":
        write_png(values.out, _image(drawer, names, request, values.transparent))
    else:
        write_png(values.out, _picture(values.draw, drawer, names, request))
    print(f"Wrote {values.out}")


if __name__ == "__main__":
    command_line.run(main)
