"""Decoded examples in memory: arrays, in an order that does not depend on how they are stored."""

import dataclasses

import numpy as np
import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Examples:
    """Views of styles.

    Attributes:
      images: [n, h, w, 3] uint8, the object over black (x times s of equation (1)).
      masks: [n, h, w, 1] uint8.
      styles: [n] int64, numbers in the collection.
      azimuths, elevations: [n] float32, degrees.
      held_out: [n] bool.
    """

    images: np.ndarray
    masks: np.ndarray
    styles: np.ndarray
    azimuths: np.ndarray
    elevations: np.ndarray
    held_out: np.ndarray

    def __len__(self):
        return len(self.styles)

    def __getitem__(self, index):
        """The examples of an index array, slice or mask."""
        arrays = (getattr(self, field.name)[index] for field in dataclasses.fields(self))
        return Examples(*arrays)

    def over_white(self):
        """The images over white: [n, h, w, 3] uint8."""
        return self.images + (255 - self.masks)

    def spread(self, count):
        """At most `count` examples, spread evenly."""
        if count >= len(self):
            return self
        return self[np.linspace(0, len(self) - 1, count).round().astype(int)]


def concatenate(parts):
    """One Examples of a list of them."""
    if len(parts) == 1:
        return parts[0]
    fields = [field.name for field in dataclasses.fields(Examples)]
    return Examples(*(np.concatenate([getattr(part, name) for part in parts]) for name in fields))


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
    """Decodes a whole collection into memory, sorted by style, elevation and azimuth."""
    whole = concatenate([_load_member(member) for member in collection.members])
    return whole[np.lexsort((whole.azimuths, whole.elevations, whole.styles))]


def _load_member(member):
    """All examples of one data set, decoded into arrays that are made once."""
    count, size = member.num_examples, member.builder.builder_config.turntable.image_size
    columns = {
        "image": np.empty((count, size, size, 3), np.uint8),
        "mask": np.empty((count, size, size, 1), np.uint8),
        "style": np.empty(count, np.int64),
        "azimuth": np.empty(count, np.float32),
        "elevation": np.empty(count, np.float32),
    }
    first = 0
    for batch in member.builder.as_dataset(split="train", batch_size=256).as_numpy_iterator():
        batch["image"] = over_black(batch["image"], batch["mask"])
        last = first + len(batch["style"])
        for key, column in columns.items():
            column[first:last] = batch[key]
        first = last
    held_out = member.holdout.holds_out(columns["style"], columns["azimuth"], columns["elevation"])
    return Examples(
        images=columns["image"],
        masks=columns["mask"],
        styles=columns["style"] + member.first_style,
        azimuths=columns["azimuth"],
        elevations=columns["elevation"],
        held_out=held_out,
    )
