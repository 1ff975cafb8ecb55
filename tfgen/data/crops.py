"""Batches of crops of photographs, as a pure function of seed and step."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tfgen.data.photos import CentralCrops, PhotosInMemory, SomePhotos, open_photos
from tfgen.data.pipeline import random_batches, with_options
from tfgen.errors import InputError

_HELD_OUT = 0.1


@dataclasses.dataclass(frozen=True)
class PhotoFeed:
    """The photographs of a run.

    Attributes:
      batches: function of the first step's number to an endless Dataset of [b, s, s, 3] float32.
      training, held_out: of photographs, indexed as `data.photos.FolderPhotos` is.
      trained_examples: number of photographs in a pass.
      in_memory: bytes of decoded photographs, 0 if they are read from disk.
    """

    batches: Callable
    training: object
    held_out: object
    trained_examples: int
    in_memory: int

    def mapped(self, function):
        """The same with a function of the batches, applied beside training."""

        def batches(start_step):
            return with_options(
                self.batches(start_step)
                .map(function, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
                .prefetch(2)
            )

        return dataclasses.replace(self, batches=batches)

    def evaluated(self, size, count):
        """Fixed crops to score: "training" and "held_out" -> [n, size, size, 3] uint8."""
        splits = {"training": self.training, "held_out": self.held_out}
        return {name: fixed_crops(photos, size, count) for name, photos in splits.items()}


def make_photo_feed(config, data_dir, size, schedule, make_batches=None, whole=False):
    """Opens the photographs, in memory where they fit.

    Args:
      config: `config.PhotoConfig`.
      data_dir: of prepared TFDS data sets.
      size: of the crops.
      schedule: `config.ScheduleConfig`.
      make_batches: function of photos, size, batch size, seed and first step to a Dataset; None for
        `crop_batches`, with the config's mirroring.
      whole: whether to take the middle square of each photo, shrunk, in place of crops.

    Raises:
      InputError: there are no photographs, or some are smaller than the crops.
    """
    if not config.photos:
        raise InputError("--photos is missing: give a folder of photographs.")

    def opened(where):
        photos = open_photos(where, data_dir, config.photo_size)
        return CentralCrops(photos, size) if whole else photos

    photos = opened(config.photos)
    photos, in_memory = _in_memory(photos, schedule.cache_gb)
    if config.photos_test:
        training = photos
        held_out = opened(config.photos_test)
    else:
        if len(photos) < 2:
            raise InputError(f"--photos={config.photos} has one picture: give more.")
        order = np.random.default_rng(0).permutation(len(photos))
        count = max(1, round(_HELD_OUT * len(photos)))
        held_out = SomePhotos(photos, np.sort(order[:count]))
        training = SomePhotos(photos, np.sort(order[count:]))
    smallest = min(min(photos[i].shape[:2]) for i in range(min(len(photos), 1000)))
    if smallest < size:
        raise InputError(
            f"--photos={config.photos} has a picture of {smallest} pixels, and crops have "
            f"{size}: remove it, or give a smaller --image_size."
        )

    def batches(start_step):
        if make_batches:
            return make_batches(training, size, schedule.batch_size, schedule.seed, start_step)
        return crop_batches(
            training, size, schedule.batch_size, schedule.seed, start_step, config.mirror
        )

    return PhotoFeed(batches, training, held_out, len(training), in_memory)


def crop_batches(photos, size, batch_size, seed, start_step=0, mirror=False, labelled=False):
    """Endless batches of random crops.

    Args:
      photos: indexed from 0 to photos of [h, w, 3] uint8.
      size: height and width of the crops.
      batch_size: of the global batch.
      seed: int.
      start_step: number of the first batch.
      mirror: whether to mirror half of them.
      labelled: whether to give (crops, labels) instead of crops.

    Returns:
      Dataset of [b, size, size, 3] float32 in [0, 1]; and [b] int64, the classes.
    """

    def cut(places, where):
        crops = tf.numpy_function(
            lambda p, w: _cut(photos, p, w, size, mirror), [places, where], tf.uint8
        )
        crops.set_shape((batch_size, size, size, 3))
        return tf.cast(crops, tf.float32) / 255.0

    def batch(places, where):
        if labelled:
            return cut(places, where), tf.gather(labels, places)
        return cut(places, where)

    labels = tf.constant(photos.labels) if labelled else None
    return random_batches(len(photos), 3, batch_size, seed, start_step, batch)


def fixed_crops(photos, size, count):
    """Crops that do not change: as many from each photograph, spread over it.

    Returns:
      [n, size, size, 3] uint8, n at most `count`.
    """
    each = max(1, count // len(photos))
    rng = np.random.default_rng(1)
    chosen = np.linspace(0, len(photos) - 1, min(count, len(photos))).round().astype(int)
    places = np.repeat(chosen, each)
    return _cut(photos, places, rng.random((len(places), 3)), size, mirror=False)


def _cut(photos, places, where, size, mirror):
    crops = np.empty((len(places), size, size, 3), np.uint8)
    for crop, place, (y, x, flip) in zip(crops, places, where, strict=True):
        image = photos[int(place)]
        top = int(y * (image.shape[0] - size + 1))
        left = int(x * (image.shape[1] - size + 1))
        cut = image[top : top + size, left : left + size]
        crop[:] = cut[:, ::-1] if mirror and flip < 0.5 else cut
    return crops


def _in_memory(photos, cache_gb):
    """(photos, bytes): decoded where a sample says that they fit."""
    some = [photos[i].nbytes for i in range(0, len(photos), max(1, len(photos) // 20))]
    if np.mean(some) * len(photos) > cache_gb * 2**30:
        return photos, 0
    kept = PhotosInMemory(photos)
    return kept, kept.nbytes
