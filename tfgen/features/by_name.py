"""All features by name; a new one is a function and a row here.

Without touching this file: mine.py:function, array.npy, network.keras:layer,
saved_model:signature:output, network.tflite or network.onnx.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from tfgen.errors import InputError, renamed
from tfgen.features.cells import gray
from tfgen.features.contract import FeatureExtractor
from tfgen.features.extractor import Extractor
from tfgen.features.hog import hog
from tfgen.features.interpreted_networks import interpreted
from tfgen.features.lbp import lbp
from tfgen.features.own_functions import in_graph, load_function
from tfgen.features.own_networks import KERAS_FILES, keras_layer, saved_model
from tfgen.features.sift import sift
from tfgen.features.stored import stored_features


@dataclasses.dataclass(frozen=True)
class Feature:
    """How images become features.

    Attributes:
      function: of images [b, s, s, 3] float32 in [0, 1] to features [b, …].
      in_graph: whether it is made of TensorFlow's operations; otherwise of NumPy's.
      cell: pixels of a cell along each side.
      mixes_units: whether its channels are of different units.
    """

    function: Callable
    in_graph: bool
    cell: int
    mixes_units: bool = False


# The three that the paper inverts, VLFeat's defaults (supplement, "Shallow features details").
FEATURES = {
    "hog": Feature(lambda images: hog(gray(images)), in_graph=True, cell=8),
    "lbp": Feature(lambda images: lbp(gray(images)), in_graph=True, cell=16),
    # Of gradients, pixels, sines and logarithms.
    "sift": Feature(
        lambda images: sift(gray(images).numpy()), in_graph=False, cell=4, mixes_units=True
    ),
}


def find_feature(feature, image_size):
    """What computes a feature, or holds it.

    Args:
      feature: a name in FEATURES; "FILE.py:FUNCTION", of NumPy's arrays or TensorFlow's tensors;
        "FILE.npy", rows of photographs; "FILE.keras:LAYER", "DIR:SIGNATURE:OUTPUT",
        "FILE.tflite[:OUTPUT]" or "FILE.onnx[:OUTPUT]", of a network of any making.
      image_size: height and width of the images.

    Returns:
      Extractor, or None if `feature` has none of these forms.

    Raises:
      InputError: it has, and cannot be used.
    """
    if feature in FEATURES:
        row = FEATURES[feature]
        return Extractor(
            feature, row.function, image_size, row.in_graph, mixes_units=row.mixes_units
        )
    path, _, name = feature.rpartition(":")
    folder, *named = feature.rsplit(":", 2)
    graph = function = None  # one of both: of tensors, with its variables, or of arrays
    if path.endswith(".py"):
        function = load_function(path, name)
        graph = in_graph(function, image_size)
    elif path.endswith(KERAS_FILES):
        graph = keras_layer(path, name)
    elif len(named) == 2 and (Path(folder) / "saved_model.pb").is_file():
        graph = saved_model(folder, *named)
    else:
        function = interpreted(feature)
    if graph:
        return Extractor(feature, graph[0], image_size, in_graph=True, variables=graph[1])
    if function:
        return Extractor(feature, function, image_size)
    if feature.endswith((".npy", ".npz")):  # archives are refused by name
        with renamed(path="feature"):
            return StoredRows(feature, stored_features(feature).shape[1:])
    return None


class StoredRows(FeatureExtractor):
    """Features that lie on disk: found by a photograph's number, not computed of any image.

    Args:
      path: of the array.
      feature_shape: of a row.
    """

    in_graph = False

    def __init__(self, path, feature_shape):
        self._path = path
        self.feature_shape = tuple(feature_shape)

    def __call__(self, images):
        """Raises InputError: there is nothing to compute."""
        raise InputError(
            f"{self._path} has features of the photographs it was made of alone: give "
            "features to invert, or what computes them."
        )
