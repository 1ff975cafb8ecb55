"""All tasks by name, the one place where a task is registered.

A new task is a row here; or, without touching the package, a file of your own that defines

    TASK = Entry(settings=MySettings, task="my_package.my_task:MyTask")

and is named by its path, `--task=path/to/file.py`; tests/papers/toy_paper.py is a small whole one.
Nothing is imported before it is asked for.
"""

import dataclasses
import functools
import importlib
import importlib.util
import sys
from pathlib import Path

from tfgen.errors import InputError, one_line


@dataclasses.dataclass(frozen=True)
class Entry:
    """What belongs to a task: each "module:Class", or the class itself.

    Attributes:
      settings: subclass of `config.Settings`; its module should do without TensorFlow, which takes
        seconds to import and is not needed for `--help`.
      task: subclass of `runs.task.Task`.
    """

    settings: object
    task: object

    def settings_class(self):
        """The subclass of `config.Settings`."""
        return _resolved(self.settings)

    def task_class(self):
        """The subclass of `runs.task.Task`."""
        return _resolved(self.task)


# Value of --task -> Entry.
TASKS = {
    "generator": Entry(
        "tfgen.tasks.settings.chairs:GeneratorSettings", "tfgen.tasks.generator:GeneratorTask"
    ),
    "autoencoder": Entry(
        "tfgen.tasks.settings.deepsim:AutoencoderSettings",
        "tfgen.tasks.autoencoder:AutoencoderTask",
    ),
    "inversion": Entry(
        "tfgen.tasks.settings.inverting:InversionSettings", "tfgen.tasks.inversion:InversionTask"
    ),
    "comparator": Entry(
        "tfgen.tasks.settings.comparators:ComparatorSettings",
        "tfgen.tasks.comparator:ComparatorTask",
    ),
}
DEFAULT = "generator"


def register(name, entry):
    """Adds a task, for as long as the process lives; it takes the place of one of that name."""
    TASKS[name] = entry


def find(name):
    """The Entry of a task.

    Args:
      name: in TASKS, or the path of a Python file that defines TASK, an Entry. The file is run.

    Raises:
      InputError: there is none.
    """
    name = canonical(name)
    if name in TASKS:
        return TASKS[name]
    if not name.endswith(".py"):
        raise InputError(
            f"`task`={name} is not known: choose one of {', '.join(TASKS)}, or give a FILE.py that "
            "defines TASK."
        )
    return _of_file(name)


def canonical(name):
    """How a run's flags name a task: a file by its absolute path."""
    return str(Path(name).resolve()) if name.endswith(".py") else name


@functools.lru_cache
def _of_file(path):
    if not Path(path).is_file():
        raise InputError(f"`task`={path} names no file: give a FILE.py that defines TASK.")
    name = f"tfgen_task_{Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses and pickle look for what the file defines
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a user's file raises
        raise InputError(
            f"`task`={path} fails: {type(error).__name__}: {one_line(error)}"
        ) from error
    if not isinstance(getattr(module, "TASK", None), Entry):
        raise InputError(
            f"`task`={path} defines no TASK: let it say TASK = Entry(settings=…, task=…), an "
            "Entry of tfgen.catalog."
        )
    return module.TASK


def _resolved(named):
    """A class, or what "module:Class" names."""
    if not isinstance(named, str):
        return named
    module, _, name = named.partition(":")
    return getattr(importlib.import_module(module), name)
