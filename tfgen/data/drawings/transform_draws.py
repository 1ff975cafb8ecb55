"""Which transformation T_theta an example gets (Dosovitskiy et al., section 3, and their code)."""

import dataclasses

import tensorflow as tf

from tfgen.conditions.turntable import THETA
from tfgen.data.drawings.transforms import apply_transform, warp_matrices

# What log_zoom_x and log_zoom_y are made of. Zoom never shrinks the object.
LOG_ZOOM = (0.0, 0.4)
LOG_STRETCH = (-0.1, 0.1)
SPATIAL = ("translate_x", "translate_y", "rotation", "log_zoom", "log_stretch")
# So often the spatial part is drawn anew, as in the authors' code; after that there is none.
TRIES = 20
_ROUNDING = 1e-3  # pixels


@dataclasses.dataclass(frozen=True)
class TransformRanges:
    """Bounds of the uniform distribution that theta is drawn from.

    Attributes:
      low, high: dicts of the drawn quantities: those of THETA, "log_zoom" and "log_stretch".
      kept: of `conditions.turntable.KEPT`.
      growth: how fast, a step, the ranges widen about their middles: by
        start + (1 - start) (2 / (1 + exp(-growth step)) - 1). 0: they are whole from the start.
      start: share of the ranges at step 0.
    """

    low: dict
    high: dict
    kept: str = "all"
    growth: float = 0.0
    start: float = 0.0

    @classmethod
    def of_strength(cls, strength, **kwargs):
        """The authors' ranges, scaled about the identity; 0 draws the identity only."""
        drawn = {name: bounds for name, bounds in THETA.items() if bounds}
        drawn |= {"log_zoom": LOG_ZOOM, "log_stretch": LOG_STRETCH}
        low = {name: strength * bounds[0] for name, bounds in drawn.items()}
        high = {name: strength * bounds[1] for name, bounds in drawn.items()}
        return cls(low, high, **kwargs)

    @property
    def tries(self):
        """How many spatial parts are drawn for an example, of which one is taken."""
        return 1 if self.kept == "all" else TRIES

    @property
    def randoms(self):
        """How many random numbers a theta takes."""
        return len(self.low) + (self.tries - 1) * len(SPATIAL)

    def of_theta(self):
        """Name in THETA -> (lowest, highest) that can be drawn."""
        zoom = (
            self.low["log_zoom"] + self.low["log_stretch"],
            self.high["log_zoom"] + self.high["log_stretch"],
        )
        return {
            name: (self.low[name], self.high[name]) if name in self.low else zoom for name in THETA
        }

    def share(self, step):
        """The share of the ranges' widths that is drawn from at steps [b], or None for all."""
        if not self.growth:
            return None
        grown = 2.0 / (1.0 + tf.exp(-self.growth * tf.cast(step, tf.float32))) - 1.0
        return self.start + (1.0 - self.start) * grown


def drawn_transform(ranges, unit, share=None):
    """Thetas of random numbers.

    Args:
      ranges: TransformRanges.
      unit: [..., number of drawn quantities] float32 in [0, 1).
      share: of the ranges' widths, broadcast against [...]; None: all.

    Returns:
      [..., 8] float32.
    """
    low = tf.constant(list(ranges.low.values()), tf.float32)
    high = tf.constant(list(ranges.high.values()), tf.float32)
    if share is not None:
        middle, half = (low + high) / 2, (high - low) / 2 * share[..., tf.newaxis]
        low, high = middle - half, middle + half
    columns = tf.unstack(low + (high - low) * unit, axis=-1)
    drawn = dict(zip(ranges.low, columns, strict=True))
    drawn["log_zoom_x"] = drawn["log_zoom"] + drawn["log_stretch"]
    drawn["log_zoom_y"] = drawn["log_zoom"] - drawn["log_stretch"]
    return tf.stack([drawn[name] for name in THETA], axis=-1)


def kept_transform(ranges, unit, share, mask):
    """Thetas of which the spatial part is the first that may be kept; the identity where none is.

    Args:
      ranges: TransformRanges.
      unit: [b, ranges.randoms] float32 in [0, 1).
      share: [b], of the ranges' widths, or None for all.
      mask: [b, h, w, 1], of the objects before they are transformed.

    Returns:
      [b, 8] float32.
    """
    count, tries = tf.shape(unit)[0], ranges.tries
    spatial = tf.reshape(unit[:, : tries * len(SPATIAL)], (count, tries, len(SPATIAL)))
    colors = unit[:, tf.newaxis, tries * len(SPATIAL) :]
    colors = tf.tile(colors, (1, tries, 1))
    order = [*SPATIAL, *(name for name in ranges.low if name not in SPATIAL)]
    places = [order.index(name) for name in ranges.low]
    candidates = tf.gather(tf.concat([spatial, colors], -1), places, axis=-1)
    share = None if share is None else share[:, tf.newaxis]
    thetas = drawn_transform(ranges, candidates, share)  # [b, tries, 8]
    if ranges.kept == "filled":
        may = _is_filled(thetas, *mask.shape[1:3])
    else:
        may = _is_whole(thetas, mask)
    chosen = tf.gather(thetas, tf.argmax(tf.cast(may, tf.int32), axis=1), batch_dims=1)
    found = tf.cast(tf.reduce_any(may, axis=1), tf.float32)[:, tf.newaxis]
    moves = tf.constant([not name.startswith(("log_s", "log_b", "hue")) for name in THETA])
    return tf.where(moves & (found == 0), 0.0, chosen)


def transforming(ranges):
    """A step of the input pipeline: T_theta of a batch's image and mask, theta as "transform".

    Args:
      ranges: TransformRanges.
    """

    def step(batch):
        share = ranges.share(batch["step"])
        if ranges.kept == "all":
            theta = drawn_transform(ranges, batch["random"], share)
        else:
            theta = kept_transform(ranges, batch["random"], share, batch["mask"])
        image, mask = apply_transform(batch["image"], batch["mask"], theta)
        return batch | {"image": image, "mask": mask, "transform": theta}

    return step


def _matrices(thetas, height, width):
    """The maps from output to input pixels: ([b, n, 2, 2] linear, [b, n, 2] offset), (x, y)."""
    flat = warp_matrices(tf.reshape(thetas, (-1, thetas.shape[-1])), height, width)
    shape = tf.shape(thetas)[:2]
    rows = tf.reshape(flat[:, :6], tf.concat([shape, [2, 3]], axis=0))
    return rows[..., :2], rows[..., 2]


def _corners(low, high):
    """Corners of boxes from their (x, y) bounds [..., 2]: [..., 4, 2]."""
    x, y = tf.stack([low[..., 0], high[..., 0]], -1), tf.stack([low[..., 1], high[..., 1]], -1)
    return tf.stack([tf.gather(x, [0, 1, 0, 1], axis=-1), tf.gather(y, [0, 0, 1, 1], axis=-1)], -1)


def _within(points, height, width):
    """Whether all of [..., 4, 2] points (x, y) lie within the frame: [...]."""
    last = tf.constant([width - 1, height - 1], tf.float32) + _ROUNDING
    return tf.reduce_all((points >= -_ROUNDING) & (points <= last), axis=(-2, -1))


def _is_filled(thetas, height, width):
    """Whether the corners of the output show what is inside the input's frame: [b, n]."""
    linear, offset = _matrices(thetas, height, width)
    frame = _corners(tf.zeros(2), tf.constant([width - 1, height - 1], tf.float32))
    points = tf.einsum("bnij,kj->bnki", linear, frame) + offset[:, :, tf.newaxis]
    return _within(points, height, width)


def _is_whole(thetas, mask):
    """Whether the box about the object lies within the output's frame: [b, n]."""
    _, height, width, _ = mask.shape
    linear, offset = _matrices(thetas, height, width)
    low, high = _bounds(mask[..., 0] > 0)
    box = _corners(low, high)[:, tf.newaxis] - offset[:, :, tf.newaxis]  # [b, n, 4, 2]
    points = tf.einsum("bnij,bnkj->bnki", tf.linalg.inv(linear), box)
    return _within(points, height, width)


def _bounds(inside):
    """The lowest and highest (x, y) that are True of [b, h, w]: two of [b, 2]; 0 of none."""
    low, high = [], []
    for axis in (1, 2):  # any in a column: x; any in a row: y
        any_ = tf.cast(tf.reduce_any(inside, axis=axis), tf.int32)
        size = tf.shape(any_)[1]
        low.append(tf.argmax(any_, axis=1, output_type=tf.int32))
        last = size - 1 - tf.argmax(any_[:, ::-1], axis=1, output_type=tf.int32)
        high.append(last * tf.reduce_max(any_, axis=1))
    return tf.cast(tf.stack(low, -1), tf.float32), tf.cast(tf.stack(high, -1), tf.float32)
