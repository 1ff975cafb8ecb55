"""Checkpoints as they lie on disk: which are whole, and what kills and damage left of others.

The files count, by the steps in their names. TensorFlow's own list, the file `checkpoint`, is only
written: it may be lost, or be behind what a kill left.
"""

import re
import shutil
import time
from pathlib import Path

import tensorflow as tf

from tfgen.errors import InputError, one_line
from tfgen.files import write_text

_FILE = re.compile(r"ckpt-(\d+)\.(?:index|data-\d+-of-\d+)")
_UNFINISHED = re.compile(r"ckpt-(\d+)_temp|ckpt-(\d+)\..*\.tempstate\d+")
_OF_RUN = re.compile(r"ckpt-(\d+)")
# Where a run's checkpoint holds its step, on either stack.
_STEP = "optimizer/_iterations/.ATTRIBUTES/VARIABLE_VALUE"
_UNFINISHED_LIST = "checkpoint.tmp*"


def steps(directory):
    """The steps that a folder has any file of, ascending: list of int."""
    return sorted({int(match[1]) for match in map(_FILE.fullmatch, _names(directory)) if match})


def path_of(directory, step):
    """The path of a checkpoint as TensorFlow takes it, without an ending."""
    return str(Path(directory) / f"ckpt-{step}")


def step_of(path):
    """The step of a checkpoint's path."""
    return int(str(path).rsplit("-", 1)[-1])


def exists(path):
    """Whether there is any file of a checkpoint."""
    path = Path(path)
    parts = (f"{path.name}.index", f"{path.name}.data-")
    return any(name.startswith(parts) for name in _names(path.parent))


def damage(path):
    """What is wrong with a checkpoint's files; "" of a whole one.

    Reads all of it: TensorFlow keeps a checksum of every block of the index and of every value.

    Args:
      path: without an ending.

    Returns:
      Words that name the file.
    """
    index, data = Path(f"{path}.index"), _data_files(path)
    for file in (index, *data):
        if not file.is_file():
            return f"{file.name} is missing"
        if not file.stat().st_size:
            return f"{file.name} is empty"
    if not data:
        return f"{index.stem}.data-00000-of-00001 is missing"
    read = index.name
    try:
        reader = tf.train.load_checkpoint(str(path))
        names = sorted(reader.get_variable_to_shape_map())
        read = data[0].name if len(data) == 1 else f"one of {index.stem}.data-*"
        for name in names:
            reader.get_tensor(name)
    except (tf.errors.OpError, ValueError, IndexError, RuntimeError, OSError) as error:
        return f"{read} is damaged ({_reason(error)})"
    named = _OF_RUN.fullmatch(Path(path).name)
    if named and _STEP in names and (step := int(reader.get_tensor(_STEP))) != int(named[1]):
        return f"{index.name} holds step {step}: it was renamed"
    return ""


def newest_whole(directory):
    """The newest checkpoint that is whole.

    Args:
      directory: of checkpoints; nothing in it is changed.

    Returns:
      (its path or None, dict of what was newer and is not whole: step -> what is wrong).
    """
    wrong = {}
    for step in reversed(steps(directory)):
        path = path_of(directory, step)
        reason = damage(path)
        if not reason:
            return path, wrong
        wrong[step] = reason
    return None, wrong


def newest(directory):
    """The path of the newest whole checkpoint, None where there are no checkpoints at all.

    Raises:
      InputError: there are some, and none is whole.
    """
    path, wrong = newest_whole(directory)
    if path is None:
        _refuse_all(directory, wrong)
    return path


def tidy(directory, keep):
    """Makes a folder of checkpoints one to go on in: for the process that writes there alone.

    What kills left is removed: unfinished files, and checkpoints that newer ones have replaced.
    What is damaged is renamed to `damaged-ckpt-…`: anything that is newer than the newest whole
    one, and of older ones those of which files are missing.

    Args:
      directory: of checkpoints; it need not exist.
      keep: number of checkpoints that are kept.

    Returns:
      Lines for the user: what was damaged, and from which step the run goes on.

    Raises:
      InputError: there are checkpoints, and none is whole; nothing is renamed then.
      OSError: the folder cannot be changed.
    """
    directory = Path(directory)
    _remove_unfinished(directory)
    path, wrong = newest_whole(directory)
    if path is None:
        _refuse_all(directory, wrong)
        return []
    kept = [step for step in steps(directory) if step not in wrong and _complete(directory, step)]
    kept = kept[-keep:]
    lines = []
    for step in [step for step in steps(directory) if step not in kept]:
        if step < kept[0] and len(kept) == keep:
            remove(directory, step)
            continue
        reason = wrong.get(step) or damage(path_of(directory, step))
        names = [_set_aside(file) for file in _files(directory, step)]
        lines.append(f"{directory}: {reason}; kept aside as {', '.join(names)}")
    if wrong:
        lines.append(f"the newest checkpoint that is whole is of step {step_of(path)}")
    _write_list(directory, kept)
    return lines


def remove(directory, step):
    """Removes whatever there is of a step, unfinished files included."""
    for file in Path(directory).glob(f"ckpt-{step}[._]*"):
        if file.is_dir():
            shutil.rmtree(file, ignore_errors=True)
        else:
            file.unlink(missing_ok=True)


def _refuse_all(directory, wrong):
    if wrong:
        raise InputError(
            f"none of the checkpoints in {directory} is whole ({'; '.join(wrong.values())}): put "
            "a copy of one there, or start anew in another `run_dir`."
        )


def _names(directory):
    directory = Path(directory)
    return sorted(path.name for path in directory.iterdir()) if directory.is_dir() else []


def _files(directory, step):
    """The files of a checkpoint, however many are left of them."""
    return [
        Path(directory) / name
        for name in _names(directory)
        if (match := _FILE.fullmatch(name)) and int(match[1]) == step
    ]


def _data_files(path):
    """The data files that there must be, by the numbers in the names of those that are there."""
    path = Path(path)
    found = [file.name for file in path.parent.glob(f"{path.name}.data-*-of-*")]
    shards = max((int(name.rsplit("-", 1)[-1]) for name in found), default=0)
    return [
        path.with_name(f"{path.name}.data-{number:05d}-of-{shards:05d}") for number in range(shards)
    ]


def _complete(directory, step):
    """Whether no file of a checkpoint is missing."""
    path = path_of(directory, step)
    files = (Path(f"{path}.index"), *_data_files(path))
    return len(files) > 1 and all(file.is_file() for file in files)


def _remove_unfinished(directory):
    """Removes what a save was writing when it was killed, and what it had written of its step."""
    for match in filter(None, map(_UNFINISHED.fullmatch, _names(directory))):
        step = int(match[1] or match[2])
        if damage(path_of(directory, step)):
            remove(directory, step)
        else:  # it was killed after the last byte
            shutil.rmtree(directory / f"ckpt-{step}_temp", ignore_errors=True)
    for unfinished in directory.glob(_UNFINISHED_LIST):
        unfinished.unlink(missing_ok=True)


def _set_aside(file):
    """Renames a file so that nobody takes it for a checkpoint's; returns its new name."""
    number, target = 1, file.with_name(f"damaged-{file.name}")
    while target.exists():
        number += 1
        target = file.with_name(f"damaged-{number}-{file.name}")
    file.rename(target)
    return target.name


def _write_list(directory, whole):
    """TensorFlow's list of checkpoints, by which its manager knows what to remove, and when."""
    now = time.time()
    lines = [f'model_checkpoint_path: "ckpt-{whole[-1]}"']
    lines += [f'all_model_checkpoint_paths: "ckpt-{step}"' for step in whole]
    lines += [f"all_model_checkpoint_timestamps: {now - 1}" for _ in whole]
    lines += [f"last_preserved_timestamp: {now - 2}"]
    write_text(directory / "checkpoint", "\n".join(lines) + "\n")


def _reason(error):
    """What TensorFlow's reader found, in fewer words."""
    reason = one_line(error)
    if "Checksum" in reason:
        return "its checksum does not match"
    if "less bytes" in reason or "too short" in reason:
        return "it is cut short"
    return reason
