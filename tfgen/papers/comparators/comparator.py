"""Comparators: images to the features by which they are compared (DeePSiM, section 3.1)."""

import math

import keras
import tensorflow as tf

from tfgen.errors import InputError, one_line
from tfgen.features.contract import FeatureExtractor
from tfgen.networks.layered import LayeredNetwork
from tfgen.papers.comparators.tables import COMPARATORS

_KERAS = "keras."
_RANDOM_SEED = 2016


class Comparator(FeatureExtractor):
    """A layer of a network of `tables`, and what goes before it.

    Args:
      spec: `tables.ComparatorSpec`.
      layer: name of the last row to compute.
      image_size: height and width of the images it will see.
      dtype: precision.
      network: that has been built of the spec up to the layer; None: a new one.

    Call: images [b, s, s, 3] float32 in [0, 1], RGB, to features [b, …] float32.

    Attributes:
      network: `networks.layered.LayeredNetwork`, up to the layer.
      image_size: the same.
      feature_shape: of one image's features.

    Raises:
      InputError: there is no such layer, or the images are too small for it.
    """

    def __init__(self, spec, layer, image_size, dtype="float32", network=None):
        if layer not in spec.network.rows:
            raise InputError(
                f"layer {layer} does not exist: choose one of {', '.join(spec.network.rows)}."
            )
        self.spec = spec
        self.image_size = image_size
        if network is not None:
            self.network = network
            self.feature_shape = network.output_sizes[layer]
            return
        try:
            self.network = LayeredNetwork(
                spec.network.until(layer),
                (image_size, image_size, 3),
                dtype,
                name="comparator",
            )
        except ValueError:
            raise InputError(
                f"layer {layer} needs larger images than `image_size`={image_size}: "
                f"give an earlier layer, or up to {spec.image_size} pixels."
            ) from None
        self.feature_shape = self.network.output_sizes[layer]
        # He's start is for inputs of unit variance, and those of published networks are levels.
        first = self.network.body[0].kernel
        first.assign(tf.convert_to_tensor(first) / spec.levels)

    def draw_weights(self):
        """Draws the weights of a random network: the same ones each time, on every stack."""
        for i, layer in enumerate(self.network.weighted_layers().values()):
            if hasattr(layer, "kernel"):
                inputs = layer.kernel.shape[-1:] if len(layer.kernel.shape) == 2 else None
                kernel = _he(layer.kernel.shape, inputs or layer.kernel.shape[:-1], i)
                layer.kernel.assign(kernel if i else kernel / self.spec.levels)

    @property
    def variables(self):
        """The network's weights."""
        return list(self.network.variables)

    def prepare(self, images):
        """Images as the network wants them: scaled, mean and deviation taken off, RGB or BGR."""
        x = (images * self.spec.scale - tf.constant(self.spec.mean)) / self.spec.deviation
        return x[..., ::-1] if self.spec.bgr else x

    def __call__(self, images):
        """Features of images."""
        return self.network(self.prepare(images))

    def layers(self, images, names):
        """Features of several layers by name."""
        return self.network.named_outputs(self.prepare(images), names)


class KerasComparator(FeatureExtractor):
    """A layer of a network of `keras.applications`.

    Args:
      name: of the network's class, "VGG16".
      layer: name of one of its layers.
      image_size: height and width of the images.
      weights: path of its weights file (.h5), or "random".

    Call, attributes: as Comparator, without `spec`.

    Raises:
      InputError: there is no such network, layer or file, or it does not fit.
    """

    def __init__(self, name, layer, image_size, weights):
        build = getattr(keras.applications, name, None)
        module = _application_module(name)
        if module is None or build is None:
            raise InputError(f"keras.applications has no network {name}: give VGG16 or the like.")
        shape = (image_size, image_size, 3)
        try:
            whole = build(weights=None, include_top=False, input_shape=shape)
            if weights == "random":
                for i, weight in enumerate(whole.trainable_weights):
                    if len(weight.shape) > 1:
                        weight.assign(_he(weight.shape, weight.shape[:-1], i))
            else:
                whole.load_weights(weights)
            self.network = keras.Model(whole.input, whole.get_layer(layer).output)
        except (ValueError, OSError) as error:
            raise InputError(
                f"layer {layer} of {name} cannot be built from `weights`={weights} at "
                f"`image_size`={image_size}: {one_line(error)}"
            ) from None
        self._preprocess = module.preprocess_input
        self.feature_shape = tuple(self.network.output.shape[1:])

    @property
    def variables(self):
        """The network's weights."""
        return list(self.network.variables)

    def __call__(self, images):
        """Features of images."""
        return self.network(self._preprocess(images * 255.0), training=False)


def _he(shape, inputs, number):
    """He's start of a kernel, the same each time: random networks belong to no checkpoint."""
    draw = tf.random.stateless_normal(tuple(shape), (_RANDOM_SEED, number))
    return draw * math.sqrt(2.0 / math.prod(inputs))


def _application_module(name):
    """The module of `keras.applications` that holds a network, for its preprocessing."""
    for module in vars(keras.applications).values():
        if hasattr(module, "preprocess_input") and hasattr(module, name):
            return module
    return None


def parse(comparator):
    """("alexnet", "conv5") of "alexnet:conv5"; InputError for anything else."""
    name, colon, layer = comparator.partition(":")
    if not colon or not (name in COMPARATORS or name.startswith(_KERAS)):
        raise InputError(
            f"`comparator`={comparator} is not known: give NAME:LAYER, NAME one of "
            f"{', '.join(COMPARATORS)}, keras.VGG16 and the like; or a network of your own, as "
            "docs/inverting.md lists them."
        )
    return name, layer


def make_comparator(
    comparator, image_size, weights, load, width=1.0, dtype="float32", classes=None, unit=1.0
):
    """The comparator of a name, with its weights.

    Args:
      comparator: "alexnet:conv5", "keras.VGG16:block3_conv3".
      image_size: of the images.
      weights: path, or "random".
      load: function of a path, a ComparatorSpec and a network, that fills it from the path.
      width: factor on its channels.
      dtype: precision.
      classes: number of them; None for those of the published network.
      unit: by which its inputs are divided, beside what its table says.

    Raises:
      InputError: it is not known, or the weights are missing or do not fit.
    """
    name, layer = parse(comparator)
    if not weights:
        raise InputError(
            "`weights` is missing: give a run that trained a comparator, a file of weights, or "
            "random."
        )
    try:
        if name.startswith(_KERAS):
            return KerasComparator(name.removeprefix(_KERAS), layer, image_size, weights)
        spec = COMPARATORS[name].narrowed(width, classes).in_units_of(unit)
        made = Comparator(spec, layer, image_size, dtype)
    except InputError as error:
        raise InputError(f"`comparator`={comparator}: {error.text}") from None
    if weights == "random":
        made.draw_weights()
    else:
        load(weights, spec, made.network)
    return made
