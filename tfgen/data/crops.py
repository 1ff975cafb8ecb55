"""Crops of photographs, and how a run's photographs are divided."""

import dataclasses

import numpy as np

from tfgen.data.photos import (
    CentralCrops,
    PhotosInMemory,
    SomePhotos,
    WholePhotos,
    open_photos,
    shrunk,
)
from tfgen.data.source import Columns, Source
from tfgen.errors import InputError, renamed

_HELD_OUT = 0.1


class Crops(Source):
    """Random crops of photographs: image [size, size, 3] uint8, label and number.

    Args:
      photos: indexed as `data.photos.FolderPhotos` is.
      size: height and width of the crops.
      mirror: whether to mirror half of them.
      zoom: they are cut from squares of one to so many times their size, as far as a photo has
        them, all scales as often, and shrunk.
    """

    def __init__(self, photos, size, mirror=False, zoom=1.0):
        self._photos = photos
        self._size = size
        self._mirror = mirror
        self._zoom = zoom
        # Without zoom as many as ever: runs go on with the crops that they began with.
        self.randoms = 3 if zoom == 1 else 4
        self.spec = {
            "image": ((size, size, 3), np.uint8),
            "label": ((), np.int64),
            "number": ((), np.int64),
        }

    @property
    def in_memory(self):
        """Bytes of decoded photographs, 0 if they are read from disk."""
        return self._photos.nbytes

    def __len__(self):
        return len(self._photos)

    def batch(self, places, random=None):
        """Crops of some photographs; random: across, down, whether to mirror, and how large."""
        columns = {
            name: np.empty((len(places), *shape), dtype)
            for name, (shape, dtype) in self.spec.items()
        }
        for row, (place, (y, x, flip, *scale)) in enumerate(zip(places, random, strict=True)):
            example = self._photos[int(place)]
            image = example["image"]
            side = self._side(min(image.shape[:2]), *scale)
            top = int(y * (image.shape[0] - side + 1))
            left = int(x * (image.shape[1] - side + 1))
            cut = shrunk(image[top : top + side, left : left + side], self._size)
            columns["image"][row] = cut[:, ::-1] if self._mirror and flip < 0.5 else cut
            columns["label"][row], columns["number"][row] = example["label"], example["number"]
        return columns

    def _side(self, shorter, scale=0.0):
        """Of the square that a crop is cut from, in pixels; scale: from 0 to 1."""
        return int(self._size * min(self._zoom, shorter / self._size) ** scale)


@dataclasses.dataclass(frozen=True)
class Photographs:
    """The photographs of a run.

    Attributes:
      training, held_out: indexed as `data.photos.FolderPhotos` is.
      left_out: of `image_files.finding.LeftOut`: of the photos, and of those to be scored.
    """

    training: object
    held_out: object
    left_out: tuple = ()

    def lines_left_out(self):
        """What to tell of pictures that could not be used, as far as it is known by now."""
        return [f"  {line}" for left_out in self.left_out for line in left_out.lines()]

    def scored(self, config, count):
        """Fixed crops to score: "training" and "held_out" -> Columns, at most `count` each.

        Args:
          config: `config.data.PhotoConfig`.
          count: of crops.
        """
        splits = {"training": self.training, "held_out": self.held_out}
        return {
            name: fixed_crops(photos, config.image_size, count, config.crop_zoom)
            for name, photos in splits.items()
        }


def divided_photographs(config, schedule, whole=False):
    """Opens the photographs, in memory where they fit, and holds some out.

    Args:
      config: `config.data.PhotoConfig`.
      schedule: `config.run.ScheduleConfig`.
      whole: whether to take the middle square of each photo, shrunk to a crop's size.

    Raises:
      InputError: there are no photographs, or some are smaller than the crops.
    """
    if not config.photos:
        raise InputError("`photos` is missing: give a folder of photographs.")
    size = config.image_size

    left_out = []

    def opened(where):
        photos = open_photos(
            *(where, config.data_dir, config.photo_size, config.labels),
            max_megapixels=config.max_megapixels,
            min_side=1 if whole else size,
        )
        left_out.append(photos.left_out)
        return CentralCrops(photos, size) if whole else photos

    photos = _in_memory(opened(config.photos), schedule.cache_gb)
    if config.photos_test:
        with renamed(photos="photos_test"):
            training, held_out = photos, opened(config.photos_test)
    else:
        if len(photos) < 2:
            raise InputError(f"`photos`={config.photos} has one picture: give more.")
        order = np.random.default_rng(0).permutation(len(photos))
        count = max(1, round(_HELD_OUT * len(photos)))
        held_out = SomePhotos(photos, np.sort(order[:count]))
        training = SomePhotos(photos, np.sort(order[count:]))
    photos, training, held_out = WholePhotos(photos), WholePhotos(training), WholePhotos(held_out)
    smallest = min(min(photos[i]["image"].shape[:2]) for i in range(min(len(photos), 1000)))
    if smallest < size:
        raise InputError(
            f"`photos`={config.photos} has a picture of {smallest} pixels, and crops have "
            f"{size}: remove it, or give a smaller `image_size`."
        )
    return Photographs(training, held_out, tuple(left_out))


def fixed_crops(photos, size, count, zoom=1.0):
    """Crops that do not change, as many from each photograph, spread over it: Columns."""
    each = max(1, count // len(photos))
    rng = np.random.default_rng(1)
    chosen = np.linspace(0, len(photos) - 1, min(count, len(photos))).round().astype(int)
    places = np.repeat(chosen, each)
    crops = Crops(photos, size, zoom=zoom)
    return Columns(crops.batch(places, rng.random((len(places), crops.randoms))))


def _in_memory(photos, cache_gb):
    """The photographs, decoded where a sample says that they fit."""
    sample = range(0, len(photos), max(1, len(photos) // 20))
    whole = WholePhotos(photos)
    sizes = [whole[i]["image"].nbytes for i in sample]
    fits = np.mean(sizes) * len(photos) <= cache_gb * 2**30
    return PhotosInMemory(photos) if fits else photos
