"""All tasks by name.

Those of the papers stand in `papers/catalog.py`; or, without touching the package, a file of your
own defines

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
      settings: subclass of `run.Settings`; its module should do without TensorFlow, which
        takes seconds to import and is not needed for `--help`.
      task: subclass of `runs.task.Task`.
    """

    settings: object
    task: object

    def settings_class(self):
        """The subclass of `run.Settings`."""
        return _resolved(self.settings)

    def task_class(self):
        """The subclass of `runs.task.Task`."""
        return _resolved(self.task)


# Where the papers' tasks stand: by name, for the library imports no paper.
_PAPERS = "tfgen.papers.catalog"


@functools.lru_cache
def tasks():
    """All registered tasks: value of --task -> Entry. The first is meant where none is named."""
    return dict(importlib.import_module(_PAPERS).TASKS)


def register(name, entry):
    """Adds a task, for as long as the process lives; it takes the place of one of that name."""
    tasks()[name] = entry


def find(name):
    """The Entry of a task.

    Args:
      name: one of `tasks`, or the path of a Python file that defines TASK, an Entry; it is run.

    Raises:
      InputError: there is none.
    """
    name = canonical(name)
    if name in tasks():
        return tasks()[name]
    if not name.endswith(".py"):
        raise InputError(
            f"`task`={name} is not known: choose one of {', '.join(tasks())}, or give a FILE.py "
            "that defines TASK."
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
            "Entry of tfgen.config.registry."
        )
    return module.TASK


def _resolved(named):
    """A class, or what "module:Class" names."""
    if not isinstance(named, str):
        return named
    module, _, name = named.partition(":")
    return getattr(importlib.import_module(module), name)
