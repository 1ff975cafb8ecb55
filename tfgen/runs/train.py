"""The loop around every task: data, training, checkpoints, reports, the export at the end."""

import dataclasses

from tfgen import stack
from tfgen.config import registry
from tfgen.errors import InputError, renamed
from tfgen.files import write_text
from tfgen.folders import make
from tfgen.runs import check
from tfgen.runs.export import export
from tfgen.runs.failures import told
from tfgen.runs.start import start_from
from tfgen.training import callbacks, checkpoint_files, distribution
from tfgen.training.checkpoints import Checkpoints
from tfgen.training.run_directory import RunDirectory
from tfgen.training.run_report import Report


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
      settings: `config.run.Settings` of a task.

    Returns:
      Outcome.

    Raises:
      InputError: something of what the user gave is wrong.
    """
    devices = _devices(settings.schedule)
    directory = RunDirectory(settings.schedule.run_dir)
    if not devices.chief:
        return _train(settings, devices, directory, None)
    with directory.opened(settings) as lock:
        if settings.schedule.export_dir:  # a mistake is told before the work
            make(settings.schedule.export_dir, "export_dir")
        return _train(settings, devices, directory, lock)


def _train(settings, devices, directory, lock):
    """`train` within the run's folder; `lock` is the chief's."""
    schedule = settings.schedule
    task = _task(settings)
    prepared = task.prepare(devices)
    trainer = prepared.trainer
    with devices.chief_first():  # who clears up what was damaged
        checkpoints = Checkpoints(
            *(directory.checkpoints, trainer, schedule.keep_checkpoints, devices.chief),
            saved=directory.note_step,
        )
    lines = [*prepared.lines, check.describe_memory(trainer, devices, prepared.feed)]
    lines += checkpoints.lines
    if not checkpoints.restore() and schedule.init_from:
        with renamed(path="init_from"):
            lines += start_from(schedule.init_from, trainer.networks(), task, prepared.facts)
        trainer.restart_averages()
    if devices.chief:
        lines += directory.describe_losses(checkpoints.step)
        lines += check.describe_length(schedule, prepared.feed.trained_examples, checkpoints.step)
        print("\n".join(lines), flush=True)
        # Only now: a mistake that is told before leaves a folder in which it can be mended.
        directory.begin(settings, prepared.facts, checkpoints.step)
    outcome = _fit(settings, prepared, checkpoints, directory, lock)
    if devices.chief and (closing := prepared.closing()):
        print("\n".join(closing), flush=True)
    if outcome.interrupted or not devices.chief or not schedule.export_dir:
        return outcome
    return dataclasses.replace(outcome, export=_export(directory, schedule))


def dry_run(settings):
    """Says what a run would find, need and take; renders nothing and leaves nothing behind.

    Args:
      settings: `config.run.Settings` of a task.

    Returns:
      Text.

    Raises:
      InputError: something of what the user gave is wrong.
    """
    schedule = settings.schedule
    devices = _devices(schedule)
    prepared = _task(settings).prepare(devices, dry=True)
    trainer, feed = prepared.trainer, prepared.feed
    lines = [*prepared.lines, check.describe_memory(trainer, devices, feed)]
    lines += check.describe_length(schedule, feed.trained_examples, first_step=0)
    lines += check.measure_steps(trainer, feed.batches(0), schedule)
    return "\n".join(lines)


def _task(settings):
    return registry.find(settings.task).task_class()(settings)


def _devices(schedule):
    strategy = distribution.make_strategy(schedule.replicas)
    replicas = strategy.num_replicas_in_sync
    if schedule.batch_size % replicas:
        raise InputError(
            f"`batch_size`={schedule.batch_size} cannot be split over {replicas} replicas: give a "
            f"multiple of {replicas}."
        )
    stack.avoid_remapper()
    return distribution.Devices(strategy, schedule.precision, schedule.seed)


def _fit(settings, prepared, checkpoints, directory, lock):
    """Trains to the end, or to a signal; the chief is who has the run's lock."""
    schedule, trainer, chief = settings.schedule, prepared.trainer, lock is not None
    interrupt = callbacks.SaveOnInterrupt(checkpoints)
    progress = callbacks.Progress(checkpoints.step, schedule.steps, shown=chief)
    report = Report(
        directory,
        prepared.scorers,
        prepared.gallery if chief else None,
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
    if chief:
        chain.insert(0, callbacks.KeepAlone(lock))
    if schedule.profile and chief:
        chain.append(callbacks.Profile(directory.logs, schedule.profile))
    with told(prepared.feed, checkpoints, directory), interrupt, progress, report:
        for first, last, steps in _segments(
            checkpoints.step, schedule.steps, schedule.steps_per_epoch
        ):
            trainer.fit(
                prepared.feed.batches(checkpoints.step),
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
    flat = {"task": settings.task}
    for part in settings.parts():
        for name, value in dataclasses.asdict(getattr(settings, part)).items():
            flat[name] = value if isinstance(value, (int, float, str)) else str(value)
    return flat


def _export(directory, schedule):
    """Exports the newest checkpoint, unless that has been done; returns the path."""
    checkpoint = checkpoint_files.newest(directory.checkpoints)
    if directory.exported(checkpoint):
        return directory.exported(checkpoint)
    path = export(directory.path, schedule.export_dir, schedule.export_name, checkpoint)
    write_text(directory.export, f"{checkpoint}\n{path}\n")
    return path
