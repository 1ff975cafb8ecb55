"""Generators from features: the image that features are of."""

import tensorflow as tf

from tfgen.networks.image_size import fitted
from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.photo_model import PhotoModel
from tfgen.networks.value_range import to_images


class Inverter(PhotoModel):
    """A generator that draws the image that features are of.

    Dosovitskiy and Brox, "Inverting Visual Representations", equation (3), and DeePSiM, section
    4.3; or, with the features' network trained along, the autoencoder that is its upper bound
    (section 5.2 of the former).

    Args:
      extract: `features.contract.FeatureExtractor`.
      generator: `networks.spec.NetworkSpec`.
      feature_shape: of one image's features.
      image_size: height and width of the images.
      dtype: precision.
      finetune: whether the features' network is trained too; `extract` is a Comparator then.

    Call: image [b, s, s, 3] float32 in [0, 1], and its features [b, …] where they have been
    extracted, to a dict: image [b, s, s, 3] float32, linear; features, divided by their scale.

    Attributes:
      feature_scale: a weight that is not trained, one, or one a channel where these are of
        different units: features are divided by it before they enter the generator. 1 until
        `fit_scale` sets it.
    """

    def __init__(
        self,
        extract,
        generator,
        feature_shape,
        image_size,
        dtype="float32",
        finetune=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._extract = (extract,)  # in a tuple of a function: not tracked, not trained
        self.image_size = image_size
        self.feature_shape = tuple(feature_shape)
        self.precision = dtype
        self.finetune = finetune
        if finetune:
            self.encoder = extract.network
        self.feature_scale = self.add_weight(
            name="feature_scale",
            shape=self.feature_shape[-1:] if extract.mixes_units else (),
            initializer="ones",
            trainable=False,
        )
        self.generator = LayeredNetwork(generator, feature_shape, dtype, name="generator")
        self.built = True

    def fit_scale(self, features):
        """Sets the scale to the root mean square of some features [n, …], or of each channel."""
        axes = tf.range(tf.rank(features) - len(self.feature_scale.shape))
        mean_square = tf.reduce_mean(tf.square(features), axis=axes)
        self.feature_scale.assign(tf.maximum(tf.sqrt(mean_square), 1e-12))

    def all_variables(self):
        """What its functions read, those of the features' network included."""
        return [*self.variables, *([] if self.finetune else self._extract[0].variables)]

    def extract(self, image):
        """Features of images."""
        return self._extract[0](image)

    @property
    def extracts_in_graph(self):
        """Whether features are TensorFlow's doing, so that they can be exported."""
        return self._extract[0].in_graph

    def invert(self, features):
        """Images [b, s, s, 3] of features."""
        scale = tf.convert_to_tensor(self.feature_scale)
        drawn = to_images(self.generator(features / scale), self.generator.spec.image_range)
        return fitted(drawn, self.image_size)

    def call(self, image, features=None, noise=None):
        """Extracts, unless that has been done, and inverts."""
        del noise
        if features is None:
            features = self.extract(image)
        if not self.finetune:
            features = tf.stop_gradient(features)
        scaled = features / tf.convert_to_tensor(self.feature_scale)
        return {"image": self.invert(features), "features": scaled}
