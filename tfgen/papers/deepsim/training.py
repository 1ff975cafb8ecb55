"""Training what draws photographs by DeePSiM's losses: what autoencoders and inverters share."""

import math

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError, renamed
from tfgen.papers.comparators.opening import check_gradient, extractor_from
from tfgen.papers.deepsim.discriminator import Discriminator
from tfgen.papers.deepsim.tables import discriminator_spec
from tfgen.papers.deepsim.trainer import DeepSimTrainer
from tfgen.pixels import from_uint8
from tfgen.runs.check import describe_photographs
from tfgen.runs.task import Prepared
from tfgen.training.evaluation import example_scorer
from tfgen.training.reconstruction_gallery import ReconstructionGallery

_SCALED_BY = 64  # photographs, to find how features vary
_LEAST_DEVIATION = 0.1  # of a channel, as a share of the usual one's


def check_losses(weights):
    """Raises InputError unless the weights of the losses make one; `PerceptualConfig`."""
    if weights.lambda_feat and not weights.comparator:
        raise InputError("`lambda_feat` needs `comparator`: give NAME:LAYER.")
    if not (weights.lambda_img or weights.lambda_feat):
        raise InputError("`lambda_img` and `lambda_feat` are both 0: give one of them.")


def some_images(examples):
    """The first images of `data.source.Columns`, [n, s, s, 3] float32 in [0, 1]."""
    return from_uint8(examples.columns["image"][:_SCALED_BY])


def deepsim_trainer(task, model, examples, lambda_kl=0.0):
    """The trainer of a model, compiled; its comparator is loaded, its discriminator built.

    Args:
      task: `runs.task.Task`, whose settings have a `PerceptualConfig` as `perceptual`.
      model: `networks.photo_model.PhotoModel`.
      examples: `data.source.Columns`, by which features are scaled.
      lambda_kl: weight of a variational model's divergence.
    """
    settings, weights = task.settings, task.settings.perceptual
    size, precision = settings.data.image_size, model.precision
    compare = discriminator = None
    if weights.comparator:
        name, seen_size = weights.comparator, size * weights.comparator_scale
        with renamed(feature="comparator", weights="comparator_weights"):
            compare = extractor_from(name, weights.comparator_weights, seen_size, precision)
            check_gradient(compare, name, seen_size)
        if weights.comparator_scale > 1:
            compare = enlarging(compare, seen_size)
        if weights.relative_features:
            compare = relative(compare, some_images(examples))
    if weights.lambda_adv:
        conditioned = model.feature_shape is not None
        spec = discriminator_spec(size, conditioned).narrowed(settings.model.width)
        discriminator = Discriminator(spec, size, model.feature_shape, precision)
    trainer = DeepSimTrainer(
        model, weights, compare, discriminator, lambda_kl, settings.schedule.seed
    )
    constant = weights.discriminator_schedule == "constant"
    return task.compile(trainer, discriminator=task.adam(weights.discriminator_rate, constant))


def prepared(task, model, feed, trainer, photographs, scored):
    """The `runs.task.Prepared` of a model of photographs.

    Args:
      task, model, trainer: as of `deepsim_trainer`.
      feed: `data.feed.Feed`.
      photographs: `data.crops.Photographs`.
      scored: "training" and "held_out" -> `data.source.Columns`.
    """
    data, batch_size = task.settings.data, task.settings.schedule.batch_size
    scorers = {
        split: example_scorer(trainer, examples, batch_size) for split, examples in scored.items()
    }
    lines = [*describe_photographs(data, photographs), describe_model(task.settings, model)]
    gallery = ReconstructionGallery(model, scored)
    return Prepared(feed, trainer, scorers, gallery, {}, lines, photographs.lines_left_out)


def enlarging(compare, size):
    """A comparator of images that are enlarged to a size first, by bilinear interpolation.

    Networks were trained on objects of hundreds of pixels: in small images, as they are, an edge is
    of the size of a texture to them.
    """
    return lambda images: compare(tf.image.resize(images, (size, size)))


def relative(compare, images):
    """A comparator whose features are centred and scaled by channel over some images.

    Their mean squared length is one. A channel that hardly varies over the images stays small.
    """
    features = compare(images)
    places = tuple(range(features.shape.rank - 1))
    mean, variance = (x.numpy() for x in tf.nn.moments(features, places))
    deviation = np.sqrt(variance)
    varying = deviation[deviation > 0]
    floor = _LEAST_DEVIATION * np.median(varying) if varying.size else 1.0
    scale = np.maximum(deviation, floor) * math.sqrt(math.prod(features.shape[1:]))
    return lambda images: (compare(images) - mean) / scale


def describe_model(settings, model):
    """A line on architecture, parameters, losses."""
    weights = settings.perceptual
    terms = [f"{weights.lambda_img:g} x {weights.image_loss} image loss"]
    if weights.lambda_feat:
        terms.append(f"{weights.lambda_feat:g} x feature loss in {weights.comparator}")
    if weights.lambda_adv:
        terms.append(f"{weights.lambda_adv:g} x adversarial loss")
    return (
        f"{settings.model.architecture}: {model.count_params() / 1e6:.2f}M parameters, "
        f"{model.precision}, {' + '.join(terms)}"
    )
