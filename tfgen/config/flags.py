"""Command-line flags, one for each setting of any task; and back to a task's settings.

All tasks' flags are defined together, with no default, so that what the user gave is known: it is
put in the place of the task's own defaults, and refused where the task has no use for it.
"""

import dataclasses
import sys

from absl import flags

from tfgen.config import registry
from tfgen.errors import InputError


@dataclasses.dataclass(frozen=True)
class _Use:
    """A setting of a task: the part it is in, its default there, the rules of its `setting`."""

    part: str
    default: object
    rules: dict

    @property
    def help(self):
        choices = ", ".join(str(choice) for choice in self.rules["choices"] or ())
        default = _text(self.default)
        return (
            self.rules["help"]
            + (f" One of {choices}." if choices else "")
            + (f" (default: {default})" if default else "")
        )


def _known(task=""):
    """Flag -> task -> _Use, of all registered tasks and `task`, which decides on types."""
    known = {}
    for name in dict.fromkeys([*([task] if task else []), *registry.tasks()]):
        for part, default in registry.find(name).settings_class().parts().items():
            for field in dataclasses.fields(default):
                uses = known.setdefault(field.name, {})
                if name in uses:
                    raise InputError(
                        f"--task={name} has two settings of the name {field.name}, in the parts "
                        f"{uses[name].part} and {part}: rename one."
                    )
                use = _Use(part, getattr(default, field.name), field.metadata)
                if all(type(use.default) is type(other.default) for other in uses.values()):
                    uses[name] = use
    return known


def task_in(argv):
    """The last --task of a command line and its flagfiles, as a run's flags name it; or ""."""
    look = flags.FlagValues()
    flags.DEFINE_string("task", "", "", flag_values=look)
    try:
        look(argv, known_only=True)
    except (flags.Error, UnicodeDecodeError):  # told when all flags are parsed
        return ""
    return registry.canonical(look.task)


def define(argv=("",), values=flags.FLAGS):
    """Defines the flags of all tasks.

    Args:
      argv: the command line, the program first: its --task may be a file, which is then run.
      values: where to define them.

    Raises:
      InputError: there is no such task.
    """
    flags.DEFINE_string(
        "task",
        None,
        f"What to train: {', '.join(registry.tasks())}, or a FILE.py that defines TASK, as "
        f"tfgen.config.registry tells. (default: {next(iter(registry.tasks()))})",
        flag_values=values,
        module_name=_heading(registry.tasks()),
    )
    task = task_in(argv)
    for name, uses in _known(task).items():
        _define(name, uses, task, values)


def _define(name, uses, task, values):
    texts = {}
    for of in (task,) if task in uses else uses:
        texts.setdefault(uses[of].help, []).append(of)
    if len(texts) > 1:
        texts = {f"{', '.join(tasks)}: {text}": tasks for text, tasks in texts.items()}
    default = next(iter(uses.values())).default
    kinds = {
        tuple: flags.DEFINE_list,
        bool: flags.DEFINE_bool,
        int: flags.DEFINE_integer,
        float: flags.DEFINE_float,
        str: flags.DEFINE_string,
    }
    kinds[type(default)](
        name, None, "\n".join(texts), flag_values=values, module_name=_heading(uses)
    )


def _heading(tasks):
    """Of a group of flags in the help, by the tasks that have them."""
    if set(tasks) >= set(registry.tasks()):
        return "settings of every task"
    ordered = [task for task in registry.tasks() if task in tasks]
    return f"settings of --task={', '.join(ordered or tasks)}"


def help_text(argv=("",), values=flags.FLAGS):
    """The flags that `define` defined, by the tasks that have them; of one task, if it is named."""
    task = task_in(argv)
    groups = {_heading(registry.tasks()): None}
    for uses in _known(task).values():
        if not task or task in uses:
            groups[_heading(uses)] = None
    return "\n".join(values.module_help(group) for group in groups)


def define_like(part, name, **changes):
    """Defines a flag of a script that means what a setting does: its default, help and bounds.

    Args:
      part: subclass of `settings.Part`.
      name: of the setting, and of the flag; a text, a number or a choice.
      **changes: `default`, `lower` or `upper`, where the script's differ.
    """
    (field,) = (field for field in dataclasses.fields(part) if field.name == name)
    rules = {"default": field.default, **field.metadata, **changes}
    about = (name, rules["default"])
    module = {"module_name": sys.argv[0]}  # a flag of the script, not of this module
    if rules["choices"]:
        flags.DEFINE_enum(*about, rules["choices"], rules["help"], **module)
    elif isinstance(rules["default"], str):
        flags.DEFINE_string(*about, rules["help"], **module)
    else:
        number = flags.DEFINE_float if type(field.default) is float else flags.DEFINE_integer
        number(*about, rules["help"], rules["lower"], rules["upper"], **module)


def numbers(name, texts):
    """The numbers of a list flag, as a tuple of floats; raises InputError."""
    try:
        return tuple(float(text) for text in texts)
    except ValueError:
        raise InputError(
            f"--{name}={','.join(texts)} is not a list of numbers: join numbers by commas."
        ) from None


def _given(known, values):
    """Flag -> value, of those that were given."""
    given = {}
    for name, uses in known.items():
        value = values[name].value if name in values else None
        if value is not None:
            as_numbers = any(isinstance(use.default, tuple) for use in uses.values())
            given[name] = numbers(name, value) if as_numbers else value
    return given


def _refuse_strangers(given, known, tasks):
    """Raises InputError for what none of the tasks has, unless it says the usual."""
    for name, value in given.items():
        uses = known[name]
        usual = any(value == use.default for use in uses.values())
        if not usual and not any(task in uses for task in tasks):
            shown = f"{value:g}" if isinstance(value, float) else _text(value)
            raise InputError(
                f"--{name}={shown} is of no use "
                f"{'to --task=' if tasks else 'here'}{', '.join(tasks)}: it belongs to "
                f"{', '.join(uses)}."
            )


def _settings(task, given, known):
    """The task's settings, with what was given in the place of its defaults."""
    cls = registry.find(task).settings_class()
    parts = cls.parts()
    for part, default in parts.items():
        changes = {
            name: value
            for name, value in given.items()
            if task in known[name] and known[name][task].part == part
        }
        parts[part] = dataclasses.replace(default, **changes)
    return cls(task=task, **parts)


def _task(values):
    return registry.canonical(values.task or next(iter(registry.tasks())))


def from_flags(values=flags.FLAGS):
    """The settings that parsed flags describe.

    Returns:
      The `run.Settings` of --task.

    Raises:
      InputError: a setting cannot be so, or is one of other tasks and not at its default.
    """
    task = _task(values)
    known = _known(task)
    given = _given(known, values)
    _refuse_strangers(given, known, [task])
    return _settings(task, given, known)


def of_tasks(tasks, values=flags.FLAGS):
    """The settings that parsed flags describe, of each of several tasks.

    Args:
      tasks: names, perhaps none; a flag goes to all of them that have it.
      values: as of `from_flags`.

    Returns:
      dict: task -> `run.Settings`.

    Raises:
      InputError: as of `from_flags`; or --task is given and another.
    """
    if values.task and _task(values) not in tasks:
        remedy = f", or give {' or '.join(tasks)}" if tasks else ""
        raise InputError(f"--task={values.task} is not trained here: leave it out{remedy}.")
    known = _known()
    given = _given(known, values)
    _refuse_strangers(given, known, tasks)
    return {task: _settings(task, given, known) for task in tasks}


def to_text(settings):
    """Settings as a flagfile: one --name=value a line, the task first, every setting it has."""
    return "".join(f"--{name}={_text(value)}\n" for name, value in settings.flat().items())


def _text(value):
    return ",".join(f"{number:g}" for number in value) if isinstance(value, tuple) else str(value)


def from_text(text):
    """The settings that `to_text` wrote.

    What is missing is at the task's default. What other tasks have is passed over: the flags of
    runs were once those of all tasks.

    Raises:
      InputError: for anything else.
    """
    lines = ["flags", *(line for line in text.splitlines() if not line.startswith("#"))]
    values = flags.FlagValues()
    define(lines, values)
    try:
        _, *rest = values(lines)
    except flags.Error as error:
        raise InputError(f"the run's flags cannot be read: {error}") from None
    if any(rest):  # absl takes what is no flag for the end of them
        raise InputError(f"the run's flags cannot be read: {rest[0]!r} is no --name=value.")
    task = _task(values)
    known = _known(task)
    return _settings(task, _given(known, values), known)
