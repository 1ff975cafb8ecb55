"""Training what draws photographs by DeePSiM's losses: what autoencoders and inverters share."""

import tensorflow as tf

from tfgen.errors import InputError, renamed
from tfgen.papers.comparators.opening import comparator_from
from tfgen.papers.deepsim.discriminator import Discriminator
from tfgen.papers.deepsim.tables import discriminator_spec
from tfgen.papers.deepsim.trainer import DeepSimTrainer
from tfgen.pixels import from_uint8
from tfgen.runs.check import describe_photographs
from tfgen.runs.task import Prepared
from tfgen.training.evaluation import example_scorer
from tfgen.training.reconstruction_gallery import ReconstructionGallery

_SCALED_BY = 64  # photographs, to find the length of features


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
        with renamed(weights="comparator_weights"):
            compare = comparator_from(
                weights.comparator, weights.comparator_weights, size, precision
            )
        if weights.relative_features:
            compare = relative(compare, some_images(examples))
    if weights.lambda_adv:
        conditioned = model.feature_shape is not None
        spec = discriminator_spec(size, conditioned).narrowed(settings.model.width)
        discriminator = Discriminator(spec, size, model.feature_shape, precision)
    trainer = DeepSimTrainer(
        model, weights, compare, discriminator, lambda_kl, settings.schedule.seed
    )
    return task.compile(trainer, discriminator=task.adam(weights.discriminator_rate))


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


def relative(compare, images):
    """A comparator whose features have a mean squared length of one over some images."""
    features = compare(images)
    axes = tuple(range(1, features.shape.rank))
    length = tf.sqrt(tf.reduce_mean(tf.reduce_sum(tf.square(features), axis=axes))).numpy()
    return lambda images: compare(images) / length


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
