"""Prepared data sets as they lie on disk: one process prepares one, and what is damaged is told."""

import contextlib
import json
import shutil
import time
from pathlib import Path

import numpy as np
import tensorflow as tf
import tqdm

from tfgen.errors import InputError, one_line
from tfgen.locks import HeldError, Lock

INFO_FILE = "dataset_info.json"
LOCK_FILE = "preparing.lock"
# An unfinished data set that has not grown for so long belongs to a preparation that was killed.
_ABANDONED_SECONDS = 600
_POLL_SECONDS = 1.0
# File that describes a data set -> what must stand in it, as far as readers need it.
_DESCRIPTIONS = {
    INFO_FILE: ("name", "version", "splits"),
    "metadata.json": ("categories", "skipped"),
    "features.json": ("pythonClassName", "featuresDict"),
}
_FRAME_BYTES = 16  # what TFRecord files hold of each record beside it: length and checksums


@contextlib.contextmanager
def alone(folder):
    """Around preparing a data set: waits, and shows it, while another process is at the same one.

    What killed preparations left is removed first.

    Args:
      folder: of the data set's configuration, in which its versions lie.

    Yields:
      Whether another process was waited for.

    Raises:
      OSError: the folder cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lock, waited = _lock(folder)
    with lock:
        remove_abandoned(folder, everything=lock.took_over)
        yield waited


def _lock(folder):
    """(the folder's Lock, whether it was waited for)."""
    bar = None
    try:
        while True:
            try:
                return Lock(folder / LOCK_FILE), bar is not None
            except HeldError as held:
                told = f"waiting for {held}, which prepares {folder.name}"
                bar = bar or tqdm.tqdm(bar_format="{desc}, {elapsed}")
                bar.set_description_str(told)
            time.sleep(_POLL_SECONDS)
    finally:
        if bar is not None:
            bar.close()


def remove_abandoned(folder, everything=False):
    """Removes unfinished data sets of killed preparations.

    Args:
      folder: of a configuration.
      everything: whether nobody can be writing one; else those go that have not grown for long.
    """
    for unfinished in Path(folder).glob("incomplete.*"):
        written = [path.stat().st_mtime for path in (unfinished, *unfinished.rglob("*"))]
        if everything or time.time() - max(written) > _ABANDONED_SECONDS:
            shutil.rmtree(unfinished, ignore_errors=True)


def refusal(folder, reason):
    """The InputError of a damaged data set."""
    return InputError(
        f"the data set {folder} is damaged ({reason}): remove that folder, and the same command "
        "prepares it anew."
    )


@contextlib.contextmanager
def reading(builder):
    """Around reading a prepared data set: errors of its files become InputErrors."""
    try:
        yield
    except tf.errors.OpError as error:
        raise refusal(builder.data_dir, damage(builder.data_dir) or one_line(error)) from None


def refuse_damaged(builders):
    """Reads prepared data sets; raises InputError of the first one that is damaged."""
    for builder in builders:
        reason = damage(builder.data_dir)
        if reason:
            raise refusal(builder.data_dir, reason)


def check(builder):
    """Makes sure that a prepared data set is described, and that its files are as long as ever.

    Raises:
      InputError: it is damaged.
    """
    try:
        style, *_ = builder.conditions
        described = style.names and builder.info.splits["train"].shard_lengths
    except (KeyError, TypeError, ValueError, IndexError):
        described = False
    folder = Path(builder.data_dir)
    if not described:
        raise refusal(folder, damage(folder) or "metadata.json is incomplete")
    split = builder.info.splits["train"]
    files = [Path(path) for path in split.filepaths]
    there = all(file.is_file() for file in files)
    expected = split.num_bytes + _FRAME_BYTES * split.num_examples
    if not there or sum(file.stat().st_size for file in files) != expected:
        refuse_damaged([builder])


def damage(folder):
    """What is wrong with a prepared data set; "" of a whole one. Reads all of it.

    TFRecord files hold a checksum of every record; of other formats' only their presence is told.

    Args:
      folder: of the version: it holds `dataset_info.json`.

    Returns:
      Words that name the file.
    """
    folder = Path(folder)
    if wrong := wrong_description(folder):
        return wrong
    info = _read(folder / INFO_FILE)
    try:
        return _wrong_shards(folder, info)
    except (KeyError, TypeError, ValueError, AttributeError):
        return f"{INFO_FILE} is damaged (its splits cannot be read)"


def wrong_description(folder):
    """What is wrong with the small files that describe a prepared data set; "" if nothing is.

    Args:
      folder: of the version.

    Returns:
      Words that name the file.
    """
    folder = Path(folder)
    for name, needed in _DESCRIPTIONS.items():
        try:
            facts = _read(folder / name)
        except FileNotFoundError:
            return f"{name} is missing"
        except (OSError, ValueError, RecursionError) as error:
            return f"{name} is damaged ({getattr(error, 'strerror', None) or one_line(error)})"
        missing = [key for key in needed if key not in facts] if isinstance(facts, dict) else needed
        if missing:
            return f"{name} is damaged (it has no {', '.join(missing)})"
    if (version := _read(folder / INFO_FILE)["version"]) != folder.name:
        return f"{INFO_FILE} is of version {version}, not {folder.name}"
    return _wrong_labels(folder, _read(folder / "metadata.json")["categories"])


def _read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def _wrong_labels(folder, categories):
    """What is wrong with the models' names, which stand in the metadata, too."""
    files = [path for path in folder.glob("*.labels.txt") if path.is_file()]
    if not files:
        return "the file of labels, *.labels.txt, is missing"
    if not isinstance(categories, dict):
        return "metadata.json is damaged (its categories cannot be read)"
    names = files[0].read_bytes().decode("utf-8", "replace").split("\n")
    if [name for name in names if name] != list(categories):
        return f"{files[0].name} is damaged (other names than in metadata.json)"
    return ""


def _wrong_shards(folder, info):
    for split in info["splits"]:
        lengths = [int(length) for length in split["shardLengths"]]
        kind = info.get("fileFormat", "tfrecord")
        for number, length in enumerate(lengths):
            shard = f"{number:05d}-of-{len(lengths):05d}"
            file = folder / f"{info['name']}-{split['name']}.{kind}-{shard}"
            if not file.is_file():
                return f"{file.name} is missing"
            wrong = _wrong_records(file, length) if kind == "tfrecord" else ""
            if wrong:
                return wrong
    return ""


def _wrong_records(file, length):
    try:
        records = tf.data.TFRecordDataset(str(file))
        count = int(records.reduce(np.int64(0), lambda number, record: number + 1))
    except tf.errors.OpError as error:
        return f"{file.name} is damaged ({one_line(error)})"
    return "" if count == length else f"{file.name} holds {count} of {length} records"
