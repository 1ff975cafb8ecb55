"""A map of an error over the views of a turntable, drawn as the turntable is seen from above."""

import cv2
import numpy as np

from tfgen.pictures.image_grid import put_text, text_width
from tfgen.pixels import as_uint8

_SIZE = 480
_BAR = 90
_NOT_SCORED = (225, 225, 225)
_HELD_OUT = (220, 60, 40)


def polar_map(errors, azimuths, elevations, held_out=(), title="", unit=""):
    """Draws errors by view.

    The front (azimuth 0) is at the bottom and azimuths grow counter-clockwise, as the camera goes;
    each ring is an elevation, the lowest outside. Held-out azimuths have a mark at the rim.

    Args:
      errors: [elevations, azimuths] float; NaN for views that were not scored.
      azimuths, elevations: degrees, ascending.
      held_out: azimuths to mark, degrees.
      title: text above.
      unit: of the errors, after the numbers.

    Returns:
      [480, 570, 3] uint8.
    """
    errors, azimuths = np.asarray(errors, float), np.asarray(azimuths, float)
    fine = 2 * _SIZE  # drawn at double size, for smooth edges
    y, x = (np.indices((fine, fine)) + 0.5 - fine / 2) / (fine / 2)
    radius = np.hypot(x, y - 0.04)
    angle = np.degrees(np.arctan2(x, y - 0.04)) % 360  # 0 at the bottom, then to the right
    inner, outer = 0.28, 0.84
    ring = ((outer - radius) / (outer - inner) * len(elevations)).astype(int)
    on_map = (radius < outer) & (radius > inner)
    nearest, away = np.zeros(angle.shape, int), np.full(angle.shape, np.inf)
    for number, azimuth in enumerate(azimuths):  # one at a time: a map each would fill the memory
        apart = np.abs((angle - azimuth + 180) % 360 - 180)
        nearest[apart < away] = number
        np.minimum(away, apart, out=away)
    values = errors[np.clip(ring, 0, len(elevations) - 1), nearest]
    gaps = np.diff([*azimuths, azimuths[0] + 360.0])
    values[away > gaps.min() / 2] = np.nan  # between azimuths that were not scored

    known = errors[np.isfinite(errors)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 1.0)
    picture = np.full((fine, fine, 3), 255, np.uint8)
    picture[on_map] = _colors(values[on_map], low, high)
    for azimuth in held_out:
        a = np.radians(azimuth)
        tip = fine / 2 * (1 + 0.885 * np.sin(a)), fine / 2 * (1.04 + 0.885 * np.cos(a))
        cv2.circle(picture, (int(tip[0]), int(tip[1])), 9, _HELD_OUT, -1, cv2.LINE_AA)
    picture = cv2.resize(picture, (_SIZE, _SIZE), interpolation=cv2.INTER_AREA)
    picture = np.hstack([picture, np.full((_SIZE, _BAR, 3), 255, np.uint8)])
    _label(picture, elevations, held_out, title)
    _draw_bar(picture, low, high, unit)
    return picture


def _colors(values, low, high):
    scaled = np.nan_to_num((values - low) / max(high - low, 1e-12))
    levels = as_uint8(scaled)
    colors = cv2.applyColorMap(levels.reshape(-1, 1), cv2.COLORMAP_VIRIDIS)
    colors = colors.reshape(*values.shape, 3)[..., ::-1].copy()
    colors[~np.isfinite(values)] = _NOT_SCORED
    return colors


def _label(picture, elevations, held_out, title):
    put_text(picture, title, 8, 16, (0, 0, 0))
    centre = _SIZE // 2
    for text, x, y in (
        ("0", centre, _SIZE - 6),
        ("90", _SIZE - 12, centre + 12),
        ("180", centre, 30),
        ("270", 14, centre + 12),
    ):
        put_text(picture, text, x - text_width(text) / 2, y)
    lines = ["elevations", *(f"{e:g}" for e in elevations)]
    if len(elevations) > 1:
        lines = ["elevations,", "outside in:", ", ".join(f"{e:g}" for e in elevations)]
    for i, line in enumerate(lines):
        put_text(picture, line, centre - text_width(line) / 2, centre + 6 + 14 * i)
    if len(held_out):
        put_text(picture, "held out", _SIZE + 16, _SIZE - 12)
        cv2.circle(picture, (_SIZE + 6, _SIZE - 16), 4, _HELD_OUT, -1, cv2.LINE_AA)


def _draw_bar(picture, low, high, unit):
    top, bottom = 60, _SIZE - 60
    values = np.linspace(high, low, bottom - top)
    picture[top:bottom, _SIZE : _SIZE + 16] = _colors(values, low, high)[:, None]
    for share in (0, 0.25, 0.5, 0.75, 1):
        value = high + (low - high) * share
        put_text(picture, f"{value:.4g}", _SIZE + 20, top + share * (bottom - top) + 4)
    put_text(picture, unit, _SIZE - 4, top - 10)
