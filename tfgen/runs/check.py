"""The check before training: what was found, what it will cost, and how long it will take."""

import math
import time

import numpy as np

from tfgen.data.drawings.examples import Examples
from tfgen.data.drawings.holdout import make_holdout

# Steps that are timed for a forecast, after those that trace and warm up.
_WARM_UP_CALLS = 2
_TIMED_CALLS = 3
_NAMED = 4  # values of a condition that are told one by one


def describe_data(collection):
    """What the data is: a line a data set, and one for each model that was left out."""
    lines = []
    for member in collection.members:
        style, *others = member.builder.conditions
        views, others = len(member.builder.views()), [c for c in others if c.kind != "vector"]
        lines.append(
            f"{member.builder.info.full_name}: {style.size} models x {views} views "
            f"({', '.join(_several(c) for c in others)}), {collection.image_size} px, "
            f"{member.holdout.describe()}"
        )
        missing = style.size * views - member.num_examples
        if missing:
            lines.append(f"  {missing} views are missing")
        lines += [f"  {note}" for note in member.builder.notes()]
        lines += _describe_skipped(dict(member.builder.info.metadata["skipped"]), style.size)
    return lines


def _values(condition):
    return condition.values if condition.kind == "angle" else range(condition.size)


def _several(condition):
    """A condition's values in a few words: "31 azimuths", "elevations 20, 30"."""
    values = _values(condition)
    if condition.kind == "angle" and len(values) <= _NAMED:
        return f"{condition.name}s {', '.join(f'{value:g}' for value in values)}"
    return f"{len(values)} {condition.name}s"


def _describe_skipped(skipped, used):
    if not skipped:
        return []
    lines = [f"  left out: {len(skipped)} of {len(skipped) + used}"]
    lines += [f"    {name}: {reason}" for name, reason in list(skipped.items())[:10]]
    if len(skipped) > 10:
        lines.append(f"    … and {len(skipped) - 10} more")
    return lines


def describe_unprepared(builder, holdout_config):
    """What a data set will be that has not been rendered yet.

    Args:
      builder: `data.drawings.builder.DrawingBuilder`.
      holdout_config: `config.data.HoldoutConfig`.

    Returns:
      (lines of text, its conditions, number of examples that will be trained on)
    """
    models, skipped = builder.survey()
    names, categories = [m.name for m in models], [m.category for m in models]
    conditions = builder.conditions_of(names, categories)
    held = make_holdout(holdout_config, conditions, categories[0])
    lines = [
        f"{builder.builder_config.name}, to be rendered: {len(models)} models x "
        f"{len(builder.views())} views, {builder.image_size} px, {held.describe()}",
        *[f"  {note}" for note in builder.notes()],
        *_describe_skipped(skipped, len(models)),
    ]
    # Vectors have no axis of their own: several views may share a place in the table.
    views_a_place = len(builder.views()) / math.prod(held.table.shape[1:])
    return lines, conditions, round((~held.table).sum() * views_a_place)


def describe_photographs(data, photographs):
    """A line on the photographs, and more where some were left out.

    Args:
      data: `config.data.PhotoConfig`.
      photographs: `data.crops.Photographs`.
    """
    size = f", shorter side {data.photo_size}" if data.photo_size else ""
    return [
        f"{data.photos}: {len(photographs.training)} photographs to train on, "
        f"{len(photographs.held_out)} held out{size}, crops of {data.image_size} px",
        *photographs.lines_left_out(),
    ]


def describe_memory(trainer, devices, feed):
    """A line on the memory that a network and its data take at least.

    Args:
      trainer: `training.trainer.Trainer`.
      devices: `training.distribution.Devices`.
      feed: `data.feed.Feed`.
    """
    parameters = sum(math.prod(weight.shape) for weight in trainer.trained_variables())
    # Weights, gradients and both of Adam's moments, in float32.
    weights = 16 * parameters
    if feed.in_memory:
        decoded = f"data {feed.in_memory / 2**30:.2f} GiB"
    else:
        decoded = "data read while training"
    return (
        f"memory: weights and optimizer {weights / 2**30:.2f} GiB on each of {devices.replicas} "
        f"replica{'s' if devices.replicas > 1 else ''}, {decoded}"
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
      schedule: `config.run.ScheduleConfig`.

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
    started = f"first {_WARM_UP_CALLS * per_call} steps {first:.1f} s (tracing included), then "
    pipeline = f"input pipeline alone: {_pipeline_rate(batches, schedule.batch_size):.0f} images/s"
    if seconds <= 0:  # drowned in the noise of the machine
        return [f"{started}steps too short to be timed: no forecast", pipeline]
    return [
        f"{started}{seconds * 1e3:.1f} ms a step, {schedule.batch_size / seconds:.0f} images/s",
        pipeline,
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


def random_examples(count, image_size, conditions):
    """Examples to time steps with, before the real ones have been rendered.

    Args:
      count: int.
      image_size: height and width.
      conditions: of `conditions.description.Condition`.
    """
    rng = np.random.default_rng(0)
    masks = rng.integers(0, 256, (count, image_size, image_size, 1), np.uint8)
    columns = {"image": np.repeat(masks, 3, axis=-1), "mask": masks}
    for condition in conditions:
        if condition.kind == "one-hot":
            columns[condition.name] = rng.integers(0, condition.size, count)
        else:
            drawn = rng.uniform(0, 1, (count, *condition.shape))
            columns[condition.name] = drawn.astype(np.float32)
    return Examples(columns | {"held_out": np.zeros(count, bool)})
