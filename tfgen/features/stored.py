"""Features that were computed elsewhere, from an array on disk: a row a photograph."""

import numpy as np

from tfgen.errors import InputError


class StoredFeatures:
    """Finds the features of an image by its pixels.

    Args:
      path: of a .npy file, [n, …]: row i belongs to the i-th photograph.
      photos: function without arguments to the photographs [s, s, 3] uint8, in order; called when
        the first image is looked up.

    Call: images [b, s, s, 3] float32 in [0, 1] to features [b, …] float32.

    Raises:
      InputError: there is no such array, or it has other rows than there are photographs; a
        looked-up image is none of them.
    """

    def __init__(self, path, photos):
        try:
            self._rows = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise InputError(f"--feature={path} cannot be read ({error}): give a .npy.") from None
        if self._rows.ndim < 2 or self._rows.dtype.kind not in "fiub":
            raise InputError(
                f"--feature={path} is an array of {self._rows.dtype} {self._rows.shape}: give "
                "numbers, a row a photograph."
            )
        self.feature_shape = self._rows.shape[1:]
        self._path = path
        self._photos = photos
        self._row_of = None

    def __call__(self, images):
        """The rows of some photographs."""
        if self._row_of is None:
            self._row_of = self._index()
        pixels = np.round(255 * np.asarray(images)).astype(np.uint8)
        try:
            rows = [self._row_of[image.tobytes()] for image in pixels]
        except KeyError:
            raise InputError(
                f"--feature={self._path} has no row for an image that is none of --photos."
            ) from None
        return np.float32(self._rows[rows])

    def _index(self):
        photos = self._photos()
        if len(photos) != len(self._rows):
            raise InputError(
                f"--feature={self._path} has {len(self._rows)} rows, and there are {len(photos)} "
                "photographs: give one each, by the photographs' sorted paths."
            )
        return {photos[i].tobytes(): i for i in range(len(photos))}
