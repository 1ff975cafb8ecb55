"""Command-line flags, one for each field of `tfgen.config`; and back to a RunConfig."""

import dataclasses

from absl import flags

from tfgen import config
from tfgen.errors import InputError


def _define(field, values):
    default, text = field.default, field.metadata["help"]
    if field.metadata["choices"]:
        text += " One of " + ", ".join(str(choice) for choice in field.metadata["choices"]) + "."
    if isinstance(default, tuple):
        default = [str(number) for number in default]
        flags.DEFINE_list(field.name, default, text, flag_values=values)
    elif isinstance(default, bool):
        flags.DEFINE_bool(field.name, default, text, flag_values=values)
    elif isinstance(default, int):
        flags.DEFINE_integer(field.name, default, text, flag_values=values)
    elif isinstance(default, float):
        flags.DEFINE_float(field.name, default, text, flag_values=values)
    else:
        flags.DEFINE_string(field.name, default, text, flag_values=values)


def define(*parts, values=flags.FLAGS):
    """Defines the flags of some of RunConfig's parts, of all if none is named."""
    for part in parts or config.PARTS:
        for field in dataclasses.fields(config.PARTS[part]):
            _define(field, values)
            flags.declare_key_flag(field.name, flag_values=values)


def numbers(name, texts):
    """The numbers of a list flag, as a tuple of floats; raises InputError."""
    try:
        return tuple(float(text) for text in texts)
    except ValueError:
        raise InputError(
            f"--{name}={','.join(texts)} is not a list of numbers: join numbers by commas."
        ) from None


def _value(field, values):
    value = getattr(values, field.name)
    return numbers(field.name, value) if isinstance(field.default, tuple) else value


def part_from_flags(part, values=flags.FLAGS):
    """One part of RunConfig ("data", "schedule", …) from parsed flags; raises InputError."""
    cls = config.PARTS[part]
    return cls(**{field.name: _value(field, values) for field in dataclasses.fields(cls)})


def from_flags(values=flags.FLAGS):
    """The RunConfig that the parsed flags describe; raises InputError."""
    return config.RunConfig(**{part: part_from_flags(part, values) for part in config.PARTS})


def to_text(run_config):
    """The RunConfig as a flagfile: one --name=value a line, every setting."""
    lines = []
    for part in config.PARTS:
        for name, value in dataclasses.asdict(getattr(run_config, part)).items():
            text = ",".join(f"{v:g}" for v in value) if isinstance(value, tuple) else value
            lines.append(f"--{name}={text}")
    return "\n".join(lines) + "\n"


def from_text(text):
    """The RunConfig that `to_text` wrote; raises InputError for anything else."""
    values = flags.FlagValues()
    define(values=values)
    try:
        values(["flags", *text.splitlines()])
    except flags.Error as error:
        raise InputError(f"the run's flags cannot be read: {error}") from None
    return from_flags(values)
