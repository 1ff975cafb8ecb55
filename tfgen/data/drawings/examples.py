"""Drawings in memory: image, mask and the conditions they were made under."""

import numpy as np
import tensorflow as tf

from tfgen.data.drawings import prepared
from tfgen.data.source import Columns


class Examples(Columns):
    """Drawings of objects, as arrays, in an order that does not depend on how they are stored.

    Columns: image [n, h, w, 3] uint8, the object over black (x times s of equation (1)); mask
    [n, h, w, 1] uint8; held_out [n] bool; and one a condition: numbers [n] int64 of a one-hot, in
    the collection; degrees [n] float32; vectors [n, size] float32.
    """

    @property
    def images(self):
        """[n, h, w, 3] uint8, over black."""
        return self.columns["image"]

    @property
    def masks(self):
        """[n, h, w, 1] uint8."""
        return self.columns["mask"]

    @property
    def styles(self):
        """[n] int64, of turntables."""
        return self.columns["style"]

    @property
    def azimuths(self):
        """[n] float32, degrees, of turntables."""
        return self.columns["azimuth"]

    @property
    def elevations(self):
        """[n] float32, degrees, of turntables."""
        return self.columns["elevation"]

    @property
    def held_out(self):
        """[n] bool."""
        return self.columns["held_out"]

    def over_white(self):
        """The images over white: [n, h, w, 3] uint8."""
        return self.images + (255 - self.masks)

    def values(self, description):
        """The conditions that a `description.Description` names, as far as there are columns."""
        return {name: self.columns[name] for name in description.names if name in self.columns}


def concatenate(parts):
    """One Examples of a list of them, which have the same columns."""
    if len(parts) == 1:
        return parts[0]
    names = parts[0].columns
    return Examples({name: np.concatenate([p.columns[name] for p in parts]) for name in names})


def over_black(images, masks):
    """Takes the white background out of composited images, exactly: colour * mask.

    Args:
      images: [..., 3] uint8, composited over white: colour * mask + (255 - mask).
      masks: [..., 1] uint8.

    Returns:
      [..., 3], the type of the arguments, between 0 and the mask.
    """
    white = 255 - masks
    maximum, minimum = (
        (tf.maximum, tf.minimum) if tf.is_tensor(images) else (np.maximum, np.minimum)
    )
    return minimum(maximum(images, white) - white, masks)


def load_examples(collection):
    """Decodes a whole collection into memory, sorted by its conditions, the style first.

    An example's number is its place in this order.
    """
    parts = [_load_member(member).columns for member in collection.members]
    names = [name for name in parts[0] if name != "number"]
    whole = {name: np.concatenate([part[name] for part in parts]) for name in names}
    sorted_by = [c for c in collection.conditions if c.kind != "vector"]
    style, *others = (whole[condition.name] for condition in sorted_by)
    order = np.lexsort((*others, style))
    return Examples({name: column[order] for name, column in whole.items()})


def _load_member(member):
    """All examples of one data set, decoded into arrays that are made once."""
    count, size = member.num_examples, member.builder.image_size
    columns = {
        "image": np.empty((count, size, size, 3), np.uint8),
        "mask": np.empty((count, size, size, 1), np.uint8),
    }
    for condition in member.builder.conditions:
        columns[condition.name] = _empty(condition, count)
    first = 0
    with prepared.reading(member.builder):
        batches = member.builder.as_dataset(split="train", batch_size=256)
        for batch in batches.as_numpy_iterator():
            batch["image"] = over_black(batch["image"], batch["mask"])
            last = first + len(batch["image"])
            for key, column in columns.items():
                column[first:last] = batch[key]
            first = last
    held_out = member.holdout.holds_out(columns)
    columns[member.style] += member.first_style
    return Examples(columns | {"held_out": held_out})


def _empty(condition, count):
    if condition.kind == "one-hot":
        return np.empty(count, np.int64)
    return np.empty((count, *condition.shape), np.float32)
