"""The tables of flags in BUILD.md, against the server's own."""

import re
from pathlib import Path

import pytest

from tests.processes import run
from tfgen.serving.other_flags import REFUSED

ROOT = Path(__file__).parents[2]
SECTION = (ROOT / "BUILD.md").read_text(encoding="utf-8").split("## Flags of tensorflow_model_")[1]
THEIRS, OURS = (
    dict(re.findall(r"^\| `--(\w+)` \| (.*) \|$", table, re.MULTILINE))
    for table in SECTION.split("\n## ")[0].split("does not have:")
)
DEFINED = set(
    re.findall(r'DEFINE_\w+\(\s*"(\w+)"', (ROOT / "scripts" / "serve.py").read_text("utf-8"))
)


def test_every_flag_of_the_server_is_in_one_table():
    same = {name for name, told in THEIRS.items() if told.split(";")[0] == "same"}
    assert len(THEIRS) == 48
    assert same | OURS.keys() == DEFINED
    assert not OURS.keys() & THEIRS.keys()


def test_the_others_are_refused_as_the_table_says():
    refused = {name: told for name, told in THEIRS.items() if name not in DEFINED}
    assert refused == {name: f"refused: {why}" for name, why in REFUSED.items()}
    for why in REFUSED.values():
        for flag in re.findall(r"(?<!=)--([a-z_]+)(?!\w)", why):
            assert flag in DEFINED or flag.startswith("tf_xla")


@pytest.mark.parametrize("name", ["rest_api_num_threads", "monitoring_config_file"])
def test_a_flag_of_tensorflow_serving_is_refused_with_its_reason(name):
    told = run("serve.py", f"--{name}=4", "--model_base_path=nowhere")
    assert told.returncode == 2
    assert told.stderr.splitlines()[-1] == f"error: --{name} does not exist here: {REFUSED[name]}."


def test_a_flag_of_nobodys_is_refused():
    told = run("serve.py", "--prot=4")
    assert told.returncode == 2
    assert told.stderr.splitlines()[-1].startswith("error: --prot is no flag here: did you mean --")
