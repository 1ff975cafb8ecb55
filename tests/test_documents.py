"""What README, BUILD.md and docs/ tell: commands that scripts take, links that lead somewhere."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
from absl import flags as absl_flags

from tfgen.config import flags
from tfgen.config.flagfiles import expanded
from tfgen.papers.catalog import find_experiment

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "BUILD.md", *sorted((ROOT / "docs").rglob("*.md"))]
RECIPES = [ROOT / "chairs.flags", *sorted((ROOT / "scripts" / "recipes").rglob("*.flags"))]
SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))
SETTINGS = ("train", "experiment")  # scripts that take the settings of tasks as flags
_COMMAND = re.compile(r"python3? (?:scripts|tests)/(\w+)\.py(.*)")
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def commands(path):
    """(script, arguments) of every command in a page, a recipe or a script."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        text = "\n".join(_BLOCK.findall(text))
    text = re.sub(r"\\\n#?\s*", "", text)  # comments of recipes may wrap them
    return [
        (script, shlex.split(re.split(r" #| &&", rest)[0]))
        for script, rest in _COMMAND.findall(text)
        if (ROOT / "scripts" / f"{script}.py").is_file()
    ]


WRITTEN = {
    (script, tuple(arguments)): path.relative_to(ROOT)
    for path in (*PAGES, *RECIPES, *SCRIPTS)
    for script, arguments in commands(path)
}


@pytest.fixture
def define():
    """A function of a script's name and its arguments: defines its flags, for the test's time."""
    values, before = absl_flags.FLAGS, set(absl_flags.FLAGS)

    def of_script(script, argv):
        path = ROOT / "scripts" / f"{script}.py"
        spec = importlib.util.spec_from_file_location(f"script_{script}", path)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
        if script in SETTINGS:
            flags.define(argv)
        return values

    yield of_script
    values.unparse_flags()
    for name in set(values) - before:
        delattr(values, name)


@pytest.mark.parametrize(
    ("script", "arguments"), WRITTEN, ids=[f"{script}-{i}" for i, (script, _) in enumerate(WRITTEN)]
)
def test_commands_are_what_the_scripts_take(script, arguments, define, monkeypatch):
    monkeypatch.chdir(ROOT)
    argv, _ = expanded([script, *(each for each in arguments if each != "--help")])
    values = define(script, argv)
    _, *positional = values(argv)
    if script == "train":
        assert flags.from_flags(values)
    elif script == "experiment" and positional and positional[0] != "report":
        experiment = find_experiment(positional[0])
        assert list(flags.of_tasks(experiment.trains, values)) == list(experiment.trains)


def test_a_command_that_no_script_takes_is_seen(define):
    with pytest.raises(absl_flags.UnrecognizedFlagError):
        define("serve", ["serve"])(["serve", "--no_such_flag=1"])


def test_every_script_is_written_down():
    assert {script for script, _ in WRITTEN} == {path.stem for path in SCRIPTS}


def anchors(path):
    """What the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{page.name}: {link} is not there"
        assert not anchor or anchor in anchors(target), f"{page.name}: {link} names no heading"
        assert target.is_relative_to(ROOT)


PATH = re.compile(r"`((?:tfgen|tests|scripts|docs)/[\w./-]+|[\w-]+/[\w/-]+\.py)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_are_there(page):
    for name in PATH.findall(page.read_text(encoding="utf-8")):
        assert any((base / name).exists() for base in (ROOT, ROOT / "tfgen")), f"{name} is missing"
