"""Whether runs, exports and data sets are whole: every part of them, read to its last byte."""

import contextlib
import dataclasses
import functools
from pathlib import Path

import tqdm

from tfgen import checksums
from tfgen.data.drawings import prepared
from tfgen.errors import InputError
from tfgen.training import checkpoint_files
from tfgen.training.run_directory import RunDirectory

_SAVED_MODEL = "saved_model.pb"
# <root>/<builder>/<configuration>/<version> of data sets lies deepest.
_DEPTH = 4


@dataclasses.dataclass(frozen=True)
class Part:
    """What is whole or is not.

    Attributes:
      kind: in words, "checkpoint".
      path: of it; of a checkpoint without an ending.
      damage: function of nothing to what is wrong with it, which names the file; "" if nothing is.
    """

    kind: str
    path: Path
    damage: object


@dataclasses.dataclass(frozen=True)
class Findings:
    """What `verify` found.

    Attributes:
      damaged: number of parts that are not whole.
      lines: for the user, one a part, and what follows from them.
    """

    damaged: int
    lines: list


def verify(path):
    """Reads a run, an exported model, a prepared data set, or a folder of such, as they lie there.

    Nothing is changed. Of a run: its settings, facts, scores and checkpoints, not what is only
    looked at, previews and logs.

    Args:
      path: of the folder.

    Returns:
      Findings.

    Raises:
      InputError: there is none of these.
    """
    path = Path(path)
    if not path.is_dir():
        raise InputError(f"{path} is no folder: give one of a run, of an export or of data.")
    found = [(folder, kind(folder)) for folder, kind in _find(path, _DEPTH)]
    if not found:
        raise InputError(
            f"{path} holds no run (flags.txt, checkpoints/), no export ({_SAVED_MODEL}) and no "
            f"data set ({prepared.INFO_FILE}): give a folder that does."
        )
    lines, damaged, count = [], 0, sum(len(parts) for _, parts in found)
    with tqdm.tqdm(total=count, unit="part") as bar:
        for folder, parts in found:
            wrong = {}
            for part in parts:
                wrong[part] = part.damage()
                bar.update()
            lines += [_told(part, reason) for part, reason in wrong.items()]
            if _is_run(folder):
                lines += _going_on(folder, wrong)
            damaged += sum(map(bool, wrong.values()))
    lines.append(f"damaged: {damaged} of {count}")
    return Findings(damaged, lines)


def _find(folder, depth):
    """Yields (folder, function of it to its Parts) of what lies in a folder or below it."""
    kinds = {_is_run: _of_run, _is_version: _of_version, _is_data: _of_data}
    for holds, parts in kinds.items():
        if holds(folder):
            yield folder, parts
            return
    if depth:
        for inside in sorted(path for path in folder.iterdir() if path.is_dir()):
            # What is being written, or was left half-written, is no part yet.
            if not inside.name.startswith((".", "incomplete.")):
                yield from _find(inside, depth - 1)


def _is_run(folder):
    directory = RunDirectory(folder)
    return directory.flags.is_file() or bool(checkpoint_files.steps(directory.checkpoints))


def _is_version(folder):
    return any((folder / name).exists() for name in (_SAVED_MODEL, checksums.CHECKSUMS_FILE))


def _is_data(folder):
    # Of a data set that lost its description there are still the records.
    return (folder / prepared.INFO_FILE).is_file() or any(folder.glob("*.tfrecord-*-of-*"))


def _of_run(folder):
    directory = RunDirectory(folder)
    parts = [
        Part("settings", directory.flags, functools.partial(_refusal, directory.read_settings)),
        Part("facts", directory.facts, functools.partial(_wrong_facts, directory)),
        Part("scores", directory.metrics, functools.partial(_wrong_scores, directory)),
    ]
    if lost := directory.lost_checkpoints():
        parts.append(Part("checkpoints", directory.checkpoints, lambda: f"the run {lost}"))
    for step in checkpoint_files.steps(directory.checkpoints):
        path = Path(checkpoint_files.path_of(directory.checkpoints, step))
        parts.append(Part("checkpoint", path, functools.partial(checkpoint_files.damage, path)))
    return parts


def _of_version(folder):
    if checksums.exist(folder):
        return [Part("export", folder, functools.partial(checksums.damage, folder))]
    variables = folder / "variables" / "variables"
    return [
        Part("export's graph", folder / _SAVED_MODEL, functools.partial(_wrong_graph, folder)),
        Part(
            f"export's variables (it has no {checksums.CHECKSUMS_FILE}: assets are not verified)",
            variables,
            functools.partial(checkpoint_files.damage, variables),
        ),
    ]


def _of_data(folder):
    return [Part("data set", folder, functools.partial(prepared.damage, folder))]


def _refusal(read):
    """In what words the reader of a file refuses it; "" if it does not."""
    try:
        read()
    except InputError as error:
        return str(error)
    return ""


def _wrong_facts(directory):
    # Runs begin with both.
    if directory.flags.is_file() and not directory.facts.is_file():
        return f"{directory.facts.name} is missing"
    return _refusal(directory.read_facts)


def _wrong_scores(directory):
    count = directory.read_scores()[1]
    return f"rows that cannot be read: {count}" if count else ""


def _wrong_graph(folder):
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    try:
        with contextlib.suppress(FileNotFoundError):
            graph = SavedModel.FromString((folder / _SAVED_MODEL).read_bytes())
            return "" if graph.meta_graphs else f"{_SAVED_MODEL} is empty"
    except DecodeError:
        return f"{_SAVED_MODEL} is damaged"
    return f"{_SAVED_MODEL} is missing"


def _told(part, reason):
    told = f"{part.kind} {part.path}"
    return f"damaged  {told}: {reason}" if reason else f"whole    {told}"


def _going_on(folder, wrong):
    """Lines on the steps that a run can be gone on from."""
    checkpoints = {part.path: reason for part, reason in wrong.items() if part.kind == "checkpoint"}
    whole = [checkpoint_files.step_of(path) for path, reason in checkpoints.items() if not reason]
    aside = sorted(path.name for path in (folder / "checkpoints").glob("damaged-*"))
    lines = [f"{folder}: damaged before, and kept aside: {', '.join(aside)}"] if aside else []
    if whole:
        steps = ", ".join(map(str, whole))
        told = f"can be gone on from step {steps}; its command goes on from {whole[-1]}"
    elif checkpoints:
        told = "cannot be gone on with: none of its checkpoints is whole"
    else:
        told = "has no checkpoint yet: its command begins it"
    return [*lines, f"{folder}: {told}"]
