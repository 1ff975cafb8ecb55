"""What a generator draws, arranged to be looked at: turns, morphs, sweeps, comparisons.

`draw` is any function like `papers.chairs.drawing.BatchedDrawing`: a dict, condition's name ->
values [n, …], to (images [n, h, w, 3] over white, masks), uint8. `description` is its
`description.Description`. `values` are those that a picture keeps, one for all or one each; what is
not given is as usual (`description.value_arrays`). All functions here return arrays: frames, or a
labelled picture.
"""

import numpy as np

from tfgen.conditions.description import value_arrays
from tfgen.pictures.image_grid import image_grid


def vector(condition, /, **numbers):
    """A vector's value [size] float32 by names; others as usual. KeyError: no such name."""
    value = np.array(condition.usual, np.float32)
    places = {name: i for i, name in enumerate(condition.value_names)}
    for name, number in numbers.items():
        value[places[name]] = number
    return value


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


def around(steps):
    """Angles of a full turn [steps], degrees, from 0 on."""
    return np.arange(steps) * 360.0 / steps


def sweeps(description):
    """Title -> (condition's name, its first value, its last), [size] float32 each.

    The effects of all vectors: what the description declares, or each number over its range;
    numbers that were not trained on are left out.
    """
    ends = {}
    for condition in description.of_kind("vector"):
        declared = condition.sweeps or {
            name: {name: pair}
            for name, pair in zip(
                condition.value_names, condition.ranges or ((-1, 1),) * condition.size, strict=True
            )
            if pair[0] < pair[1]
        }
        for title, numbers in declared.items():
            ends[title] = (
                condition.name,
                *(
                    vector(condition, **{n: pair[end] for n, pair in numbers.items()})
                    for end in (0, 1)
                ),
            )
    return ends


def view_frames(draw, description, values):
    """Frames of values, each [n, …] or one for all: (images, masks)."""
    return draw(value_arrays(description, values))


def turn_frames(draw, description, values, frames):
    """A full turn of one object, from 0 degrees on; the description has a `turning` angle."""
    return view_frames(draw, description, values | {description.turning.name: around(frames)})


def morph_frames(draw, description, start, end, frames, values):
    """A straight path between two weightings [styles], ends included (Figures 12 and 13)."""
    t = np.linspace(0, 1, frames, dtype=np.float32)[:, None]
    weights = (1 - t) * np.asarray(start, np.float32) + t * np.asarray(end, np.float32)
    return view_frames(draw, description, values | {description.style.name: weights})


def sweep_frames(draw, description, title, frames, values):
    """One of `sweeps` from end to end (Figure 7)."""
    name, first, last = sweeps(description)[title]
    t = np.linspace(-1, 1, frames)[:, None]  # exact in the middle, where theta is the identity
    path = (first + last) / 2 + t * ((last - first) / 2)
    return view_frames(draw, description, values | {name: path})


def grid_picture(draw, description, styles, columns, values, title=""):
    """One row a style, one column a view or another change.

    Args:
      draw, description, values: see above.
      styles: numbers; [None] for a description without.
      columns: pairs of a label and the values that this column changes, one of each.
      title: of the picture.
    """
    style, changes = description.style, [each for _, each in columns]
    changed = values | {name: np.stack([each[name] for each in changes]) for name in changes[0]}
    rows = []
    for number in styles:
        chosen = {} if number is None else {style.name: one_hot([number], style.size)}
        rows.append(list(view_frames(draw, description, changed | chosen)[0]))
    names = [] if style is None else [style.value_names[number] for number in styles]
    return image_grid(rows, names, [label for label, _ in columns], title)


def turn_columns(description, azimuths):
    """Columns of `grid_picture`: the turning angle, in degrees."""
    return [(f"{angle:.0f}", {description.turning.name: angle}) for angle in azimuths]


def morph_picture(draw, description, pairs, frames, values, title="morphs"):
    """One row a pair of styles."""
    names = description.style.value_names
    rows = [
        list(morph_frames(draw, description, *one_hot(pair, len(names)), frames, values)[0])
        for pair in pairs
    ]
    weights = [f"{t:.2f}" for t in np.linspace(0, 1, frames)]
    return image_grid(rows, [f"{names[a]} to {names[b]}" for a, b in pairs], weights, title)


def triangle_picture(draw, description, styles, side, values, title="morphs of three"):
    """Mixtures of three styles: the corners are pure (Figure 14)."""
    style = description.style
    corners = one_hot(styles, style.size)
    rows = []
    for i in range(side):
        shares = [np.array([side - 1 - i, i - j, j]) / (side - 1) for j in range(i + 1)]
        mixed = values | {style.name: np.stack(shares) @ corners}
        images = view_frames(draw, description, mixed)[0]
        rows.append(list(images) + [None] * (side - 1 - i))
    return image_grid(rows, title=f"{title}: {', '.join(style.value_names[s] for s in styles)}")


def sweep_picture(draw, description, frames, values, title="transformations"):
    """One row a sweep of what `values` describe."""
    titles = list(sweeps(description))
    rows = [list(sweep_frames(draw, description, each, frames, values)[0]) for each in titles]
    return image_grid(rows, titles, title=title)


def comparison_picture(images, masks, drawn_images, drawn_masks, labels, title):
    """Targets above what was drawn, images and masks, and the error, three times enlarged."""
    error = np.abs(images.astype(int) - drawn_images).max(axis=-1, keepdims=True)
    rows = [images, drawn_images, masks, drawn_masks, np.clip(3 * error, 0, 255).astype(np.uint8)]
    names = ["target", "drawn", "target mask", "drawn mask", "error x3"]
    return image_grid([list(row) for row in rows], names, labels, title)
