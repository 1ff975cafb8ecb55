"""The loop around every task: data, training, checkpoints, reports, the export at the end."""

import dataclasses
import math
from pathlib import Path

import keras
import tensorflow as tf

from tfgen import catalog, stack
from tfgen.errors import InputError
from tfgen.tasks import check
from tfgen.training import callbacks, distribution
from tfgen.training.checkpoints import Checkpoints
from tfgen.training.report import Report
from tfgen.training.run_directory import RunDirectory, write_text


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
    """Trains what the settings describe, or goes on training it, and exports it.

    Args:
      settings: `config.Settings`.

    Returns:
      Outcome.

    Raises:
      InputError: something of what the user gave is wrong.
    """
    schedule = settings.schedule
    task = catalog.find(settings.task).task_class()(settings)
    strategy = _strategy(schedule)
    chief = distribution.is_chief(strategy)
    directory = RunDirectory(schedule.run_dir)
    if chief:
        directory.create(settings)
    _open_data(task, strategy, chief)
    feed = task.feed()
    trainer = _trainer(task, strategy)
    checkpoints = Checkpoints(directory.checkpoints, trainer, schedule.keep_checkpoints, chief)
    checkpoints.restore()
    if chief:
        lines = [*task.describe_data(), *_describe_network(task, trainer, strategy)]
        lines += check.describe_length(schedule, feed.trained_examples, checkpoints.step)
        print("\n".join(lines), flush=True)
        task.begin(directory)
    outcome = _fit(settings, task, trainer, checkpoints, directory, chief)
    if outcome.interrupted or not chief or not schedule.export_dir:
        return outcome
    return dataclasses.replace(outcome, export=_export(task, directory, schedule))


def dry_run(settings):
    """Says what a run would find, need and take; renders nothing and leaves nothing behind.

    Args:
      settings: `config.Settings`.

    Returns:
      Text.

    Raises:
      InputError: something of what the user gave is wrong.
    """
    schedule = settings.schedule
    task = catalog.find(settings.task).task_class()(settings)
    strategy = _strategy(schedule)
    task.open_data(prepare=False)
    feed = task.feed()
    trainer = _trainer(task, strategy)
    lines = [*task.describe_data(), *_describe_network(task, trainer, strategy)]
    lines += check.describe_length(schedule, feed.trained_examples, first_step=0)
    lines += check.measure_steps(trainer, feed.batches(0), schedule)
    return "\n".join(lines)


def _strategy(schedule):
    strategy = distribution.make_strategy(schedule.replicas)
    replicas = strategy.num_replicas_in_sync
    if schedule.batch_size % replicas:
        raise InputError(
            f"--batch_size={schedule.batch_size} cannot be split over {replicas} replicas: give a "
            f"multiple of {replicas}."
        )
    stack.avoid_remapper()
    return strategy


def _open_data(task, strategy, chief):
    """The chief prepares what is missing; the other hosts then find it ready."""
    if not chief:
        distribution.wait_for_all(strategy)
    task.open_data()
    if chief:
        distribution.wait_for_all(strategy)


def _trainer(task, strategy):
    keras.utils.set_random_seed(task.settings.schedule.seed)
    with strategy.scope():
        return task.trainer()


def _describe_network(task, trainer, strategy):
    parameters = sum(math.prod(weight.shape) for weight in trainer.trained_variables())
    return [
        *task.describe_network(trainer),
        check.describe_memory(parameters, strategy.num_replicas_in_sync, task.feed().in_memory),
    ]


def _fit(settings, task, trainer, checkpoints, directory, chief):
    schedule, feed = settings.schedule, task.feed()
    interrupt = callbacks.SaveOnInterrupt(checkpoints)
    progress = callbacks.Progress(checkpoints.step, schedule.steps, shown=chief)
    report = Report(
        directory,
        task.scorers(trainer),
        task.gallery(trainer) if chief else None,
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
    """All settings as TensorBoard's hparams take them."""
    return {
        name: value if isinstance(value, (int, float, str)) else str(value)
        for name, value in settings.flat().items()
    }


def _export(task, directory, schedule):
    """Exports the newest checkpoint, unless that has been done; returns the path."""
    checkpoint = tf.train.latest_checkpoint(str(directory.checkpoints))
    if directory.export.is_file():
        of_checkpoint, path = directory.export.read_text(encoding="utf-8").splitlines()
        if of_checkpoint == checkpoint and Path(path).is_dir():
            return Path(path)
    name = schedule.export_name or directory.path.name
    path = task.export(directory.path, schedule.export_dir, name)
    write_text(directory.export, f"{checkpoint}\n{path}\n")
    return path
