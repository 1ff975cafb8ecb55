"""Photographs by number: folders of files, or a data set of TFDS.

Each is a dict: image [h, w, 3] uint8 RGB, of its own size; label, the number of its class; number.
All have `labels` [n] int64, `class_names`, `nbytes`, the bytes of what is decoded in memory, and
`left_out`, an `image_files.finding.LeftOut` of the files that cannot be used.
"""

from pathlib import Path

import cv2
import numpy as np
import tqdm

from tfgen.data import photo_labels
from tfgen.errors import InputError, one_line
from tfgen.image_files.finding import MOST_BROKEN, LeftOut, find_pictures
from tfgen.image_files.reading import MAX_MEGAPIXELS, BrokenPictureError, read_rgb, shown

_TFDS = "tfds:"


class FolderPhotos:
    """The photographs of one folder or more, each sorted by path.

    Args:
      folders: paths.
      shorter_side: to which larger photos are shrunk; 0: as they are.
      labels: what their classes are: see `photo_labels.class_names`.
      max_megapixels: most million pixels of one.
      min_side: fewest pixels of its shorter side.

    Attributes:
      labels: [n] int64, number of each photo's class.
      class_names: of the classes.
      left_out: `image_files.finding.LeftOut`.

    Raises:
      InputError: there is no such folder, or no picture in it, most are broken, or there is no
        label for one.
    """

    nbytes = 0

    def __init__(
        self,
        folders,
        shorter_side=0,
        labels="folders",
        max_megapixels=MAX_MEGAPIXELS,
        min_side=1,
    ):
        self._files, names = [], []
        self.left_out = LeftOut()
        for folder in folders:
            files, left_out = find_pictures(folder, max_megapixels, min_side)
            self._files += files
            names += photo_labels.class_names(files, Path(folder), labels, len(folders) > 1)
            self.left_out.add(left_out)
        self._shorter_side = shorter_side
        self._max_megapixels = max_megapixels
        self.class_names = sorted(set(names))
        numbers = {name: number for number, name in enumerate(self.class_names)}
        self.labels = np.array([numbers[name] for name in names], np.int64)

    def __len__(self):
        return len(self._files)

    def __getitem__(self, i):
        """One photograph; BrokenPictureError, told by `left_out`, if it cannot be decoded."""
        try:
            pixels = read_rgb(self._files[i], self._max_megapixels)
        except BrokenPictureError as error:
            self.left_out.reasons[shown(self._files[i])] = error.reason
            raise
        image = shrunk(pixels, self._shorter_side)
        return {"image": image, "label": self.labels[i], "number": np.int64(i)}


class TfdsPhotos:
    """The images of a prepared TFDS data set with random access (file format array_record).

    Args:
      name: "stl10/unlabelled", "imagenet2012/train": name, then split.
      data_dir: where TFDS has prepared it.
      shorter_side: to which larger photos are shrunk; 0: as they are.

    Attributes: as FolderPhotos; labels are all 0 where the data set has none.

    Raises:
      InputError: it has not been prepared, or has no images.
    """

    nbytes = 0

    def __init__(self, name, data_dir, shorter_side=0):
        import tensorflow_datasets as tfds

        self.left_out = LeftOut()
        name, _, split = name.rpartition("/")
        if not name:
            raise InputError(f"`photos`={_TFDS}{split} has no split: give {_TFDS}NAME/SPLIT.")
        try:
            builder = tfds.builder(name, data_dir=data_dir, file_format="array_record")
            self._source = builder.as_data_source(split=split)
        except Exception as error:  # TFDS raises many kinds
            reason = one_line(error, 150)
            raise InputError(
                f"`photos`={_TFDS}{name}/{split} is not to be had from `data_dir`={data_dir} "
                f"({reason}): prepare it with tfds build --file_format=array_record."
            ) from None
        self._shorter_side = shorter_side
        features = builder.info.features
        if "image" not in features:
            raise InputError(f"`photos`={_TFDS}{name} has no images: give another data set.")
        self.class_names = list(features["label"].names) if "label" in features else ["."]
        self._labels = None

    def __len__(self):
        return len(self._source)

    @property
    def labels(self):
        """[n] int64, number of each photo's class; read once."""
        if self._labels is None:
            examples = (self._source[i] for i in range(len(self)))
            self._labels = np.array([_label(example) for example in examples], np.int64)
        return self._labels

    def __getitem__(self, i):
        """One photograph."""
        example = self._source[int(i)]
        pixels = np.asarray(example["image"])
        if pixels.shape[-1] == 1:
            pixels = pixels.repeat(3, axis=-1)
        image = shrunk(pixels, self._shorter_side)
        return {"image": image, "label": np.int64(_label(example)), "number": np.int64(i)}


def _label(example):
    """Number of an example's class; TFDS says -1 where it is not known."""
    return max(example.get("label", 0), 0)


class PhotosInMemory:
    """Photographs, decoded once; what cannot be decoded is a BrokenPictureError here as well."""

    def __init__(self, photos):
        numbers = tqdm.trange(len(photos), desc="reading", unit="photo", leave=False)
        self._examples = [_example_or_error(photos, i) for i in numbers]
        self.labels = photos.labels
        self.class_names = photos.class_names
        self.left_out = photos.left_out

    def __len__(self):
        return len(self._examples)

    def __getitem__(self, i):
        """One photograph."""
        example = self._examples[i]
        if isinstance(example, BrokenPictureError):
            raise example
        return example

    @property
    def nbytes(self):
        """Bytes that the images take."""
        return sum(each["image"].nbytes for each in self._examples if isinstance(each, dict))


def _example_or_error(photos, i):
    try:
        return photos[i]
    except BrokenPictureError as error:
        return error


class _OfOthers:
    """Photographs of others: what they have in common with those."""

    def __init__(self, photos):
        self._photos = photos
        self.class_names = photos.class_names
        self.left_out = photos.left_out

    def __len__(self):
        return len(self._photos)

    @property
    def nbytes(self):
        """Bytes of what is decoded in memory, of all photographs together."""
        return self._photos.nbytes

    @property
    def labels(self):
        """[n] int64, number of each photo's class."""
        return self._photos.labels


class SomePhotos(_OfOthers):
    """Some photographs of others, by their numbers [n]."""

    def __init__(self, photos, numbers):
        super().__init__(photos)
        self._numbers = np.asarray(numbers)

    def __len__(self):
        return len(self._numbers)

    def __getitem__(self, i):
        """One photograph, with the number that it has among the others."""
        return self._photos[int(self._numbers[i])]

    @property
    def labels(self):
        """[n] int64, number of each photo's class."""
        return self._photos.labels[self._numbers]


class Relabelled(_OfOthers):
    """Photographs whose classes are numbered as those of others are.

    Args:
      photos: any of the above.
      class_names: of the others; the classes of all photographs are among them.

    Raises:
      InputError: a class is not.
    """

    def __init__(self, photos, class_names):
        super().__init__(photos)
        if unknown := sorted(set(photos.class_names) - set(class_names)):
            raise InputError(
                f"`photos` has a class {unknown[0]}, which is none of {', '.join(class_names[:9])}:"
                " leave it out, or give it to both."
            )
        self._numbers = np.array([class_names.index(name) for name in photos.class_names])
        self.class_names = class_names

    def __getitem__(self, i):
        """One photograph, with its number among the others' classes."""
        example = self._photos[i]
        return example | {"label": np.int64(self._numbers[example["label"]])}

    @property
    def labels(self):
        """[n] int64, number of each photo's class."""
        return self._numbers[self._photos.labels]


class CentralCrops(_OfOthers):
    """The middle square of each photograph, resized to one size.

    Args:
      photos: any of the above.
      size: height and width.
    """

    def __init__(self, photos, size):
        super().__init__(photos)
        self._size = size

    def __getitem__(self, i):
        """One photograph, its image [size, size, 3]."""
        example = self._photos[i]
        return example | {"image": central_square(example["image"], self._size)}


class WholePhotos(_OfOthers):
    """Photographs, of which those that cannot be decoded are replaced by the next that can.

    So a broken file among many ends no run, and which examples a step sees still depends on seed
    and step alone. It is counted in `left_out`.

    Args:
      photos: any of the classes here.
    """

    def __getitem__(self, i):
        """One photograph, with its own label and number; InputError if most are broken."""
        count = len(self._photos)
        for step in range(max(1, int(MOST_BROKEN * count))):
            try:
                return self._photos[(int(i) + step) % count]
            except BrokenPictureError as broken:
                error = broken
        raise error


def central_square(image, size):
    """The middle square of an image [h, w, 3], resized: averaged where it shrinks."""
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    cut = image[top : top + side, left : left + side]
    if side == size:
        return np.ascontiguousarray(cut)
    how = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return cv2.resize(cut, (size, size), interpolation=how)


def open_photos(photos, data_dir="data", shorter_side=0, labels="folders", **limits):
    """The photographs of a folder, of several, or of a TFDS data set.

    Args:
      photos: a folder, several joined by commas, or tfds:NAME/SPLIT.
      data_dir: of prepared TFDS data sets.
      shorter_side: to which larger photos are shrunk; 0: as they are.
      labels: as `FolderPhotos` takes it.
      **limits: `max_megapixels` and `min_side` of files, as `FolderPhotos` takes them.

    Raises:
      InputError: there are none.
    """
    if photos.startswith(_TFDS):
        return TfdsPhotos(photos.removeprefix(_TFDS), data_dir, shorter_side)
    # A folder may have a comma in its name.
    folders = [photos] if Path(photos).is_dir() else photos.split(",")
    return FolderPhotos([folder.strip() for folder in folders], shorter_side, labels, **limits)


def shrunk(image, shorter_side):
    """An image whose shorter side is at most so long, averaged over areas; 0: as it is."""
    height, width = image.shape[:2]
    factor = shorter_side / min(height, width)
    if not shorter_side or factor >= 1:
        return np.ascontiguousarray(image)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
