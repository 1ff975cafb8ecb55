"""Any representation behind one interface: images in, features out, by a function."""

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError, one_line
from tfgen.features.contract import FeatureExtractor


class Extractor(FeatureExtractor):
    """A function of images, and the shape of what it gives.

    Args:
      feature: its name, for messages.
      function: of images [b, s, s, 3] float32 in [0, 1] to features [b, …].
      image_size: height and width of the images it will see.
      in_graph: whether it takes and gives tensors; otherwise NumPy arrays.
      variables: that the function reads.
      mixes_units: whether its channels are of different units.

    Call: images to features, [b, *feature_shape] float32, as tensors.

    Attributes:
      feature_shape: of one image's features.

    Raises:
      InputError: the function fails, or its result is no array of finite numbers, a row an image.
    """

    def __init__(
        self, feature, function, image_size, in_graph=False, variables=(), mixes_units=False
    ):
        self.name = feature
        self.in_graph, self.mixes_units = in_graph, mixes_units
        self._function = function
        self._variables = list(variables)
        images = np.random.default_rng(0).random((2, image_size, image_size, 3), np.float32)
        try:
            features = np.asarray(function(tf.constant(images) if in_graph else images), np.float32)
        except Exception as error:  # whatever a user's function raises
            raise InputError(
                f"`feature`={feature} fails at `image_size`={image_size}: {type(error).__name__}: "
                f"{one_line(error)}"
            ) from None
        if features.ndim < 2 or len(features) != len(images) or not np.isfinite(features).all():
            raise InputError(
                f"`feature`={feature} gives {features.shape} for {len(images)} images: give a "
                "finite row an image."
            )
        self.feature_shape = features.shape[1:]

    @property
    def variables(self):
        """Those that its function reads."""
        return self._variables

    def __call__(self, images):
        """Features of images."""
        if self.in_graph:
            return tf.cast(self._function(images), tf.float32)
        features = tf.numpy_function(
            lambda x: np.asarray(self._function(x), np.float32), [images], tf.float32
        )
        features.set_shape((images.shape[0], *self.feature_shape))
        return features
