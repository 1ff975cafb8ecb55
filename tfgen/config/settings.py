"""Settings, as frozen dataclasses that check themselves.

Each field of a `Part` is also a command-line flag of the same name (`tfgen.config.flags`). A task's
`Settings` (`tfgen.config.run`) are made of parts: shared ones, perhaps with other defaults, and its
paper's own, which stand in the paper's folder.
"""

import dataclasses
import math

from tfgen.errors import InputError


def setting(default, help, *, lower=None, upper=None, above=None, choices=None, may_change=False):
    """A dataclass field with what its flag needs.

    Args:
      default: the default value; its type is the flag's type (tuples hold floats).
      help: one sentence for `--help`.
      lower, upper: inclusive bounds, or None.
      above: exclusive lower bound, or None.
      choices: allowed values, or None.
      may_change: whether a run may go on with another value: how long, how often, how fast, where
        results go.
    """
    rules = {
        "help": help,
        "lower": lower,
        "upper": upper,
        "above": above,
        "choices": choices,
        "may_change": may_change,
    }
    return dataclasses.field(default=default, metadata=rules)


def _check(name, value, rules):
    for number in value if isinstance(value, tuple) else (value,):
        if isinstance(number, float) and not math.isfinite(number):
            raise InputError(f"`{name}`={number} is not a finite number: give a finite one.")
    if rules["choices"] and value not in rules["choices"]:
        options = ", ".join(str(choice) for choice in rules["choices"])
        raise InputError(f"`{name}`={value} is not known: choose one of {options}.")
    if rules["lower"] is not None and value < rules["lower"]:
        raise InputError(f"`{name}`={value} is too small: give at least {rules['lower']}.")
    if rules["above"] is not None and value <= rules["above"]:
        raise InputError(f"`{name}`={value} is too small: give more than {rules['above']}.")
    if rules["upper"] is not None and value > rules["upper"]:
        raise InputError(f"`{name}`={value} is too large: give at most {rules['upper']}.")


class Part:
    """Some settings that belong together, each checked by its rules; raises InputError.

    A subclass is a frozen dataclass, and all its fields are a `setting`.
    """

    def __post_init__(self):
        for field in dataclasses.fields(self):
            _check(field.name, getattr(self, field.name), field.metadata)

    def facts(self):
        """What of it a report tells of a run: a list of words; here, nothing."""
        return []
