"""Flags of scripts that mean what settings do."""

import sys

import pytest
from absl import flags as absl_flags

from tfgen.config import flags
from tfgen.config.data import PhotoConfig, TurntableConfig


@pytest.fixture
def values(monkeypatch):
    """Where the flags are defined, in place of the process's own."""
    values = absl_flags.FlagValues()
    for kind in ("string", "integer", "float", "enum"):
        define = getattr(absl_flags, f"DEFINE_{kind}")

        def defined(*arguments, define=define, **named):
            return define(*arguments, flag_values=values, **named)

        monkeypatch.setattr(absl_flags, f"DEFINE_{kind}", defined)
    return values


def test_default_help_and_bounds_are_the_settings(values):
    for name in ("up", "yaw", "samples"):
        flags.define_like(TurntableConfig, name)
    flags.define_like(PhotoConfig, "data_dir")
    values(["script", "--yaw=30"])
    assert (values.up, values.yaw, values.samples, values.data_dir) == ("auto", "30", 4, "data")
    assert values["yaw"].help == TurntableConfig.__dataclass_fields__["yaw"].metadata["help"]
    for text in ("--samples=17", "--up=w"):
        with pytest.raises(absl_flags.Error, match=text[2:4]):
            values(["script", text])


def test_a_script_may_have_another_default_and_other_bounds(values):
    flags.define_like(TurntableConfig, "image_size", default=128, lower=8, upper=4096)
    values(["script", "--image_size=8"])
    assert values["image_size"].default == 128
    with pytest.raises(absl_flags.Error, match="image_size"):
        values(["script", "--image_size=7"])
    assert values["image_size"] in values.flags_by_module_dict()[sys.argv[0]]
