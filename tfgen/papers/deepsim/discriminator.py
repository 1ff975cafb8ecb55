"""The network that tells real images from generated ones."""

import keras
import tensorflow as tf

from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.value_range import from_images


class Discriminator(keras.Model):
    """Tells real images from generated ones (DeePSiM, Table 1).

    Args:
      spec: `tables.DiscriminatorSpec`.
      image_size: height and width.
      feature_shape: of the features on which it is conditioned, or None.
      dtype: precision.

    Call: images [b, s, s, 3] in [0, 1], features [b, …] or None, and a key [2] int32 of dropout
    (None: none is dropped), to logits [b, 2] float32: real, generated.
    """

    def __init__(self, spec, image_size, feature_shape=None, dtype="float32", **kwargs):
        super().__init__(**kwargs)
        shape = (image_size, image_size, 3)
        self.convolutions = LayeredNetwork(spec.convolutions, shape, dtype, name="convolutions")
        (width,) = self.convolutions.output_sizes["pool"]
        self.of_features = None
        if spec.of_features is not None:
            self.of_features = LayeredNetwork(
                spec.of_features, feature_shape, dtype, name="of_features"
            )
            width += next(reversed(self.of_features.output_sizes.values()))[0]
        self.judgement = LayeredNetwork(spec.judgement, (width,), dtype, name="judgement")
        self.built = True

    def call(self, images, features=None, key=None):
        """Judges images."""
        seen = self.convolutions(from_images(images, self.convolutions.spec.image_range))
        if self.of_features is not None:
            seen = tf.concat([seen, self.of_features(features)], axis=-1)
        return self.judgement(seen, training=key is not None, key=key)
