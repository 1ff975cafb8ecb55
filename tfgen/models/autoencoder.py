"""Autoencoders, plain and variational, and generators from features: images to images."""

import keras
import tensorflow as tf

from tfgen.models.layered import LayeredNetwork
from tfgen.models.photo_model import PhotoModel
from tfgen.models.value_range import from_images, to_images


class Autoencoder(PhotoModel):
    """An encoder and a decoder (DeePSiM, section 4.1, Table 2).

    Args:
      encoder, decoder: `architectures.spec.NetworkSpec`. A variational encoder gives twice as many
        channels as the decoder takes: the mean and the logarithm of the variance of q(z | x).
      image_size: height and width.
      variational: whether the code is Gaussian (section 4.2).
      dtype: precision, "float32" or "mixed_bfloat16".

    Call: image [b, s, s, 3] float32 in [0, 1] and, for a variational one in training, noise
    [b, *code_shape] to a dict: image [b, s, s, 3] float32, linear; code [b, *code_shape]; and of a
    variational one mean and log_variance, of the code's shape.

    Attributes:
      code_shape: of one code.
    """

    def __init__(self, encoder, decoder, image_size, variational=False, dtype="float32", **kwargs):
        super().__init__(**kwargs)
        self.image_size = image_size
        self.variational = variational
        self.precision = dtype
        self.encoder = LayeredNetwork(encoder, (image_size, image_size, 3), dtype, name="encoder")
        *space, channels = next(reversed(self.encoder.output_sizes.values()))
        self.code_shape = (*space, channels // 2 if variational else channels)
        self.decoder = LayeredNetwork(decoder, self.code_shape, dtype, name="decoder")
        self.built = True

    def encode(self, image):
        """The code of an image; of a variational one (mean, log_variance)."""
        code = self.encoder(from_images(image, self.encoder.spec.image_range))
        return tf.split(code, 2, axis=-1) if self.variational else code

    def decode(self, code):
        """The image of a code, cut to its middle where the decoder's is larger."""
        drawn = to_images(self.decoder(code), self.decoder.spec.image_range)
        return central_crop(drawn, self.image_size)

    def call(self, image, features=None, noise=None):
        """Encodes and decodes; without noise a variational code is its mean."""
        del features
        if not self.variational:
            code = self.encode(image)
            return {"image": self.decode(code), "code": code}
        mean, log_variance = self.encode(image)
        code = mean if noise is None else mean + tf.exp(0.5 * log_variance) * noise
        return {
            "image": self.decode(code),
            "code": code,
            "mean": mean,
            "log_variance": log_variance,
        }


class Inverter(PhotoModel):
    """A generator that draws the image that features are of.

    Dosovitskiy and Brox, "Inverting Visual Representations", equation (3), and DeePSiM, section
    4.3; or, with the features' network trained along, the autoencoder that is its upper bound
    (section 5.2 of the former).

    Args:
      extract: `features.contract.FeatureExtractor`.
      generator: `architectures.spec.NetworkSpec`.
      feature_shape: of one image's features.
      image_size: height and width of the images.
      dtype: precision.
      finetune: whether the features' network is trained too; `extract` is a Comparator then.

    Call: image [b, s, s, 3] float32 in [0, 1], and its features [b, …] where they have been
    extracted, to a dict: image [b, s, s, 3] float32, linear; features, divided by their scale.

    Attributes:
      feature_scale: a weight that is not trained: features are divided by it before they enter the
        generator. 1 until `fit_scale` sets it.
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
            name="feature_scale", shape=(), initializer="ones", trainable=False
        )
        self.generator = LayeredNetwork(generator, feature_shape, dtype, name="generator")
        self.built = True

    def fit_scale(self, features):
        """Sets the scale to the root mean square of some features [n, …]."""
        mean_square = tf.reduce_mean(tf.square(features))
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
        return _fitted(drawn, self.image_size)

    def call(self, image, features=None, noise=None):
        """Extracts, unless that has been done, and inverts."""
        del noise
        if features is None:
            features = self.extract(image)
        if not self.finetune:
            features = tf.stop_gradient(features)
        scaled = features / tf.convert_to_tensor(self.feature_scale)
        return {"image": self.invert(features), "features": scaled}


class Discriminator(keras.Model):
    """Tells real images from generated ones (DeePSiM, Table 1).

    Args:
      spec: `architectures.deepsim.DiscriminatorSpec`.
      image_size: height and width.
      feature_shape: of the features it is told, or None.
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


def _fitted(images, size):
    """Images cut to their middle, or enlarged bilinearly, as the papers do before they compare."""
    if images.shape[1] >= size:
        return central_crop(images, size)
    return tf.image.resize(images, (size, size))


def central_crop(images, size):
    """The middle of images; the one before the middle where it is between two pixels."""
    start = (images.shape[1] - size) // 2
    return images[:, start : start + size, start : start + size]
