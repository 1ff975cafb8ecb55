"""Photographs by number: folders of files, or a data set of TFDS.

Each is a dict: image [h, w, 3] uint8 RGB, of its own size; label, the number of its class; number.
All have `labels` [n] int64, `class_names`, and `nbytes`, the bytes of what is decoded in memory.
"""

from pathlib import Path

import cv2
import numpy as np
import tqdm

from tfgen.data import photo_labels
from tfgen.errors import InputError, one_line

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
_TFDS = "tfds:"


class FolderPhotos:
    """The photographs of one folder or more, each sorted by path.

    Args:
      folders: paths.
      shorter_side: to which larger photos are shrunk; 0: as they are.
      labels: what their classes are: see `photo_labels.class_names`.

    Attributes:
      labels: [n] int64, number of each photo's class.
      class_names: of the classes.

    Raises:
      InputError: there is no such folder, or no picture in it, or no label for one.
    """

    nbytes = 0

    def __init__(self, folders, shorter_side=0, labels="folders"):
        self._files, names = [], []
        for folder in folders:
            root = Path(folder)
            if not root.is_dir():
                raise InputError(f"`photos`={folder} is no folder: give one of JPEG or PNG files.")
            files = sorted(p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES)
            if not files:
                raise InputError(f"`photos`={folder} holds no picture ({', '.join(SUFFIXES)}).")
            self._files += files
            names += photo_labels.class_names(files, root, labels, several=len(folders) > 1)
        self._shorter_side = shorter_side
        self.class_names = sorted(set(names))
        numbers = {name: number for number, name in enumerate(self.class_names)}
        self.labels = np.array([numbers[name] for name in names], np.int64)

    def __len__(self):
        return len(self._files)

    def __getitem__(self, i):
        """One photograph; InputError if the file cannot be read."""
        pixels = cv2.imread(str(self._files[i]), cv2.IMREAD_COLOR)
        if pixels is None:
            raise InputError(f"{self._files[i]} is no picture that can be read: remove it.")
        image = shrunk(pixels[..., ::-1], self._shorter_side)
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
    """Photographs, decoded once."""

    def __init__(self, photos):
        numbers = tqdm.trange(len(photos), desc="reading", unit="photo", leave=False)
        self._examples = [photos[i] for i in numbers]
        self.labels = photos.labels
        self.class_names = photos.class_names

    def __len__(self):
        return len(self._examples)

    def __getitem__(self, i):
        """One photograph."""
        return self._examples[i]

    @property
    def nbytes(self):
        """Bytes that the images take."""
        return sum(example["image"].nbytes for example in self._examples)


class SomePhotos:
    """Some photographs of others."""

    def __init__(self, photos, numbers):
        self._photos = photos
        self._numbers = np.asarray(numbers)
        self.class_names = photos.class_names

    def __len__(self):
        return len(self._numbers)

    def __getitem__(self, i):
        """One photograph, with the number that it has among the others."""
        return self._photos[int(self._numbers[i])]

    @property
    def nbytes(self):
        """Bytes of what is decoded in memory, of all photographs together."""
        return self._photos.nbytes

    @property
    def labels(self):
        """[n] int64, number of each photo's class."""
        return self._photos.labels[self._numbers]


class CentralCrops:
    """The middle square of each photograph, resized to one size.

    Args:
      photos: any of the above.
      size: height and width.
    """

    def __init__(self, photos, size):
        self._photos = photos
        self._size = size
        self.class_names = photos.class_names

    def __len__(self):
        return len(self._photos)

    def __getitem__(self, i):
        """One photograph, its image [size, size, 3]."""
        example = self._photos[i]
        return example | {"image": central_square(example["image"], self._size)}

    @property
    def nbytes(self):
        """Bytes of what is decoded in memory, of all photographs together."""
        return self._photos.nbytes

    @property
    def labels(self):
        """[n] int64, number of each photo's class."""
        return self._photos.labels


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


def open_photos(photos, data_dir="data", shorter_side=0, labels="folders"):
    """The photographs of a folder, of several, or of a TFDS data set.

    Args:
      photos: a folder, several joined by commas, or tfds:NAME/SPLIT.
      data_dir: of prepared TFDS data sets.
      shorter_side: to which larger photos are shrunk; 0: as they are.
      labels: as `FolderPhotos` takes it.

    Raises:
      InputError: there are none.
    """
    if photos.startswith(_TFDS):
        return TfdsPhotos(photos.removeprefix(_TFDS), data_dir, shorter_side)
    # A folder may have a comma in its name.
    folders = [photos] if Path(photos).is_dir() else photos.split(",")
    return FolderPhotos([folder.strip() for folder in folders], shorter_side, labels)


def shrunk(image, shorter_side):
    """An image whose shorter side is at most so long, averaged over areas; 0: as it is."""
    height, width = image.shape[:2]
    factor = shorter_side / min(height, width)
    if not shorter_side or factor >= 1:
        return np.ascontiguousarray(image)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
