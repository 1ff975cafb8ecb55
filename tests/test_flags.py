"""Flags and configuration are one thing."""

import dataclasses
import math

import pytest
from absl import flags as absl_flags

from tfgen import config, flags
from tfgen.errors import InputError


def parse(*arguments):
    values = absl_flags.FlagValues()
    flags.define(values=values)
    values(["test", *arguments])
    return flags.from_flags(values)


def test_defaults_are_the_papers():
    settings = parse()
    assert settings == config.RunConfig()
    assert settings.optimizer.learning_rate == 5e-4
    assert settings.schedule.steps == 500_000
    assert settings.schedule.batch_size == 128


def test_flags_reach_their_fields():
    settings = parse("--models=7", "--elevations=0,12.5", "--architecture=2s-E", "--steps=20")
    assert settings.data.models == 7
    assert settings.data.elevations == (0.0, 12.5)
    assert settings.model.architecture == "2s-E"
    assert settings.schedule.steps == 20


def test_text_of_a_run_reads_back_to_the_same_settings():
    settings = parse("--elevations=0,12.5", "--run_dir=a b", "--width=0.1", "--epsilon=1e-9")
    assert flags.from_text(flags.to_text(settings)) == settings


def test_every_setting_has_a_sentence_of_help():
    for part in config.PARTS.values():
        for field in dataclasses.fields(part):
            assert field.metadata["help"].endswith("."), field.name


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--learning_rate=0", "--learning_rate=0.0 is too small"),
        ("--learning_rate=nan", "--learning_rate=nan is not a finite number"),
        ("--width=-1", "--width=-1.0 is too small"),
        ("--image_size=8", "--image_size=8 is too small: give at least 16"),
        ("--batch_size=0", "--batch_size=0 is too small"),
        ("--elevations=20,x", "--elevations=20,x is not a list of numbers"),
        ("--elevations=20,inf", "--elevations=inf is not a finite number"),
        ("--precision=int8", "--precision=int8 is not known"),
        ("--steps=15", "--steps=15 is no multiple of --steps_per_execution=10"),
        ("--replicas=3", "--batch_size=128 cannot be split over --replicas=3"),
    ],
)
def test_bad_values_are_refused_by_name_with_a_remedy(argument, message):
    with pytest.raises(InputError) as caught:
        parse(argument)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_configuration_cannot_be_misspelt():
    with pytest.raises(TypeError):
        config.DataConfig(modles=3)


def test_a_finite_check_covers_every_float():
    for cls in config.PARTS.values():
        for field in dataclasses.fields(cls):
            if isinstance(field.default, float):
                with pytest.raises(InputError, match=f"--{field.name}=nan"):
                    cls(**{field.name: math.nan})
