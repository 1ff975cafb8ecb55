"""The main job: data, generator, training, and the export of what it learned."""

import dataclasses
from pathlib import Path

import keras
import tensorflow as tf

from tfgen import config
from tfgen.data import datasets, pipeline
from tfgen.data.collection import collect
from tfgen.data.feed import make_feed
from tfgen.data.transforms import TransformRanges
from tfgen.errors import InputError
from tfgen.export.labels import Labels
from tfgen.export.restore import restore_generator
from tfgen.export.saved_model import export_generator
from tfgen.models.catalog import make_generator, spec_of
from tfgen.tasks import check
from tfgen.training import callbacks, distribution
from tfgen.training.checkpoints import Checkpoints
from tfgen.training.evaluation import Scorer
from tfgen.training.generator_trainer import GeneratorTrainer
from tfgen.training.report import Report
from tfgen.training.run_directory import RunDirectory, write_text
from tfgen.training.schedules import HoldThenHalve
from tfgen.training.variational_trainer import VariationalTrainer


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
      step: number of steps trained.
      interrupted: whether a signal ended it early.
      scores: the last epoch's row of metrics.csv.
      export: path of the exported version, or None.
    """

    step: int
    interrupted: bool
    scores: dict
    export: object


def train(settings):
    """Trains a generator, or goes on training it, and exports it.

    Args:
      settings: `config.RunConfig`.

    Returns:
      Outcome.

    Raises:
      InputError: something of what the user gave is wrong.
    """
    schedule = settings.schedule
    spec_of(settings.model, settings.data.image_size)  # mistakes are told before the work
    strategy = _strategy(schedule)
    chief = distribution.is_chief(strategy)
    directory = RunDirectory(schedule.run_dir)
    if chief:
        directory.create(settings)
    collection = _collect(settings, strategy, chief)
    ranges = _transform_ranges(settings)
    feed = make_feed(collection, schedule, ranges)
    labels = Labels.of(collection, ranges)
    trainer = _trainer(settings, len(labels.style_names), strategy)
    checkpoints = Checkpoints(directory.checkpoints, trainer, schedule.keep_checkpoints, chief)
    checkpoints.restore()
    if chief:
        lines = check.describe_data(collection)
        lines += check.describe_network(settings, trainer.generator, strategy, feed.in_memory)
        lines += check.describe_length(schedule, feed.trained_examples, checkpoints.step)
        print("\n".join(lines), flush=True)
        write_text(directory.labels, labels.to_json())
    outcome = _fit(settings, trainer, feed, checkpoints, directory, labels, collection, chief)
    if outcome.interrupted or not chief or not schedule.export_dir:
        return outcome
    return dataclasses.replace(outcome, export=_export(directory, schedule))


def dry_run(settings):
    """Says what a run would find, need and take; renders nothing and leaves nothing behind.

    Args:
      settings: `config.RunConfig`.

    Returns:
      Text.

    Raises:
      InputError: something of what the user gave is wrong.
    """
    schedule, ranges = settings.schedule, _transform_ranges(settings)
    spec_of(settings.model, settings.data.image_size)
    strategy = _strategy(settings.schedule)
    builders = datasets.builders(settings.data)
    if all(builder.is_prepared() for builder in builders):
        collection = collect(builders, settings.holdout)
        lines = check.describe_data(collection)
        feed, styles = make_feed(collection, schedule, ranges), len(collection.style_names)
        batches, trained_examples, in_memory = (
            feed.batches(0),
            feed.trained_examples,
            feed.in_memory,
        )
    else:
        lines, styles, trained_examples = [], 0, 0
        for builder in builders:
            described, models, examples = check.describe_unprepared(builder, settings.holdout)
            lines += described
            styles, trained_examples = styles + models, trained_examples + examples
        in_memory = trained_examples * settings.data.image_size**2 * 4
        stand_ins = check.random_examples(512, settings.data.image_size, styles)
        batches = pipeline.training_batches(
            stand_ins, styles, schedule.batch_size, ranges, schedule.seed
        )
    trainer = _trainer(settings, styles, strategy)
    lines += check.describe_network(settings, trainer.generator, strategy, in_memory)
    lines += check.describe_length(schedule, trained_examples, first_step=0)
    lines += check.measure_steps(trainer, batches, schedule)
    return "\n".join(lines)


def _strategy(schedule):
    strategy = distribution.make_strategy(schedule.replicas)
    replicas = strategy.num_replicas_in_sync
    if schedule.batch_size % replicas:
        raise InputError(
            f"--batch_size={schedule.batch_size} cannot be split over {replicas} replicas: give a "
            f"multiple of {replicas}."
        )
    # This pass fails, loudly, on the gradient of LReLU after a bias: it does nothing here.
    tf.config.optimizer.set_experimental_options({"remapping": False})
    return strategy


def _trainer(settings, num_styles, strategy):
    """The trainer, compiled, its weights those of the seed."""
    seed, model, objective = settings.schedule.seed, settings.model, settings.objective
    keras.utils.set_random_seed(seed)
    precision = distribution.choose_precision(model.precision)
    with strategy.scope():
        generator = make_generator(model, settings.data.image_size, num_styles, precision)
        if model.style_stream == "variational":
            trainer = VariationalTrainer(
                generator, objective.pixel_sigma, objective.lambda_kl, seed
            )
        else:
            lambda_mask = objective.lambda_mask or generator.spec.lambda_mask
            trainer = GeneratorTrainer(generator, lambda_mask)
        trainer.compile(_optimizer(settings.optimizer), settings.schedule.steps_per_execution)
    return trainer


def _collect(settings, strategy, chief):
    """The chief prepares what is missing; the other hosts then find it ready."""
    if not chief:
        distribution.wait_for_all(strategy)
    builders = datasets.prepare(settings.data)
    if chief:
        distribution.wait_for_all(strategy)
    return collect(builders, settings.holdout)


def _transform_ranges(settings):
    strength = settings.objective.transform_strength
    return TransformRanges.of_strength(strength) if strength else None


def _optimizer(settings):
    rate = HoldThenHalve(settings.learning_rate, settings.hold_steps, settings.halve_every)
    return keras.optimizers.Adam(
        rate, beta_1=settings.beta_1, beta_2=settings.beta_2, epsilon=settings.epsilon
    )


def _fit(settings, trainer, feed, checkpoints, directory, labels, collection, chief):
    schedule = settings.schedule
    num_styles = len(labels.style_names)
    scorers = {
        name: Scorer(trainer, examples, num_styles, schedule.batch_size)
        for name, examples in feed.evaluated.items()
    }
    interrupt = callbacks.SaveOnInterrupt(checkpoints)
    progress = callbacks.Progress(checkpoints.step, schedule.steps, shown=chief)
    report = Report(
        directory,
        scorers,
        labels,
        collection.held_out_azimuths,
        step=lambda: checkpoints.step,
        settings=_flat(settings),
        chief=chief,
    )
    # The report comes before the checkpoint: whatever a kill undoes is then reported again.
    chain = [
        callbacks.StopOnNonFinite(checkpoints),
        interrupt,
        progress,
        report,
        callbacks.SaveEachEpoch(checkpoints),
    ]
    if schedule.profile and chief:
        chain.append(callbacks.Profile(directory.logs, schedule.profile))
    with interrupt, progress, report:
        for first, last, steps in _segments(
            checkpoints.step, schedule.steps, schedule.steps_per_epoch
        ):
            trainer.fit(
                feed.batches(checkpoints.step),
                initial_epoch=first,
                epochs=last,
                steps_per_epoch=steps,
                callbacks=chain,
                verbose=0,
                shuffle=False,
            )
            if interrupt.interrupted:
                break
    return Outcome(checkpoints.step, interrupt.interrupted, report.scores, None)


def _segments(step, total, per_epoch):
    """Calls of `fit`: (first epoch, epoch to end before, steps an epoch).

    Whole epochs go into one call; what an interruption left of an epoch, or a last one that is
    shorter, into a call of its own.
    """
    while step < total:
        epoch, done = divmod(step, per_epoch)
        whole = (total - step) // per_epoch
        if done or not whole:
            steps = min(per_epoch - done, total - step)
            yield epoch, epoch + 1, steps
            step += steps
        else:
            yield epoch, epoch + whole, per_epoch
            step += whole * per_epoch


def _flat(settings):
    """All settings in one dict, for TensorBoard's hparams."""
    flat = {}
    for part in config.PARTS:
        for name, value in dataclasses.asdict(getattr(settings, part)).items():
            flat[name] = value if isinstance(value, (int, float, str)) else str(value)
    return flat


def _export(directory, schedule):
    """Exports the newest checkpoint, unless that has been done; returns the path."""
    checkpoint = tf.train.latest_checkpoint(str(directory.checkpoints))
    if directory.export.is_file():
        of_checkpoint, path = directory.export.read_text(encoding="utf-8").splitlines()
        if of_checkpoint == checkpoint and Path(path).is_dir():
            return Path(path)
    generator, labels = restore_generator(directory.path)
    name = schedule.export_name or directory.path.name
    path = export_generator(generator, labels, schedule.export_dir, name)
    write_text(directory.export, f"{checkpoint}\n{path}\n")
    return path
