"""Features of all photographs of a folder, as rows of one array on disk."""

import dataclasses
import functools
import shutil
from pathlib import Path

import numpy as np
import tensorflow as tf
import tqdm

from tfgen.data.photos import CentralCrops, WholePhotos, open_photos
from tfgen.errors import InputError
from tfgen.features.by_name import FEATURES, find_feature
from tfgen.files import replacing
from tfgen.folders import make
from tfgen.image_files.reading import MAX_MEGAPIXELS
from tfgen.pixels import as_float32
from tfgen.rendering.processes import Died, in_processes

_AT_A_TIME = 256  # photographs a task
_BATCH = 32


@dataclasses.dataclass(frozen=True)
class Extraction:
    """What is extracted from what.

    Attributes:
      photos, data_dir, photo_size, max_megapixels: as the flags of these names.
      image_size: height and width of the middle squares that are described.
      feature: a name of `features.by_name.FEATURES`, or FILE.py:FUNCTION.
    """

    photos: str
    data_dir: str
    photo_size: int
    image_size: int
    feature: str
    max_megapixels: float = MAX_MEGAPIXELS

    def extractor(self):
        """The `features.extractor.Extractor`; InputError if there is none."""
        if self.feature.endswith(".npy"):
            raise InputError(f"`feature`={self.feature} has been extracted: give what computes it.")
        extractor = find_feature(self.feature, self.image_size)
        if extractor is None:
            raise InputError(
                f"`feature`={self.feature} is not known: give one of {', '.join(FEATURES)}, or "
                "FILE.py:FUNCTION. Layers of networks are computed while training."
            )
        return extractor

    def crops(self):
        """The photographs' middle squares."""
        photos = open_photos(
            *(self.photos, self.data_dir, self.photo_size), max_megapixels=self.max_megapixels
        )
        return WholePhotos(CentralCrops(photos, self.image_size))


@dataclasses.dataclass(frozen=True)
class _Part:
    extraction: Extraction
    first: int
    last: int
    path: str


@functools.lru_cache(maxsize=1)
def _opened(extraction):
    """(crops, function of a batch of them), once a process."""
    extract = extraction.extractor()
    function = tf.function(extract, autograph=False) if extract.in_graph else extract
    return extraction.crops(), function


def _extract(part):
    """Writes the rows of a part, unless they are there already; what was left out on the way."""
    path = Path(part.path)
    if path.exists():
        return {}
    crops, extract = _opened(part.extraction)
    rows = []
    for first in range(part.first, part.last, _BATCH):
        numbers = range(first, min(first + _BATCH, part.last))
        images = as_float32([crops[i]["image"] for i in numbers])
        rows.append(np.asarray(extract(tf.constant(images)), np.float32))
    with replacing(path) as written, written.open("wb") as file:
        np.save(file, np.concatenate(rows))
    return crops.left_out.reasons


def extract(extraction, out, processes=0, beam=None):
    """Extracts the features of all photographs; started again, it goes on where it was stopped.

    Args:
      extraction: Extraction.
      out: .npy file to write: [n, …] float32, by the photographs' sorted paths.
      processes: that work; 0 for one a core.
      beam: `data.drawings.beam.Beam`, to work on Apache Beam, whose workers see the
        same files; or None.

    Returns:
      (shape of the array, `image_files.finding.LeftOut` of the photographs).

    Raises:
      InputError: a photograph or the feature cannot be used, or the file cannot be written.
    """
    crops = extraction.crops()
    shape = (len(crops), *extraction.extractor().feature_shape)
    out = Path(out)
    parts_dir = out.with_name(f"{out.stem}.parts")
    make(parts_dir)
    parts = [
        _Part(extraction, first, min(first + _AT_A_TIME, shape[0]), f"{parts_dir}/{first:09}.npy")
        for first in range(0, shape[0], _AT_A_TIME)
    ]
    if beam:
        beam.for_each(_extract, parts)
    else:
        crops.left_out.reasons.update(_extract_here(parts, processes, shape[0]))
    # Written one after another: on a full disk, a file that is mapped into memory ends the process.
    with replacing(out) as whole, whole.open("wb") as file:
        head = {"descr": np.lib.format.dtype_to_descr(np.dtype(np.float32)), "shape": shape}
        np.lib.format.write_array_header_1_0(file, head | {"fortran_order": False})
        for part in parts:
            file.write(np.ascontiguousarray(np.load(part.path), np.float32).data)
    shutil.rmtree(parts_dir)
    return shape, crops.left_out


def _extract_here(parts, processes, photos):
    reasons = {}
    with tqdm.tqdm(total=photos, unit="photo", desc="extracting") as bar:
        for part, result in in_processes(_extract, parts, processes):
            if isinstance(result, Died):
                raise InputError(
                    f"a process died at photographs {part.first} to {part.last - 1}: start again, "
                    "with fewer `processes`."
                )
            reasons |= result
            bar.update(part.last - part.first)
    return reasons
