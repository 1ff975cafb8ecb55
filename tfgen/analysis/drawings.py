"""What a generator draws, arranged to be looked at: turns, morphs, sweeps, comparisons.

`draw` is any function like `models.drawing.BatchedDrawing`: style weights [n, styles], azimuths and
elevations [n] in degrees and thetas [n, 8] to (images [n, h, w, 3] over white, masks), uint8. All
functions here return arrays: frames, or a labelled picture.
"""

import numpy as np

from tfgen.analysis.image_grid import image_grid

# Order of theta, as in `data.transforms.THETA`; this package needs no TensorFlow.
THETA = (
    "translate_x",
    "translate_y",
    "rotation",
    "log_zoom_x",
    "log_zoom_y",
    "log_saturation",
    "log_brightness",
    "hue",
)
# Figure 7 of the chairs paper: each row one transformation, its extremes at both ends.
SWEEPS = {
    "translate x": {"translate_x": 0.1},
    "translate y": {"translate_y": 0.1},
    "rotation": {"rotation": 0.2},
    "zoom": {"log_zoom_x": 0.3, "log_zoom_y": 0.3},
    "stretch x": {"log_zoom_x": 0.1, "log_zoom_y": -0.1},
    "stretch y": {"log_zoom_x": -0.1, "log_zoom_y": 0.1},
    "saturation": {"log_saturation": 0.7},
    "brightness": {"log_brightness": 0.7},
    "hue": {"hue": 1.5},
}


def theta(**values):
    """A theta [8] float32 by names; all others zero. KeyError for an unknown name."""
    vector = np.zeros(len(THETA), np.float32)
    places = {name: i for i, name in enumerate(THETA)}
    for name, value in values.items():
        vector[places[name]] = value
    return vector


def one_hot(styles, count):
    """[n, count] float32 of style numbers."""
    return np.eye(count, dtype=np.float32)[np.asarray(styles)]


def random_weights(count, num_styles, sigma, rng):
    """[count, styles] float32: softmax of Gaussian noise (Dosovitskiy et al., section 5.6).

    The larger sigma, the closer each is to a single style.
    """
    noise = rng.normal(0.0, sigma, (count, num_styles))
    weights = np.exp(noise - noise.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def _views(n, azimuth, elevation):
    return np.broadcast_to(azimuth, n), np.broadcast_to(elevation, n)


def view_frames(draw, weights, azimuth, elevation, transform=None):
    """Frames of style weights [n, styles], each from its view or all from one: images, masks."""
    n = len(weights)
    transforms = np.zeros((n, len(THETA))) if transform is None else transform
    return draw(weights, *_views(n, azimuth, elevation), np.broadcast_to(transforms, (n, 8)))


def turn_frames(draw, weights, frames, elevation, transform=None):
    """A full turn of one weighting [styles], from azimuth 0 on."""
    azimuths = np.arange(frames) * 360.0 / frames
    return view_frames(draw, np.tile(weights, (frames, 1)), azimuths, elevation, transform)


def morph_frames(draw, start, end, frames, azimuth, elevation, transform=None):
    """A straight path between two weightings [styles], ends included (Figures 12 and 13)."""
    t = np.linspace(0, 1, frames, dtype=np.float32)[:, None]
    return view_frames(draw, (1 - t) * start + t * end, azimuth, elevation, transform)


def sweep_frames(draw, weights, name, frames, azimuth, elevation):
    """One transformation of SWEEPS from end to end, the identity in the middle (Figure 7)."""
    extreme = theta(**SWEEPS[name])
    transforms = np.linspace(-1, 1, frames)[:, None] * extreme
    return view_frames(draw, np.tile(weights, (frames, 1)), azimuth, elevation, transforms)


def turn_picture(draw, styles, names, azimuths, elevation, title="a full turn", transform=None):
    """One row a style, one column an azimuth."""
    rows = []
    for style in styles:
        weights = np.tile(one_hot(style, len(names)), (len(azimuths), 1))
        rows.append(list(view_frames(draw, weights, azimuths, elevation, transform)[0]))
    return image_grid(
        rows, [names[style] for style in styles], [f"{a:.0f}" for a in azimuths], title
    )


def morph_picture(draw, pairs, names, frames, azimuth, elevation, title="morphs"):
    """One row a pair of styles."""
    count = len(names)
    rows = [
        list(
            morph_frames(draw, one_hot(a, count), one_hot(b, count), frames, azimuth, elevation)[0]
        )
        for a, b in pairs
    ]
    weights = [f"{t:.2f}" for t in np.linspace(0, 1, frames)]
    return image_grid(rows, [f"{names[a]} to {names[b]}" for a, b in pairs], weights, title)


def triangle_picture(draw, styles, names, side, azimuth, elevation, title="morphs of three"):
    """Mixtures of three styles: the corners are pure (Figure 14)."""
    corners = one_hot(styles, len(names))
    rows = []
    for i in range(side):
        shares = [np.array([side - 1 - i, i - j, j]) / (side - 1) for j in range(i + 1)]
        images = view_frames(draw, np.stack(shares) @ corners, azimuth, elevation)[0]
        rows.append(list(images) + [None] * (side - 1 - i))
    return image_grid(rows, title=f"{title}: {', '.join(names[s] for s in styles)}")


def sweep_picture(draw, style, names, frames, azimuth, elevation, title="transformations"):
    """One row a transformation."""
    weights = one_hot(style, len(names))
    rows = [
        list(sweep_frames(draw, weights, name, frames, azimuth, elevation)[0]) for name in SWEEPS
    ]
    return image_grid(rows, list(SWEEPS), title=f"{title} of {names[style]}")


def comparison_picture(images, masks, drawn_images, drawn_masks, labels, title):
    """Targets above what was drawn, images and masks, and the error, three times enlarged."""
    error = np.abs(images.astype(int) - drawn_images).max(axis=-1, keepdims=True)
    rows = [images, drawn_images, masks, drawn_masks, np.clip(3 * error, 0, 255).astype(np.uint8)]
    names = ["target", "drawn", "target mask", "drawn mask", "error x3"]
    return image_grid([list(row) for row in rows], names, labels, title)
