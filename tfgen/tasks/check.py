"""The check before training: what was found, what it will cost, and how long it will take."""

import time

import numpy as np

from tfgen.data.examples import Examples
from tfgen.data.holdout import make_holdout

# Steps that are timed for a forecast, after those that trace and warm up.
_WARM_UP_CALLS = 2
_TIMED_CALLS = 3


def describe_data(collection):
    """What the data is: a line a data set, and one for each model that was left out."""
    lines = []
    for member in collection.members:
        metadata = member.builder.info.metadata
        azimuths, elevations = metadata["azimuths"], metadata["elevations"]
        views = len(azimuths) * len(elevations)
        count = len(member.style_names)
        lines.append(
            f"{member.builder.info.full_name}: {count} models x {views} views "
            f"({len(azimuths)} azimuths, elevations {', '.join(f'{e:g}' for e in elevations)}), "
            f"{collection.image_size} px, {member.holdout.describe()}"
        )
        missing = count * views - member.num_examples
        if missing:
            lines.append(f"  {missing} views are missing")
        lines += _describe_skipped(dict(metadata["skipped"]))
    return lines


def _describe_skipped(skipped):
    if not skipped:
        return []
    lines = [f"  left out: {len(skipped)}"]
    lines += [f"    {name}: {reason}" for name, reason in list(skipped.items())[:10]]
    if len(skipped) > 10:
        lines.append(f"    … and {len(skipped) - 10} more")
    return lines


def describe_unprepared(builder, holdout_config):
    """What a data set will be that has not been rendered yet.

    Args:
      builder: `data.turntable_builder.TurntableBuilder`.
      holdout_config: `config.HoldoutConfig`.

    Returns:
      (lines of text, number of styles, number of examples that will be trained on)
    """
    models, skipped = builder.survey()
    turntable = builder.builder_config.turntable
    angles = turntable.azimuths, turntable.elevations
    held = make_holdout(holdout_config, len(models), *angles, models[0].category)
    lines = [
        f"{builder.builder_config.name}, to be rendered: {len(models)} models x "
        f"{len(turntable.views)} views, {turntable.image_size} px, {held.describe()}",
        *_describe_skipped(skipped),
    ]
    return lines, len(models), int((~held.table).sum())


def describe_memory(parameters, replicas, in_memory):
    """A line on the memory that a network and its data take at least.

    Args:
      parameters: number of trained ones.
      replicas: number of replicas.
      in_memory: bytes of decoded data, 0 if it streams from disk.
    """
    # Weights, gradients and both of Adam's moments, in float32.
    weights = 16 * parameters
    decoded = f"data {in_memory / 2**30:.2f} GiB" if in_memory else "data streamed from disk"
    return (
        f"memory: weights and optimizer {weights / 2**30:.2f} GiB on each of {replicas} "
        f"replica{'s' if replicas > 1 else ''}, {decoded}"
    )


def describe_length(schedule, trained_examples, first_step):
    """How much training is to be done."""
    passes = (schedule.steps - first_step) * schedule.batch_size / trained_examples
    start = f", going on at step {first_step}" if first_step else ""
    return [
        f"{schedule.steps} steps of {schedule.batch_size} images ({passes:.1f} passes over "
        f"{trained_examples} training images){start}"
    ]


def measure_steps(trainer, batches, schedule):
    """Trains a few steps, to forecast the run. The trainer is of no use afterwards.

    Args:
      trainer: compiled.
      batches: endless Dataset of training batches.
      schedule: `config.ScheduleConfig`.

    Returns:
      Lines of text.
    """
    per_call = schedule.steps_per_execution

    def fit(calls):
        start = time.perf_counter()
        trainer.fit(batches, epochs=1, steps_per_epoch=calls * per_call, verbose=0, shuffle=False)
        return time.perf_counter() - start

    first = fit(_WARM_UP_CALLS)
    # The start of a fit costs the same for few calls as for many: it cancels out.
    seconds = (fit(2 * _TIMED_CALLS) - fit(_TIMED_CALLS)) / (_TIMED_CALLS * per_call)
    seconds = max(seconds, 1e-9)
    rate = schedule.batch_size / seconds
    return [
        f"first {_WARM_UP_CALLS * per_call} steps {first:.1f} s (tracing included), then "
        f"{seconds * 1e3:.1f} ms a step, {rate:.0f} images/s",
        f"input pipeline alone: {_pipeline_rate(batches, schedule.batch_size):.0f} images/s",
        f"forecast: {_duration(schedule.steps * seconds)} for {schedule.steps} steps, without "
        "evaluation and pictures",
    ]


def _pipeline_rate(batches, batch_size, count=20):
    iterator = iter(batches.take(count + 5))
    for _ in range(5):  # what was prefetched before the clock
        next(iterator)
    start = time.perf_counter()
    for _ in iterator:
        pass
    return count * batch_size / (time.perf_counter() - start)


def _duration(seconds):
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    shown = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(shown[:2]) or "0 s"


def random_examples(count, image_size, num_styles):
    """Examples to time steps with, before the real ones have been rendered."""
    rng = np.random.default_rng(0)
    masks = rng.integers(0, 256, (count, image_size, image_size, 1), np.uint8)
    return Examples(
        images=np.repeat(masks, 3, axis=-1),
        masks=masks,
        styles=rng.integers(0, num_styles, count),
        azimuths=rng.uniform(0, 360, count).astype(np.float32),
        elevations=rng.uniform(0, 40, count).astype(np.float32),
        held_out=np.zeros(count, bool),
    )
