"""Linear classification by codes (DeePSiM, Table 4)."""

import cv2
import numpy as np

_CLASSES = 50
_EACH = 16
_FOLDS = 10


def crops_of_scenes(photos, size, seed):
    """Crops and classes to train a classifier and to test it.

    Photographs with labels are divided into two halves, and classified by their labels, as the
    paper does with STL-10. Where there are none, the class is the photograph that a crop is from:
    training crops come from its left half and test crops from its right one, so none overlap.

    Args:
      photos: `data.photos.FolderPhotos`-like.
      size: of the crops.
      seed: of where they are.

    Returns:
      (training crops [n, s, s, 3] uint8, their classes [n], test crops, their classes).
    """
    rng = np.random.default_rng(seed)
    if len(set(photos.labels.tolist())) > 1:
        order = rng.permutation(len(photos))
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        parts = [[(i, 0.0, 1.0, photos.labels[i]) for i in half] for half in halves]
    else:
        chosen = rng.permutation(len(photos))[:_CLASSES]
        parts = [
            [(i, low, high, c) for c, i in enumerate(chosen) for _ in range(_EACH)]
            for low, high in ((0.0, 0.5), (0.5, 1.0))
        ]
    arrays = []
    for part in parts:
        arrays.append(
            np.stack([_crop(photos[int(i)]["image"], size, a, b, rng) for i, a, b, _ in part])
        )
        arrays.append(np.array([label for *_, label in part]))
    return tuple(arrays)


def _crop(image, size, low, high, rng):
    """A crop between two shares of the width."""
    height, width = image.shape[:2]
    first, last = int(low * width), int(high * width) - size
    left = int(rng.integers(first, max(last, first) + 1))
    left = min(left, width - size)
    top = int(rng.integers(0, height - size + 1))
    return image[top : top + size, left : left + size]


def svm_right(encode, scenes):
    """How often linear support vector machines on codes are right about each test crop.

    Args:
      encode: function of crops [n, s, s, 3] uint8 to codes [n, …].
      scenes: as `crops_of_scenes` returns them.

    Returns:
      [n test crops] the share of machines, each trained on another half of the training crops.
    """
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import LinearSVC

    training, labels, test, wanted = scenes
    scale = StandardScaler()
    codes = scale.fit_transform(encode(training).reshape(len(training), -1))
    unseen = scale.transform(encode(test).reshape(len(test), -1))
    rng = np.random.default_rng(0)
    right = []
    for _ in range(_FOLDS):
        fold = rng.permutation(len(codes))[: max(len(codes) // 2, 2)]
        machine = LinearSVC(C=1e-3, dual="auto", max_iter=2000)
        machine.fit(codes[fold], labels[fold])
        right.append(machine.predict(unseen) == wanted)
    return np.mean(right, axis=0)


def pixels(count):
    """A function of crops to codes that need no network: pixels, so many numbers or a few more.

    Args:
      count: of numbers.
    """
    side = int(np.ceil((count / 3) ** 0.5))

    def encode(crops):
        small = [cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA) for crop in crops]
        return np.stack(small).astype(np.float32)

    return encode


def most_frequent_right(scenes):
    """Whether the training crops' most frequent class is right of each test crop: [n]."""
    _, labels, _, wanted = scenes
    return (wanted == np.bincount(labels).argmax()).astype(float)
