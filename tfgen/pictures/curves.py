"""Line charts of a run's numbers, for those who do not start TensorBoard."""

import cv2
import numpy as np

from tfgen.pictures.image_grid import put_text, text_width

_WIDTH, _HEIGHT = 480, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 14, 40, 30
COLORS = (
    *((31, 119, 180), (214, 90, 40), (44, 140, 60), (140, 80, 170)),
    *((90, 90, 90), (190, 150, 20), (210, 60, 130), (20, 160, 170)),
)


def _ticks(low, high, count=5):
    """About `count` round numbers between two."""
    span = max(high - low, 1e-12)
    step = 10.0 ** np.floor(np.log10(span / count))
    step *= next(m for m in (1, 2, 5, 10) if span / (m * step) <= count)
    first = np.ceil(low / step - 1e-9)
    return step * np.arange(first, np.floor(high / step + 1e-9) + 1) + 0.0  # no minus zero


def line_chart(series, title, x_label="step"):
    """Draws lines over a common x.

    Args:
      series: name -> (x [n], y [n]); values that are not finite are left out.
      title: text above.
      x_label: what x is.

    Returns:
      [300, 480, 3] uint8.
    """
    cleaned = {}
    for name, (x, y) in series.items():
        x, y = np.asarray(x, float), np.asarray(y, float)
        good = np.isfinite(x) & np.isfinite(y)
        if good.any():
            cleaned[name] = x[good], y[good]
    picture = np.full((_HEIGHT, _WIDTH, 3), 255, np.uint8)
    put_text(picture, title, _LEFT, 14, (0, 0, 0))
    if not cleaned:
        put_text(picture, "no values", _LEFT, _HEIGHT // 2)
        return picture
    xs = np.concatenate([x for x, _ in cleaned.values()])
    ys = np.concatenate([y for _, y in cleaned.values()])
    x0, x1, y0, y1 = xs.min(), xs.max(), ys.min(), ys.max()
    top = max(_TOP, 10 + max(y for _, y in _legend(cleaned).values()))
    x1, margin = max(x1, x0 + 1e-9), 0.05 * (y1 - y0) or 0.05 * abs(y1) or 1.0
    y0, y1 = y0 - margin, y1 + margin

    def place(x, y):
        u = _LEFT + (x - x0) / (x1 - x0) * (_WIDTH - _LEFT - _RIGHT)
        v = _HEIGHT - _BOTTOM - (y - y0) / (y1 - y0) * (_HEIGHT - top - _BOTTOM)
        return np.rint(np.stack([u, v], axis=-1)).astype(np.int32)

    for value in _ticks(y0, y1):
        _, v = place(x0, value)
        cv2.line(picture, (_LEFT, int(v)), (_WIDTH - _RIGHT, int(v)), (225, 225, 225), 1)
        text = f"{value:.4g}"
        put_text(picture, text, _LEFT - text_width(text) - 5, v + 4)
    for value in _ticks(x0, x1, 4):
        u, _ = place(value, y0)
        text = f"{value:.6g}"
        put_text(picture, text, u - text_width(text) / 2, _HEIGHT - _BOTTOM + 14)
    put_text(picture, x_label, _WIDTH - _RIGHT - text_width(x_label), _HEIGHT - 3)
    places = _legend(cleaned)
    for (name, (x, y)), color in zip(cleaned.items(), COLORS * 9, strict=False):
        points = place(x, y)
        cv2.polylines(picture, [points], False, color, 2, cv2.LINE_AA)
        for point in points:
            cv2.circle(picture, tuple(int(p) for p in point), 2, color, -1, cv2.LINE_AA)
        put_text(picture, name, *places[name], color)
    return picture


def _legend(names):
    """Name -> (x, y) of its text, in as many lines as it takes."""
    places, x, y = {}, _LEFT, 30
    for name in names:
        if x > _LEFT and x + text_width(name) > _WIDTH - _RIGHT:
            x, y = _LEFT, y + 14
        places[name] = x, y
        x += text_width(name) + 16
    return places
